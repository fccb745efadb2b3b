import { expect, it } from 'vitest';
import { prove } from '../../../main/engine/evaluate/proof.ts';
import type { Weighed } from '../../../main/engine/network/model.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';

const network = new NetworkBuilder('small', [2]).dense('fc', 2).build();
const model = (...logits: number[]): Weighed => ({
  network,
  weights: new Map([['logits', { shape: [2], data: Float32Array.from(logits) }]]),
});
const answer = async ({ weights }: Weighed) => weights.get('logits')?.data ?? new Float32Array();
const probes = [3, 4].map((size) => ({ x: new Float32Array(2 * size), size }));

it('is the largest difference of a logit, over the largest of them', async () => {
  const proof = await prove(answer, model(1000, 1), model(1000.0625, 1.03125), probes);
  expect(proof).toEqual({ difference: 0.0625 / 1000, samples: 7 });
});

it('counts small logits as of size 1', async () => {
  const { difference } = await prove(answer, model(0.01, 0), model(0.01, 2 ** -14), probes);
  expect(difference).toBe(2 ** -14);
});

it('fails by name where the networks differ', async () => {
  const failing = prove(answer, model(1, 0), model(1, 0.001), probes);
  await expect(failing).rejects.toMatchObject({ problem: { code: 'structure/differs' } });
  await expect(failing).rejects.toThrow(/^Without the channels .* the network 'small' .* on 7 samples/);
});

it('fails where one of them has no number', async () => {
  for (const pair of [
    [model(1, NaN), model(1, 0)],
    [model(1, 0), model(1, NaN)],
    [model(1, NaN), model(1, NaN)],
  ] as const) {
    await expect(prove(answer, ...pair, probes)).rejects.toMatchObject({
      problem: { code: 'structure/differs' },
    });
  }
});
