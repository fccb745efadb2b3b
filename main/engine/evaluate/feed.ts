import type { HeadKind } from '../../contract/head.ts';
import { sizeOf } from '../network/graph.ts';

/** How the samples and classes of the data are those of a model's file. */
export interface Feed {
  /** Shape of a sample as the file takes it. */
  readonly shape: readonly number[];
  /** For each axis of the file's samples, the batch first, the axis of the data's; as they are when left out. */
  readonly perm?: readonly number[];
  /** Name of the output that answers. */
  readonly output: string;
  /** What these answers are. */
  readonly kind: HeadKind;
}

/** The smallest and the largest probability that float32 tells from 0 and 1. */
const [LEAST, MOST] = [2 ** -126, 1 - 2 ** -24];

const logarithm = (p: number): number => Math.log(Math.max(p, LEAST));
const logit = (p: number): number => {
  const inside = Math.min(Math.max(p, LEAST), MOST);
  return Math.log(inside) - Math.log1p(-inside);
};

/**
 * Logits that give these answers: their logarithms for a softmax (the constant that is lost changes nothing), the logits of
 * probabilities for sigmoids, [0, z] for a single number.
 */
export function logitsFrom(answers: Float32Array, kind: HeadKind): Float32Array {
  switch (kind) {
    case 'softmax':
      return answers.map(logarithm);
    case 'sigmoid':
      return answers.map(logit);
    case 'single-sigmoid':
      return pairs(answers.map(logit));
    case 'single-logit':
      return pairs(answers);
    case 'none':
    case 'log-softmax':
      return answers;
  }
}

/**
 * The answers that a file of this kind gives for logits; the inverse of `logitsFrom`, as far as it has one.
 * @param logits [samples, classes], row-major
 */
export function answersFrom(logits: Float32Array, classes: number, kind: HeadKind): Float32Array {
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  const differences = () =>
    Float32Array.from(
      { length: logits.length / 2 },
      (_, i) => (logits[2 * i + 1] ?? 0) - (logits[2 * i] ?? 0),
    );
  switch (kind) {
    case 'softmax':
    case 'log-softmax': {
      const made = new Float32Array(logits.length);
      for (let from = 0; from < logits.length; from += classes) {
        const row = logits.subarray(from, from + classes);
        const most = row.reduce((largest, z) => Math.max(largest, z), -Infinity);
        const total = Math.log(row.reduce((sum, z) => sum + Math.exp(z - most), 0)) + most;
        made.set(
          row.map((z) => (kind === 'softmax' ? Math.exp(z - total) : z - total)),
          from,
        );
      }
      return made;
    }
    case 'sigmoid':
      return logits.map(sigmoid);
    case 'single-sigmoid':
      return differences().map(sigmoid);
    case 'single-logit':
      return differences();
    case 'none':
      return logits;
  }
}

function pairs(values: Float32Array): Float32Array {
  const both = new Float32Array(values.length * 2);
  values.forEach((value, i) => (both[2 * i + 1] = value));
  return both;
}

/**
 * Samples with their axes in another order.
 * @param shape of a sample afterwards
 * @param perm for each axis afterwards, the batch first, the axis before
 */
export function turned(
  values: Float32Array,
  batch: number,
  shape: readonly number[],
  perm: readonly number[],
): Float32Array {
  const axes = perm.slice(1).map((axis) => axis - 1);
  const before: number[] = [];
  axes.forEach((axis, i) => (before[axis] = shape[i] ?? 1));
  const strides = axes.map((axis) => sizeOf(before.slice(axis + 1)));
  const size = sizeOf(shape);
  const places = Int32Array.from({ length: size }, (_, at) => {
    let [rest, place] = [at, 0];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const dim = shape[axis] ?? 1;
      place += (rest % dim) * (strides[axis] ?? 0);
      rest = Math.floor(rest / dim);
    }
    return place;
  });
  const made = new Float32Array(values.length);
  for (let from = 0; from < batch * size; from += size) {
    for (let i = 0; i < size; i++) made[from + i] = values[from + (places[i] ?? 0)] ?? 0;
  }
  return made;
}
