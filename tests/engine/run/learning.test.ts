import { expect, test } from 'vitest';
import type { MetricName, MetricPoint } from '../../../main/contract/run.ts';
import { notLearning, overfitting } from '../../../main/engine/run/stages/learning.ts';

test('a network at the level of chance is told of, within what so few samples can tell apart', () => {
  expect(notLearning(0.1, 0.1, 1000)).toMatch(/10\.0 %.*not learning/);
  expect(notLearning(0.118, 0.1, 1000)).not.toBeNull();
  expect(notLearning(0.12, 0.1, 1000)).toBeNull();
  expect(notLearning(0.12, 0.1, 100)).not.toBeNull();
  // Nine of ten samples of one class: 90 % is what giving it every time comes to.
  expect(notLearning(0.9, 0.9, 5000)).not.toBeNull();
  expect(notLearning(0.95, 0.9, 5000)).toBeNull();
});

const history = (validation: readonly number[], training: readonly number[], stage = 1): MetricPoint[] => {
  const points = (name: MetricName, values: readonly number[]) =>
    values.map((value, at) => ({ name, step: (at + 1) * 10, epoch: at + 1, stage, value }));
  return [...points('validation/loss', validation), ...points('train/loss', training)];
};
const falling = [0.9, 0.7, 0.5, 0.4, 0.3, 0.2];

test('a validation loss that rises while the training loss falls is overfitting', () => {
  expect(overfitting(history([0.8, 0.6, 0.65, 0.7, 0.75, 0.8], falling), 1)).toMatch(
    /0\.6.*0\.8.*overfitting/,
  );
});

test.each([
  ['it wobbles', [0.8, 0.6, 0.7, 0.65, 0.75, 0.8], falling],
  ['it is as good as level', [0.8, 0.6, 0.601, 0.602, 0.603, 0.604], falling],
  ['the training loss rises too', [0.8, 0.6, 0.65, 0.7, 0.75, 0.8], [...falling].reverse()],
  ['there are few evaluations', [0.6, 0.65, 0.7, 0.75], falling.slice(2)],
])('it is not where %s', (_why, validation, training) => {
  expect(overfitting(history(validation, training), 1)).toBeNull();
});

test('other stages count for nothing', () => {
  expect(overfitting(history([0.8, 0.6, 0.65, 0.7, 0.75, 0.8], falling, 0), 1)).toBeNull();
});
