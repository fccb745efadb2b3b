import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../../main/engine/base/random.ts';
import { readModel } from '../../../../main/engine/formats/read.ts';
import { makePlan } from '../../../../main/engine/formats/sparse/make-plan.ts';
import type { Plan } from '../../../../main/engine/formats/sparse/plan.ts';
import { WASM } from '../../../../main/engine/formats/sparse/tuning.ts';
import { openModel } from '../../../../main/engine/formats/sparse/wasm/runtime.ts';
import { writeWasm } from '../../../../main/engine/formats/sparse/wasm/write.ts';
import type { Network, TensorData } from '../../../../main/engine/network/graph.ts';
import { maskedSet } from '../../../../main/engine/network/masked.ts';
import { refuseUnwritable } from '../../../../main/engine/run/results/exports.ts';
import { catalogModels } from '../../../support/catalog-models.ts';
import { missingData, sharedData } from '../../../support/shared-data.ts';
import { inputOf } from '../../network/coupling/removal.ts';
import { difference, runOnnx } from '../../network/run.ts';
import { infoOf } from './info.ts';
import { drawnMasks } from './networks.ts';

/** Numbers from which on a network is only tried sparse: a plan of all of them takes seconds. */
const LARGE = 1e6;

/** The last output, as the module computes it. */
async function answer(plan: Plan, network: Network, inputs: Readonly<Record<string, TensorData>>) {
  const model = await openModel(writeWasm(plan, infoOf(plan)));
  const made = model.run(...network.inputs.map(({ name }) => inputs[name]?.data ?? new Float32Array()));
  return made instanceof Float32Array ? made : made[network.outputs.at(-1) ?? ''];
}

describe('models of others as WebAssembly', () => {
  for (const name of catalogModels) {
    const path = join('models', name);
    const missing = missingData(path);
    it.skipIf(missing !== '')(
      `${name} answers as in onnxruntime${missing}`,
      async () => {
        const { network, weights } = await readModel(sharedData(path), dirname(sharedData(path)));
        // Every layer type has kernels: none of these is refused.
        refuseUnwritable(['wasm', 'c', 'c-int8'], network, weights);
        const masks = drawnMasks(network, weights, 0.8, Random.from(1, 'masks'));
        const inputs = inputOf(network, 1);
        const large = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0) > LARGE;
        for (const kept of large ? [masks] : [new Map<string, Uint8Array>(), masks]) {
          const expected = await runOnnx(network, maskedSet(weights, kept), inputs);
          const data = await answer(makePlan(network, weights, kept, WASM), network, inputs);
          expect(data?.length).toBe(expected.data.length);
          const found = { shape: expected.shape, data: data ?? new Float32Array() };
          expect(difference(found, expected)).toBeLessThan(1e-4);
        }
      },
      30_000,
    );
  }
});
