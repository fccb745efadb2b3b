/** How well logits agree with labels, over all samples that were added. */
export interface Classification {
  readonly samples: number;
  /**
   * Mean cross-entropy in nats over the samples whose logits are all finite; NaN when there is no such sample.
   */
  readonly loss: number;
  /** Share of all samples whose highest logit is the label's. */
  readonly accuracy: number;
  /** Share of all samples whose label is among the five highest logits; null for five classes or fewer. */
  readonly top5: number | null;
  /** Recall of each class; null for a class without samples. */
  readonly perClass: readonly (number | null)[];
  /** `confusion[label][prediction]` = samples; those with logits that are not finite have no prediction and are left out. */
  readonly confusion: readonly (readonly number[])[];
  /** Samples with a NaN or infinite logit. They count as wrong. */
  readonly invalid: number;
  /** Which samples are right, in their order: base64 of one bit each, the lowest of a byte first. */
  readonly right: string;
}

/**
 * Accumulates classification metrics batch by batch; sums are kept in float64. Equal logits rank by class index, the lower
 * first, so that a network which answers the same for everything is not credited with more than that one class.
 */
export class ClassificationMeter {
  private readonly classes: number;
  private readonly confusion: Float64Array;
  private readonly totals: Float64Array;
  private lossSum = 0;
  private samples = 0;
  private invalid = 0;
  private inTop5 = 0;
  private readonly right: number[] = [];

  constructor(classes: number) {
    if (!Number.isInteger(classes) || classes < 1) throw new RangeError(`${classes} classes`);
    this.classes = classes;
    this.confusion = new Float64Array(classes * classes);
    this.totals = new Float64Array(classes);
  }

  /**
   * Adds one batch.
   * @param logits [labels.length, classes], row-major
   * @throws RangeError when the lengths do not fit or a label is not a class index
   */
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
    const place = this.samples++;
    if (place % 8 === 0) this.right.push(0);
    this.totals[label] = (this.totals[label] ?? 0) + 1;
    if (!row.every(Number.isFinite)) {
      this.invalid++;
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
    let exponentials = 0;
    for (const logit of row) exponentials += Math.exp(logit - highest);
    this.lossSum += highest - own + Math.log(exponentials);
    if (ahead < 5) this.inTop5++;
    if (best === label) this.right[place >> 3] = (this.right[place >> 3] ?? 0) | (1 << (place & 7));
    const cell = label * this.classes + best;
    this.confusion[cell] = (this.confusion[cell] ?? 0) + 1;
  }

  /**
   * The metrics so far.
   * @throws RangeError when nothing was added: there is no accuracy of nothing
   */
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
      right: Buffer.from(this.right).toString('base64'),
    };
  }
}
