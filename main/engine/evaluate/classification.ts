import type { Judgement } from '../gradients/loss.ts';
import { RightSamples } from './right-samples.ts';

/** How well logits agree with labels, over all samples that were added. */
export interface Classification {
  readonly samples: number;
  /**
   * Mean cross-entropy in nats over the samples whose logits are all finite; NaN when there is no such sample. Binary, and the
   * mean over classes too, where the network judges each class by itself.
   */
  readonly loss: number;
  /** Share of all samples whose highest logit is the label's; of multi-label data, share of those with all classes right. */
  readonly accuracy: number;
  /** Share of all samples whose label is among the five highest logits; null for five classes or fewer. */
  readonly top5: number | null;
  /** Recall of each class, of multi-label data its F1; null for a class without samples. */
  readonly perClass: readonly (number | null)[];
  /**
   * `confusion[label][prediction]` = samples; those with logits that are not finite have no prediction and are left out.
   * Empty for multi-label data.
   */
  readonly confusion: readonly (readonly number[])[];
  /** Samples with a NaN or infinite logit. They count as wrong. */
  readonly invalid: number;
  /** Which samples are right, in their order: base64 of one bit each, the lowest of a byte first. */
  readonly right: string;
  /** Of multi-label data; null where each sample has one class. */
  readonly f1: F1 | null;
}

/** F1 = 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall, where a class counts as found from a probability of 0.5 on. */
interface F1 {
  /** Of all classes' counts together. */
  readonly micro: number;
  /** Mean over the classes that have samples. */
  readonly macro: number;
}

/** Accumulates classification metrics batch by batch. */
export interface Meter {
  /**
   * Adds one batch.
   * @param logits [samples, classes], row-major
   * @param labels class indices [samples], or zeros and ones [samples, classes]
   * @throws RangeError when the lengths do not fit or a label is none
   */
  add(logits: Float32Array, labels: ArrayLike<number>): void;
  /**
   * The metrics so far.
   * @throws RangeError when nothing was added: there is no accuracy of nothing
   */
  result(): Classification;
}

/**
 * For data with one class a sample; sums are kept in float64. Equal logits rank by class index, the lower
 * first, so that a network which answers the same for everything is not credited with more than that one class.
 */
export class ClassificationMeter implements Meter {
  private readonly judgement: Judgement;
  private readonly classes: number;
  private readonly confusion: Float64Array;
  private readonly totals: Float64Array;
  private lossSum = 0;
  private samples = 0;
  private invalid = 0;
  private inTop5 = 0;
  private readonly right = new RightSamples();

  constructor(classes: number, judgement: Judgement = 'one class') {
    this.judgement = judgement;
    if (!Number.isInteger(classes) || classes < 1) throw new RangeError(`${classes} classes`);
    this.classes = classes;
    this.confusion = new Float64Array(classes * classes);
    this.totals = new Float64Array(classes);
  }

  add(logits: Float32Array, labels: ArrayLike<number>): void {
    if (logits.length !== labels.length * this.classes) {
      throw new RangeError(`${logits.length} logits for ${labels.length} samples of ${this.classes} classes`);
    }
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i] ?? NaN;
      if (!Number.isInteger(label) || label < 0 || label >= this.classes) {
        throw new RangeError(`label ${label} of sample ${this.samples} is none of ${this.classes} classes`);
      }
      this.addSample(logits.subarray(i * this.classes, (i + 1) * this.classes), label);
    }
  }

  private addSample(row: Float32Array, label: number): void {
    this.samples++;
    this.totals[label] = (this.totals[label] ?? 0) + 1;
    if (!row.every(Number.isFinite)) {
      this.invalid++;
      this.right.add(false);
      return;
    }
    const own = row[label] ?? NaN;
    let best = 0;
    let highest = -Infinity;
    let ahead = 0;
    for (let c = 0; c < row.length; c++) {
      const logit = row[c] ?? NaN;
      if (logit > highest) {
        highest = logit;
        best = c;
      }
      if (logit > own || (logit === own && c < label)) ahead++;
    }
    this.lossSum +=
      this.judgement === 'one class' ? highest - own + logOfSum(row, highest) : sigmoidLoss(row, label);
    if (ahead < 5) this.inTop5++;
    this.right.add(best === label);
    const cell = label * this.classes + best;
    this.confusion[cell] = (this.confusion[cell] ?? 0) + 1;
  }

  result(): Classification {
    if (this.samples === 0) throw new RangeError('no samples were evaluated');
    const n = this.classes;
    const confusion = Array.from({ length: n }, (_, c) => [...this.confusion.subarray(c * n, (c + 1) * n)]);
    const hits = confusion.map((row, c) => row[c] ?? 0);
    return {
      samples: this.samples,
      loss: this.lossSum / (this.samples - this.invalid),
      accuracy: hits.reduce((sum, count) => sum + count, 0) / this.samples,
      top5: n > 5 ? this.inTop5 / this.samples : null,
      perClass: hits.map((count, c) => (this.totals[c] === 0 ? null : count / (this.totals[c] ?? 0))),
      confusion,
      invalid: this.invalid,
      right: this.right.text(),
      f1: null,
    };
  }
}

function logOfSum(row: Float32Array, highest: number): number {
  return Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - highest), 0));
}

/** Mean over the classes of the binary cross-entropy against the one class that the sample has. */
function sigmoidLoss(row: Float32Array, label: number): number {
  return row.reduce((sum, logit, c) => sum + binaryLoss(logit, c === label), 0) / row.length;
}

/** -log of the probability that a sigmoid gives to the truth. */
export function binaryLoss(logit: number, has: boolean): number {
  return Math.max(logit, 0) - (has ? logit : 0) + Math.log1p(Math.exp(-Math.abs(logit)));
}
