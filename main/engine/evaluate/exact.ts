import { cpus } from 'node:os';
import type { ExactFigures } from '../../contract/report.ts';
import { batches } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { formatPercent } from '../../words/format.ts';
import type { Classification } from './classification.ts';
import { openRunning, type Runnable } from './running-model.ts';
import type { OnnxEvaluationOptions } from './parity.ts';
import { compareWithOnnx, evaluateOnnx } from './parity.ts';

/** Samples whose answers are compared one by one. */
const SAMPLES = 256;
/** Answers that differ by less than this share of the largest are the same: the integer part is exact, the rest is float32. */
const TOLERANCE = 1e-4;

/**
 * Scores a model that computes in eight bits as this processor's kernels run it, and in exact arithmetic. Where they differ,
 * the processor has no VNNI (or the like) and onnxruntime adds products of unsigned by signed bytes in 16 bits that saturate.
 * @throws EspalierError as `evaluateOnnx` does
 */
export async function evaluateExactly(
  model: Uint8Array | Runnable,
  dataset: Dataset,
  options: OnnxEvaluationOptions = {},
): Promise<{ result: Classification; exact: ExactFigures }> {
  const result = await evaluateOnnx(model, dataset, options);
  const { accuracy } = await evaluateOnnx(model, dataset, { ...options, exact: true });
  const { part = 'test', normalization = dataset.normalization } = options;
  const { sampleShape } = dataset;
  const [batch] = batches(
    dataset[part],
    { sampleShape, normalization },
    { batchSize: SAMPLES, order: 'sequential' },
  );
  if (batch === undefined) throw new Error('a part that was scored has samples');
  const logits = await exactAnswers(model, batch.x, batch.size, options);
  const { maxDifference } = await compareWithOnnx(
    model,
    { shape: [batch.size, ...sampleShape], data: batch.x },
    { shape: [batch.size, logits.length / batch.size], data: logits },
    options,
  );
  const largest = logits.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  const differs = accuracy !== result.accuracy || !(maxDifference <= TOLERANCE * largest);
  const known = Number.isFinite(maxDifference) ? maxDifference : null;
  return { result, exact: { accuracy, maxDifference: known, differs } };
}

async function exactAnswers(
  model: Uint8Array | Runnable,
  values: Float32Array,
  size: number,
  options: OnnxEvaluationOptions,
): Promise<Float32Array> {
  const opened = await openRunning(model, { ...options, exact: true });
  try {
    const step = opened.fixedBatch ?? size;
    const perSample = values.length / size;
    const rows: Float32Array[] = [];
    for (let from = 0; from < size; from += step) {
      const to = Math.min(from + step, size);
      rows.push((await opened.run(values.slice(from * perSample, to * perSample), to - from)).logits.slice());
    }
    const all = new Float32Array(rows.reduce((length, row) => length + row.length, 0));
    rows.reduce((at, row) => (all.set(row, at), at + row.length), 0);
    return all;
  } finally {
    await opened.close();
  }
}

const CAUSE =
  'onnxruntime adds products of unsigned by signed bytes in 16 bits that saturate where the processor has no VNNI or the like';
const REMEDY =
  "Export it with unsigned weights ('onnx-int8') or with weights within 7 bits ('onnx-int8-7bit'), or set onnxruntime's session.x64quantprecision to 1.";

/** Words for a file that this processor's kernels compute otherwise than exact arithmetic does; undefined where they agree. */
export function kernelWarning(
  file: string,
  accuracy: number,
  exact: ExactFigures | null,
): string | undefined {
  if (exact?.differs !== true) return undefined;
  const { maxDifference } = exact;
  const apart = maxDifference === null ? 'more than can be said' : `up to ${maxDifference.toPrecision(2)}`;
  return (
    `${file}: this processor (${processor()}) computes it otherwise than exact arithmetic: ` +
    `${formatPercent(accuracy)} of the answers are right instead of ${formatPercent(exact.accuracy)}, ` +
    `and they differ by ${apart}. The cause: ${CAUSE}. ${REMEDY}`
  );
}

/** Words for a file that was computed exactly, and may not be on other processors or data. */
export function elsewhereWarning(file: string, wideWeights: number): string | undefined {
  if (wideWeights === 0) return undefined;
  const layers = wideWeights === 1 ? 'a layer' : `${wideWeights} layers`;
  return `${file}: the weights of ${layers} are signed bytes beyond 7 bits. These data are computed exactly on this processor (${processor()}); others may not be: ${CAUSE}. ${REMEDY}`;
}

/** What the processor calls itself. */
function processor(): string {
  return cpus()[0]?.model.trim().replace(/\s+/g, ' ') ?? 'of unknown kind';
}
