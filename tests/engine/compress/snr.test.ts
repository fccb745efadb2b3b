import { expect, it } from 'vitest';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { noise, score, useBackend } from './support.ts';

const backend = useBackend('cpu');

it('adds the prior to what Fisher sees of the data: SNR^2 = 2 N OBD + w^2 / mean w^2', async () => {
  const network = new NetworkBuilder('small', [5]).dense('a', 7).relu().dense('b', 3).build();
  const weights = initialize(network, Random.from(4, 'weights'));
  const context = { network, weights, data: noise([5], 24, 3), backend: backend() };
  const [found, fisher] = [await score('snr', context), await score('fisher', context)];
  expect(found.size).toBe(2);
  for (const [name, scores] of found) {
    const values = Array.from(weights.get(name)?.data ?? []);
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    scores.forEach((value, i) => {
      const expected = 2 * 24 * (fisher.get(name)?.[i] ?? NaN) + (values[i] ?? NaN) ** 2 / square;
      expect(value ** 2 / expected).toBeCloseTo(1, 4);
    });
  }
});
