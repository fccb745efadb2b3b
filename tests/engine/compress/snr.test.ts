import { expect, it } from 'vitest';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { dataOf, noise, score, useBackend } from './support.ts';

const backend = useBackend('cpu');

it('is mean over deviation of the product of the likelihood at the weights and the prior of a layer', async () => {
  const network = new NetworkBuilder('small', [5]).dense('a', 7).relu().dense('b', 3).build();
  const weights = initialize(network, Random.from(4, 'weights'));
  const context = { network, weights, data: noise([5], 24, 3), backend: backend() };
  const [found, fisher] = [await score('snr', context), await score('fisher', context)];
  expect(found.size).toBe(2);
  for (const [name, scores] of found) {
    const values = Array.from(weights.get(name)?.data ?? []);
    const prior = values.length / values.reduce((sum, value) => sum + value * value, 0);
    scores.forEach((value, i) => {
      const weight = values[i] ?? NaN;
      const likelihood = (24 * 2 * (fisher.get(name)?.[i] ?? NaN)) / weight ** 2;
      const precision = likelihood + prior;
      const mean = (weight * likelihood) / precision;
      expect(value).toBeCloseTo(Math.abs(mean) * Math.sqrt(precision), 4);
    });
  }
});

it('of a weight that reads nothing is zero, however large it was drawn', async () => {
  const network = new NetworkBuilder('small', [5]).dense('a', 3).build();
  const weights = initialize(network, Random.from(4, 'weights'));
  const random = Random.from(1, 'samples');
  // [out, in]: the second input is always zero.
  const x = Float32Array.from({ length: 24 * 5 }, (_, i) => (i % 5 === 1 ? 0 : random.normal()));
  const data = dataOf(
    [5],
    x,
    Int32Array.from({ length: 24 }, (_, i) => i % 3),
  );
  const scores = (await score('snr', { network, weights, data, backend: backend() })).get('a.weight') ?? [];
  expect(scores).toHaveLength(15);
  scores.forEach((value, i) => {
    if (i % 5 === 1) expect(value).toBe(0);
    else expect(value).toBeGreaterThan(0);
  });
});
