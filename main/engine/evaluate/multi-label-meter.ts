import { RightSamples } from './right-samples.ts';
import { binaryLoss, type Classification, type Meter } from './classification.ts';

/**
 * For data in which a sample may have several classes or none. A class counts as found where its logit is above 0, which is a
 * probability above 0.5; a sample with a logit that is not finite counts as if nothing was found, and not as right.
 */
export class MultiLabelMeter implements Meter {
  private readonly classes: number;
  private readonly hits: Float64Array;
  private readonly falseAlarms: Float64Array;
  private readonly misses: Float64Array;
  private lossSum = 0;
  private samples = 0;
  private invalid = 0;
  private exact = 0;
  private readonly right = new RightSamples();

  constructor(classes: number) {
    this.classes = classes;
    this.hits = new Float64Array(classes);
    this.falseAlarms = new Float64Array(classes);
    this.misses = new Float64Array(classes);
  }

  add(logits: Float32Array, labels: ArrayLike<number>): void {
    const { classes } = this;
    if (logits.length !== labels.length || logits.length % classes !== 0) {
      throw new RangeError(`${logits.length} logits for ${labels.length} labels of ${classes} classes`);
    }
    for (let from = 0; from < logits.length; from += classes) {
      const truth = Array.from({ length: classes }, (_, c) => labels[from + c] === 1);
      this.addSample(logits.subarray(from, from + classes), truth);
    }
  }

  private addSample(row: Float32Array, truth: readonly boolean[]): void {
    this.samples++;
    const valid = row.every(Number.isFinite);
    let wrong = 0;
    let loss = 0;
    truth.forEach((has, c) => {
      const logit = valid ? (row[c] ?? 0) : 0;
      const found = logit > 0;
      if (found !== has) wrong++;
      const counts = found ? (has ? this.hits : this.falseAlarms) : has ? this.misses : undefined;
      if (counts !== undefined) counts[c] = (counts[c] ?? 0) + 1;
      loss += binaryLoss(logit, has);
    });
    this.right.add(valid && wrong === 0);
    if (!valid) {
      this.invalid++;
      return;
    }
    this.lossSum += loss / this.classes;
    if (wrong === 0) this.exact++;
  }

  result(): Classification {
    if (this.samples === 0) throw new RangeError('no samples were evaluated');
    const { hits, falseAlarms, misses } = this;
    const counts = Array.from(hits, (tp, c) => ({ tp, fp: falseAlarms[c] ?? 0, fn: misses[c] ?? 0 }));
    const perClass = counts.map((count) => (count.tp + count.fn === 0 ? null : f1(count)));
    const known = perClass.filter((value) => value !== null);
    const all = counts.reduce((a, b) => ({ tp: a.tp + b.tp, fp: a.fp + b.fp, fn: a.fn + b.fn }));
    return {
      samples: this.samples,
      loss: this.lossSum / (this.samples - this.invalid),
      accuracy: this.exact / this.samples,
      top5: null,
      perClass,
      confusion: [],
      invalid: this.invalid,
      right: this.right.text(),
      f1: { micro: f1(all), macro: known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length) },
    };
  }
}

/** 0 where there is nothing to find and nothing was found. */
function f1({ tp, fp, fn }: { tp: number; fp: number; fn: number }): number {
  return tp === 0 ? 0 : (2 * tp) / (2 * tp + fp + fn);
}
