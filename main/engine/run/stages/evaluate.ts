import { join } from 'node:path';
import { writeFileAtomic } from '../../../files/atomic.ts';
import { copyWeights } from '../../compress/masks.ts';
import type { Stage } from '../../compress/framework.ts';
import { wholeModel } from '../../network/model.ts';
import { pairsOf } from '../../evaluate/pairs.ts';
import { writeOnnx } from '../../formats/onnx/write.ts';
import { formatPercent } from '../../../words/format.ts';
import { pairedChange } from '../../../words/noise.ts';
import type { RunContext } from '../context.ts';
import { note } from './course.ts';
import { warn } from './warnings.ts';

/** The network before pruning, in the run's folder: the report times the compressed one against it. */
export const DENSE_FILE = 'dense.onnx';
/** The person's own network as it came, where a dense one is trained besides. */
export const ORIGINAL_FILE = 'original.onnx';

/** Measures the weights as they stand on the test part and keeps the result as one side of the report. */
export async function runEvaluateStage(
  context: RunContext,
  stage: Extract<Stage, { kind: 'evaluate' }>,
): Promise<void> {
  const { data, dataset, evaluator, control } = context;
  const { network, weights } = data.model;
  data[stage.side] = await evaluator.evaluate(data.model, dataset, dataset.test, () => control.gate());
  if (stage.side !== 'original') note(context, stage.side, data[stage.side]?.accuracy ?? 0);
  if (stage.side === 'compressed') return;
  if (stage.side === 'dense') {
    const teaches = context.stages.some(
      (later) => later.kind === 'train' && later.spec.distill !== undefined,
    );
    if (teaches) data.snapshots.set('dense', wholeModel({ network, weights: copyWeights(weights) }));
    warnIfTrainedWorse(context);
    await beginSearch(context);
  }
  const file = stage.side === 'dense' ? DENSE_FILE : ORIGINAL_FILE;
  await writeFileAtomic(join(context.folder, file), writeOnnx(network, weights));
}

/** What a floor under accuracy is measured from. */
async function beginSearch({ recipe, data, dataset, evaluator, control }: RunContext): Promise<void> {
  if (recipe.budget.accuracyDrop === undefined) return;
  const { accuracy } = await evaluator.evaluate(data.model, dataset, dataset.validation, () =>
    control.gate(),
  );
  data.search = { reference: accuracy, outcomes: [], over: false, best: null };
}

/** Training a trained network again is at its owner's risk, but not behind the owner's back. */
function warnIfTrainedWorse(context: RunContext): void {
  const { original, dense } = context.data;
  const drawn = context.stages.some(({ id }) => id === 'drawn');
  if (original === null || dense === null || drawn) return;
  const { measurable, difference } = pairedChange(pairsOf(original, dense));
  if (!measurable || difference > 0) return;
  warn(
    context,
    `Trained again, your network gets ${formatPercent(dense.accuracy)} of the test samples right, and ${formatPercent(original.accuracy)} as it came: leave dense out of the recipe to prune it as it came, or lower dense.lr.`,
  );
}
