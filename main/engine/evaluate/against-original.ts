import type { HeadKind } from '../../contract/head.ts';
import { batches } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { isMultiLabel } from '../data/labels.ts';
import type { Feed } from './feed.ts';
import { logitsFrom } from './feed.ts';
import type { OnData } from './on-data.ts';
import type { Answers } from './onnx-model.ts';
import { openRunning, type Runnable } from './running-model.ts';

const BATCH = 256;
/** Probabilities of one sample may sum to this much more or less than 1, as sums of rounded numbers do. */
const SUM_TOLERANCE = 1e-2;

/** How two files answer the same samples, each given them as it takes them. */
export interface AnswersCompared {
  readonly samples: number;
  /** Share of samples with the same decision: the same class, or, where a sample may have several, the same classes. */
  readonly equalDecisions: number;
  /**
   * Largest difference of an answer, relative to the original's largest (or to 1); null where they do not answer in the same
   * way, or one of them with what is no number.
   */
  readonly maxDifference: number | null;
  /** Smallest and largest answer. */
  readonly range: { readonly original: readonly [number, number]; readonly file: readonly [number, number] };
  /** In what other way the file answers than the original, for people. */
  readonly otherWay: readonly string[];
  /** What is wrong with the file's answers by themselves, for people. */
  readonly faults: readonly string[];
}

/**
 * Runs a file and the one that it was made of on the test samples.
 * @throws EspalierError when onnxruntime cannot run one of them
 */
export async function compareAnswers(
  original: OnData,
  file: OnData,
  dataset: Dataset,
): Promise<AnswersCompared> {
  const [before, after] = [toldBy(original, dataset), toldBy(file, dataset)];
  const theirs = await answersOf(before, dataset);
  const ours = await answersOf(after, dataset);
  const samples = dataset.test.size;
  const severally = isMultiLabel(dataset.train.labels);
  const [was, is] = [theirs, ours].map(({ rows }, i) =>
    decisions(logitsFrom(rows, (i === 0 ? before : after).feed.kind), samples, severally),
  );
  const equal = was?.reduce((sum, decision, i) => sum + Number(decision === is?.[i]), 0) ?? 0;
  const alike = before.feed.kind === after.feed.kind && theirs.rows.length === ours.rows.length;
  return {
    samples,
    equalDecisions: samples === 0 ? 1 : equal / samples,
    maxDifference: alike ? relativeDifference(theirs.rows, ours.rows) : null,
    range: { original: rangeOf(theirs.rows), file: rangeOf(ours.rows) },
    otherWay: otherWay(before.feed, after.feed, theirs, ours),
    faults: valueFaults(ours.rows, after.feed.kind, samples),
  };
}

type Told = Runnable & { readonly feed: Feed };

/** A model with its answers as its file gives them, and not as logits. */
function toldBy({ runnable, read }: OnData, { sampleShape }: Dataset): Told {
  if (runnable.feed !== undefined) return { ...runnable, feed: runnable.feed };
  const head = read?.network.head;
  const output = head?.output ?? read?.network.outputs.at(-1) ?? '';
  return { model: runnable.model, feed: { shape: sampleShape, output, kind: head?.kind ?? 'none' } };
}

/** All answers of the test part, one row a sample, and the shape of one as the file gives it. */
async function answersOf(
  model: Told,
  { test, sampleShape, normalization }: Dataset,
): Promise<{ rows: Float32Array; shape: readonly number[]; type: string }> {
  const opened = await openRunning(model);
  try {
    const parts: Answers[] = [];
    const batchSize = opened.fixedBatch ?? BATCH;
    for (const { x, size } of batches(
      test,
      { sampleShape, normalization },
      { batchSize, order: 'sequential' },
    ))
      parts.push(await opened.answers(x, size));
    const rows = new Float32Array(parts.reduce((sum, { values }) => sum + values.length, 0));
    let at = 0;
    for (const { values } of parts) {
      rows.set(values, at);
      at += values.length;
    }
    return { rows, shape: parts[0]?.shape ?? [], type: parts[0]?.type ?? '' };
  } finally {
    await opened.close();
  }
}

function decisions(logits: Float32Array, samples: number, severally: boolean): string[] {
  const classes = samples === 0 ? 0 : logits.length / samples;
  return Array.from({ length: samples }, (_, sample) => {
    const row = logits.subarray(sample * classes, (sample + 1) * classes);
    if (severally) return Array.from(row, (logit) => Number(logit >= 0)).join('');
    return String(row.reduce((best, logit, i) => (logit > (row[best] ?? NaN) ? i : best), 0));
  });
}

function relativeDifference(theirs: Float32Array, ours: Float32Array): number | null {
  const [least, most] = rangeOf(theirs);
  const scale = Math.max(1, -least, most);
  const apart = theirs.reduce((largest, value, i) => {
    const difference = Object.is(value, ours[i]) ? 0 : Math.abs(value - (ours[i] ?? NaN));
    return Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
  }, 0);
  return Number.isFinite(apart / scale) ? apart / scale : null;
}

function rangeOf(values: Float32Array): readonly [number, number] {
  return values.reduce<[number, number]>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  );
}

type Shaped = Awaited<ReturnType<typeof answersOf>>;

/** In what other way the file answers. */
function otherWay(before: Feed, after: Feed, theirs: Shaped, ours: Shaped): string[] {
  if (before.kind !== after.kind)
    return [`Its answers are ${WORDS[after.kind]}, where they were ${WORDS[before.kind]}.`];
  const shown = ({ type, shape }: Shaped) => `${type} [${shape.join(', ')}]`;
  if (shown(theirs) === shown(ours)) return [];
  return [`It gives ${shown(ours)} for a sample, where it was ${shown(theirs)}.`];
}

const WORDS: Readonly<Record<HeadKind, string>> = {
  softmax: 'probabilities that sum to 1 (softmax)',
  'log-softmax': 'logarithms of probabilities (log-softmax)',
  sigmoid: 'a probability for each class by itself (sigmoid)',
  'single-sigmoid': 'one probability (sigmoid)',
  'single-logit': 'one logit',
  none: 'logits',
};

/** Answers that are not what their last activation can give. */
function valueFaults(rows: Float32Array, kind: HeadKind, samples: number): string[] {
  if (rows.some((value) => Number.isNaN(value))) return ['Some of its answers are no numbers (NaN).'];
  const probable = kind === 'log-softmax' ? rows.map(Math.exp) : rows;
  if (kind === 'none' || kind === 'single-logit' || samples === 0) return [];
  const [least, most] = rangeOf(probable);
  if (least < 0 || most > 1 + SUM_TOLERANCE)
    return [`Its answers lie between ${least} and ${most}, and are no probabilities.`];
  if (kind === 'sigmoid' || kind === 'single-sigmoid') return [];
  const classes = rows.length / samples;
  const wrong = Array.from({ length: samples }, (_, sample) =>
    probable.subarray(sample * classes, (sample + 1) * classes).reduce((sum, value) => sum + value, 0),
  ).filter((sum) => Math.abs(sum - 1) > SUM_TOLERANCE);
  return wrong.length === 0
    ? []
    : [`Of ${wrong.length} of ${samples} samples the probabilities do not sum to 1 (but to ${wrong[0]}).`];
}
