import type { MetricName, MetricPoint } from '../../../contract/run.ts';
import { formatNumber, formatPercent } from '../../../words/format.ts';

/** Evaluations in a row after which a rising validation loss is no wobble. */
const RISES = 4;
/** A loss that rises by less than this share of itself over them is as good as level. */
const NOTABLE = 0.02;

/**
 * Whether a network answers no better than by always giving the most frequent class, in words; null where it does better.
 * Better means by more than two standard errors of that share, of as many samples.
 * @param accuracy of the training part in the last epoch, 0..1
 * @param frequent share of the most frequent class among the training samples
 */
export function notLearning(accuracy: number, frequent: number, samples: number): string | null {
  const error = Math.sqrt((frequent * (1 - frequent)) / Math.max(1, samples));
  if (accuracy > frequent + 2 * error) return null;
  return `the training accuracy is ${formatPercent(accuracy, 1)}, no better than giving the most frequent class every time (${formatPercent(frequent, 1)}). The network is not learning: try another learning rate, and look whether labels and normalisation are right.`;
}

/**
 * Whether the validation loss has risen at each of the last evaluations of a stage while the training loss fell, in words; else null.
 * @param history of the whole run
 */
export function overfitting(history: readonly MetricPoint[], stage: number): string | null {
  const of = (name: MetricName) => history.filter((point) => point.name === name && point.stage === stage);
  const validation = of('validation/loss').slice(-RISES - 1);
  const [first, last] = [validation[0], validation.at(-1)];
  if (validation.length <= RISES || first === undefined || last === undefined) return null;
  const rises = validation.every(({ value }, at) => at === 0 || value > (validation[at - 1]?.value ?? value));
  if (!rises || last.value < first.value * (1 + NOTABLE)) return null;
  const training = of('train/loss');
  const mean = (from: number, to: number) => {
    const values = training.filter(({ step }) => step > from && step <= to).map(({ value }) => value);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const before = mean(validation[0]?.step ?? 0, validation[1]?.step ?? 0);
  const after = mean(validation.at(-2)?.step ?? 0, last.step);
  if (!(after < before)) return null;
  return `the validation loss has risen for ${RISES} evaluations in a row (${formatNumber(first.value)} to ${formatNumber(last.value)}) while the training loss fell (${formatNumber(before)} to ${formatNumber(after)}). The network is overfitting: it learns its training samples by heart. Fewer epochs, augmentation or more weight decay may help.`;
}
