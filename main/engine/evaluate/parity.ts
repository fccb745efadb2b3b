import { inputError } from '../../contract/errors.ts';
import { batches } from '../data/batches.ts';
import type { Dataset, Normalization } from '../data/dataset.ts';
import type { Judgement } from '../gradients/loss.ts';
import type { TensorData } from '../network/graph.ts';
import type { Classification } from './classification.ts';
import { meterFor } from './meter.ts';
import type { OnnxOptions } from './onnx-model.ts';
import { openRunning, type Runnable } from './running-model.ts';

/** Samples a call, where the model leaves the choice. */
const BATCH = 256;

/** What an exported file answers, beside what the trained network answers. */
export interface Parity {
  /** Largest absolute difference of a logit; Infinity when one of them is NaN and the other is not. */
  readonly maxDifference: number;
  readonly samples: number;
}

/**
 * Runs an ONNX model in onnxruntime on given inputs and compares its logits with the network's own.
 * @param inputs [samples, ...sample], already normalised
 * @param logits [samples, classes]
 */
export async function compareWithOnnx(
  model: Uint8Array | Runnable,
  inputs: TensorData,
  logits: TensorData,
  options: OnnxOptions & { batch?: number } = {},
): Promise<Parity> {
  const samples = inputs.shape[0] ?? 0;
  const perSample = inputs.data.length / samples;
  const classes = logits.data.length / samples;
  let maxDifference = 0;
  const opened = await openRunning(model, options);
  try {
    const step = opened.fixedBatch ?? options.batch ?? BATCH;
    for (let from = 0; from < samples; from += step) {
      const to = Math.min(from + step, samples);
      const found = await opened.run(inputs.data.subarray(from * perSample, to * perSample), to - from);
      const wanted = logits.data.subarray(from * classes, to * classes);
      maxDifference = Math.max(maxDifference, largestDifference(found.logits, wanted));
    }
  } finally {
    await opened.close();
  }
  return { maxDifference, samples };
}

/** Largest |a - b|; NaN agrees with NaN only. Different lengths are Infinity apart. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? NaN;
    const y = b[i] ?? NaN;
    if (Object.is(x, y) || x === y) continue;
    const difference = Math.abs(x - y);
    if (Number.isNaN(difference)) return Infinity;
    largest = Math.max(largest, difference);
  }
  return largest;
}

export interface OnnxEvaluationOptions extends OnnxOptions {
  readonly part?: 'train' | 'validation' | 'test';
  readonly batch?: number;
  /** How its logits are judged where each sample has one class. */
  readonly judgement?: Judgement;
  /** Constants that the model was trained with; the data's own when left out. */
  readonly normalization?: Normalization;
}

/**
 * Scores an ONNX model on one part of a data set, in onnxruntime and nothing else.
 * @throws EspalierError when the part is empty or the model's input or classes do not fit the data
 */
export async function evaluateOnnx(
  model: Uint8Array | Runnable,
  dataset: Dataset,
  options: OnnxEvaluationOptions = {},
): Promise<Classification> {
  const { part = 'test', normalization = dataset.normalization } = options;
  const split = dataset[part];
  if (split.size === 0) {
    throw inputError('data/empty-part', `The data has no ${part} samples.`, { field: part });
  }
  const classes = dataset.classes.length;
  const meter = meterFor(dataset, options.judgement ?? 'one class');
  const opened = await openRunning(model, options);
  try {
    const batchSize = opened.fixedBatch ?? options.batch ?? BATCH;
    const { sampleShape } = dataset;
    for (const { x, y, size } of batches(
      split,
      { sampleShape, normalization },
      { batchSize, order: 'sequential' },
    )) {
      const found = await opened.run(x, size);
      if (found.classes !== classes) {
        throw inputError(
          'evaluate/classes',
          `The model tells ${found.classes} classes apart, the data has ${classes}.`,
          { file: options.file, remedy: 'Evaluate the model on the kind of data it was trained on.' },
        );
      }
      meter.add(found.logits, y);
    }
  } finally {
    await opened.close();
  }
  return meter.result();
}
