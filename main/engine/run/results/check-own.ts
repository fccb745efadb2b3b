import { runError } from '../../../contract/errors.ts';
import { formatPercent } from '../../../words/format.ts';
import { drawnBatch } from '../../data/drawn-batch.ts';
import { answersFrom } from '../../evaluate/feed.ts';
import { evaluateOnnx, largestDifference } from '../../evaluate/parity.ts';
import { openRunning } from '../../evaluate/running-model.ts';
import type { RunContext } from '../context.ts';
import { SAMPLES, TOLERANCE } from './check-export.ts';
import type { OwnKernels } from './own-kernels.ts';

/** Share of right answers by which a form may differ from what the report says of it. */
const ACCURACY_TOLERANCE = 0.001;

/**
 * Scores a form with kernels of its own on all test samples, and compares its answers to some of them with the trained network's;
 * of one whose weights are rounded only the accuracy is compared, with that of the rounded weights.
 * @returns its accuracy
 * @throws EspalierError 'export/differs' when it does not compute what was trained, or 'c/unsupported' when it cannot be compiled
 */
export async function checkOwn(context: RunContext, form: OwnKernels): Promise<number> {
  const { dataset, data } = context;
  const { file, runnable, judgement } = form;
  const rounded = file.accuracy !== undefined;
  if (!rounded) await compareAnswers(context, form);
  const { accuracy } = await evaluateOnnx(runnable, dataset, { judgement, file: file.name });
  const expected = file.accuracy ?? data.compressed?.accuracy ?? accuracy;
  // A single answer at the border between two classes may change sides by the last bit.
  const allowed = Math.max(ACCURACY_TOLERANCE, 1 / dataset.test.size) + 1e-9;
  if (Math.abs(accuracy - expected) <= allowed) return accuracy;
  throw differs(
    `${file.name} is right for ${formatPercent(accuracy)} of the test samples, where ${formatPercent(expected)} were to be right.`,
  );
}

async function compareAnswers(
  { dataset, evaluator, data }: RunContext,
  { file, runnable, ends }: OwnKernels,
): Promise<void> {
  const batch = drawnBatch(dataset.test, dataset, SAMPLES, 'checked');
  if (batch === undefined) return;
  const logits = await evaluator.logits(data.model, batch.x, [batch.size, ...dataset.sampleShape]);
  const wanted = answersFrom(logits, dataset.classes.length, ends.kind);
  const model = await openRunning(runnable, { file: file.name });
  const { values } = await model.answers(batch.x, batch.size).finally(() => model.close());
  const scale = wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  const apart = largestDifference(values, wanted);
  if (apart > TOLERANCE * scale)
    throw differs(`${file.name} differs from the trained network by ${apart} in an answer.`);
}

const differs = (message: string): Error =>
  runError('export/differs', message, {
    remedy: 'The weights are safe in the run; please report this with the recipe.',
  });
