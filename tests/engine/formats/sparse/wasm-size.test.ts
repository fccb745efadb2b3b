import { describe, expect, it } from 'vitest';
import { Random } from '../../../../main/engine/base/random.ts';
import { makePlan } from '../../../../main/engine/formats/sparse/make-plan.ts';
import type { Plan } from '../../../../main/engine/formats/sparse/plan.ts';
import { WASM } from '../../../../main/engine/formats/sparse/tuning.ts';
import { writeWasm } from '../../../../main/engine/formats/sparse/wasm/write.ts';
import { foldBatchNorm } from '../../../../main/engine/network/fold-batch-norm.ts';
import { initialize } from '../../../../main/engine/network/initialize.ts';
import { maskedSet } from '../../../../main/engine/network/masked.ts';
import { zoo } from '../../../../main/engine/zoo/index.ts';
import { boundOf, smallest } from './bound.ts';
import { infoOf } from './info.ts';

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
