import { describe, expect, it } from 'vitest';
import { Random } from '../../../../main/engine/base/random.ts';
import { constantBytes } from '../../../../main/engine/formats/sparse/c/constants.ts';
import { planForC } from '../../../../main/engine/formats/sparse/c/plan.ts';
import { writeC } from '../../../../main/engine/formats/sparse/c/write.ts';
import { makePlan } from '../../../../main/engine/formats/sparse/make-plan.ts';
import type { Plan } from '../../../../main/engine/formats/sparse/plan.ts';
import { C_FORMS } from '../../../../main/engine/formats/sparse/tuning.ts';
import { foldBatchNorm } from '../../../../main/engine/network/fold-batch-norm.ts';
import { sizeOf } from '../../../../main/engine/network/graph.ts';
import { initialize } from '../../../../main/engine/network/initialize.ts';
import { maskedSet } from '../../../../main/engine/network/masked.ts';
import { zoo } from '../../../../main/engine/zoo/index.ts';
import { randomWeights } from '../../network/run.ts';
import { boundOf, smallest } from './bound.ts';
import { drawnMasks, drawnNetwork } from './networks.ts';
import { CHECKED, has, runC } from './run-c.ts';

function fromZoo(id: string, sparsity: number) {
  const entry = zoo.get(id);
  const network = entry.build({ input: entry.defaultInput, classes: 10 });
  const weights = initialize(network, Random.from(1, 'weights'));
  return { network, weights, masks: smallest(network, weights, sparsity) };
}

describe('the constants of a network in C', () => {
  it.each([
    ...[0.8, 0.9, 0.95, 0.98].map((sparsity) => ({ id: 'lenet-300-100', sparsity })),
    ...[0.8, 0.9, 0.95, 0.98].map((sparsity) => ({ id: 'lenet-5-caffe', sparsity })),
    ...[0.8, 0.9, 0.95].map((sparsity) => ({ id: 'resnet-20', sparsity })),
    ...[0.9, 0.95].map((sparsity) => ({ id: 'mobilenet-like', sparsity })),
    { id: 'vgg-like', sparsity: 0.9 },
  ])('of $id at $sparsity take at most 1.1 times the bound', ({ id, sparsity }) => {
    const { network, weights, masks } = fromZoo(id, sparsity);
    const folded = foldBatchNorm(network, maskedSet(weights, masks)).weights;
    const bytes = constantBytes(planForC(network, weights, masks).data);
    expect(bytes / boundOf(folded)).toBeLessThan(1.1);
  });

  it.each(['lenet-300-100', 'lenet-5-caffe', 'resnet-20'])(
    'of %s in 8 bits take at most 1.1 times their bound',
    (id) => {
      const { network, weights, masks } = fromZoo(id, 0.9);
      const folded = foldBatchNorm(network, maskedSet(weights, masks)).weights;
      const bytes = constantBytes(planForC(network, weights, masks, { eightBits: true }).data);
      expect(bytes / boundOf(folded, 1)).toBeLessThan(1.1);
    },
  );

  it('take no more room than any of the forms that come before the one that is taken', () => {
    const { network, weights, masks } = fromZoo('lenet-5-caffe', 0.8);
    const sizes = C_FORMS.map((form) => constantBytes(makePlan(network, weights, masks, form).data));
    expect(sizes.toSorted((a, b) => b - a)).toEqual(sizes);
    expect(sizes).toContain(constantBytes(planForC(network, weights, masks).data));
  });
});

describe.skipIf(!has('gcc'))('all forms of a network in C', () => {
  it.each([
    { seed: 1, sparsity: 0.3, eightBits: false },
    { seed: 2, sparsity: 0.9, eightBits: true },
    { seed: 3, sparsity: 0.97, eightBits: false },
  ])('answer the same of drawn network $seed', async ({ seed, sparsity, eightBits }) => {
    const network = drawnNetwork(seed);
    const weights = randomWeights(network);
    const masks = drawnMasks(network, weights, sparsity, Random.from(seed, 'masks'));
    const [first = [], ...others] = await Promise.all(
      C_FORMS.map((form) => answers(makePlan(network, weights, masks, form, { eightBits }))),
    );
    expect(first.some((value) => value !== 0)).toBe(true);
    for (const other of others) {
      expect(other).toHaveLength(first.length);
      other.forEach((value, i) => expect(value).toBeCloseTo(first[i] ?? NaN, 4));
    }
  });
});

/** What the plan answers to a drawn sample, checked by sanitizers. */
async function answers(plan: Plan): Promise<number[]> {
  const random = Random.from(1, 'inputs');
  const inputs = plan.inputs.map(({ shape }) => ({
    shape: [1, ...shape],
    data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
  }));
  const sizes = plan.outputs.map(({ shape }) => sizeOf(shape));
  const outputs = await runC(writeC(plan, []), inputs, sizes, { flags: CHECKED['gcc'] ?? [] });
  return outputs.flatMap((output) => [...output]);
}
