import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../../../main/engine/formats/read.ts';
import { coupling } from '../../../../main/engine/network/coupling/index.ts';
import { networkCost } from '../../../../main/engine/network/cost.ts';
import { maskedSet } from '../../../../main/engine/network/masked.ts';
import { onlyNeeded } from '../../../../main/engine/network/needed.ts';
import { shrink } from '../../../../main/engine/network/shrink.ts';
import { componentMasks } from '../../../../main/engine/network/coupling/masks.ts';
import { cutWeights } from '../../../../main/engine/network/cut.ts';
import { catalogModels } from '../../../support/catalog-models.ts';
import { missingData, sharedData } from '../../../support/shared-data.ts';
import { difference, runOnnx } from '../run.ts';
import { inputOf, someOf } from './removal.ts';

describe('models of others', () => {
  for (const name of catalogModels) {
    const path = join('models', name);
    const missing = missingData(path);
    it.skipIf(missing !== '')(
      `${name} computes the same without some of its channels${missing}`,
      async () => {
        const model = await readModel(sharedData(path), dirname(sharedData(path)));
        const weights = new Map(model.weights);
        // One file answers with every layer's values, of which none could go.
        const network = onlyNeeded({ ...model.network, outputs: model.network.outputs.slice(-1) }, weights);
        const found = coupling(network);
        const inputs = inputOf(network, 1);
        for (const share of [0.2, 0.5, 0.8]) {
          const removed = someOf(found, share, 1);
          const smaller = shrink(network, found, removed);
          const masked = await runOnnx(network, maskedSet(weights, componentMasks(network, removed)), inputs);
          const compact = await runOnnx(smaller.network, cutWeights(weights, smaller), inputs);
          expect(difference(compact, masked), `${share}`).toBeLessThan(1e-4);
          if (share === 0.5) {
            const left = networkCost(smaller.network).macs / networkCost(network).macs;
            expect(left).toBeLessThanOrEqual(0.5);
          }
        }
      },
    );
  }
});
