import { describe, expect, it } from 'vitest';
import { Random } from '../../../../main/engine/base/random.ts';
import { makePlan } from '../../../../main/engine/formats/sparse/make-plan.ts';
import type { Plan } from '../../../../main/engine/formats/sparse/plan.ts';
import { WASM } from '../../../../main/engine/formats/sparse/tuning.ts';
import { writeWasm } from '../../../../main/engine/formats/sparse/wasm/write.ts';
import { foldBatchNorm } from '../../../../main/engine/network/fold-batch-norm.ts';
import type { MaskSet, Network, WeightSet } from '../../../../main/engine/network/graph.ts';
import { prunableParams } from '../../../../main/engine/network/graph.ts';
import { initialize } from '../../../../main/engine/network/initialize.ts';
import { maskedSet } from '../../../../main/engine/network/masked.ts';
import { zoo } from '../../../../main/engine/zoo/index.ts';
import { infoOf } from './info.ts';

/** The smallest weights of all layers together, so that layers differ. */
function smallest(network: Network, weights: WeightSet, sparsity: number): MaskSet {
  const names = prunableParams(network);
  const valuesOf = (name: string) => weights.get(name)?.data ?? new Float32Array();
  const sizes = Float32Array.from(names.flatMap((name) => [...valuesOf(name)].map(Math.abs))).sort();
  const cut = sizes[Math.floor(sizes.length * sparsity)] ?? 0;
  return new Map(
    names.map((name) => [name, Uint8Array.from(valuesOf(name), (w) => Number(Math.abs(w) >= cut))]),
  );
}

/** Four bytes for each number that is not zero, and for where these are what no code can be shorter than on average. */
function boundOf(weights: WeightSet): number {
  let bytes = 0;
  for (const { data } of weights.values()) {
    const kept = data.filter((value) => value !== 0).length;
    const share = kept / data.length;
    const entropy = [share, 1 - share].reduce((sum, p) => sum - (p === 0 ? 0 : p * Math.log2(p)), 0);
    bytes += kept * 4 + (data.length * entropy) / 8;
  }
  return bytes;
}

const bytesOf = (plan: Plan) => writeWasm(plan, infoOf(plan)).length;
const codeOf = (plan: Plan) =>
  bytesOf({
    ...plan,
    data: plan.data.map((item) =>
      item.is === 'table'
        ? { ...item, values: new Uint32Array() }
        : { is: 'floats', values: new Float32Array() },
    ),
  });

describe('the size of a module', () => {
  const cases = ['lenet-300-100', 'resnet-20'].flatMap((id) =>
    [0.9, 0.95].map((sparsity) => ({ id, sparsity })),
  );

  it.each(cases)('$id at $sparsity is 1.05 times the bound, and its code', ({ id, sparsity }) => {
    const entry = zoo.get(id);
    const network = entry.build({ input: entry.defaultInput, classes: 10 });
    const weights = initialize(network, Random.from(1, 'weights'));
    const masks = smallest(network, weights, sparsity);
    const plan = makePlan(network, weights, masks, WASM);
    const bound = boundOf(foldBatchNorm(network, maskedSet(weights, masks)).weights);
    expect((bytesOf(plan) - codeOf(plan)) / bound).toBeLessThan(1.05);
  });
});
