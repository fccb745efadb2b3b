import '@tensorflow/tfjs-backend-cpu';
import { expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { foresee } from '../../../main/engine/ask/foresee.ts';
import { layersForecast } from '../../../main/engine/ask/forecast.ts';
import { twinOf, wholeOf } from '../../../main/engine/ask/twin.ts';
import { countKept } from '../../../main/engine/compress/masks.ts';
import { networkCost } from '../../../main/engine/network/cost.ts';
import { scoreRecipe } from '../../../main/engine/ask/score.ts';

const optionsOf = (change: Partial<RecipeInput>) => ({
  recipe: recipeSchema.parse({
    network: 'lenet-5-caffe',
    data: { kind: 'digits', train: 64, validation: 0, test: 10 },
    paradigm: 'magnitude-at-init',
    dense: { epochs: 1 },
    finetune: { epochs: 1 },
    budget: 0.9,
    ...change,
  }),
  baseFolder: '.',
  device: 'onnxruntime',
  threads: 1,
});

it('a twin of zeros keeps as many weights of each layer as is foreseen, and none of the values', async () => {
  for (const prune of [{}, { scope: 'erk' }] as const) {
    await foresee(optionsOf({ prune }), new Control(), async (foreseen) => {
      const { network, weights, masks } = twinOf(foreseen, foreseen.protectedMasks);
      expect(network).toBe(foreseen.context.base);
      for (const { name, protected: kept } of layersForecast(foreseen).layers) {
        expect(countKept(masks.get(name) ?? new Uint8Array())).toBe(kept);
        const values = weights.get(name)?.data ?? new Float32Array();
        expect(values.filter((value) => value !== 0)).toHaveLength(kept);
        expect(values).not.toEqual(foreseen.context.data.model.weights.get(name)?.data);
      }
    });
  }
});

it('a twin of channels is as wide as the run leaves the network', async () => {
  const options = optionsOf({ budget: { macs: 0.5 }, prune: { structure: { kind: 'channel' } } });
  const { masks } = await scoreRecipe(options, new Control(), () => undefined);
  await foresee(options, new Control(), async (foreseen) => {
    const whole = wholeOf(foreseen);
    const twin = twinOf(foreseen, foreseen.protectedMasks);
    const share = networkCost(twin.network).macs / networkCost(whole.network).macs;
    expect(Math.abs(share - 0.5)).toBeLessThanOrEqual(0.01);
    const planned = twinOf(foreseen, masks);
    expect(twin.network.params).toEqual(planned.network.params);
    for (const [name, { shape }] of twin.weights) expect(shape).toEqual(twin.network.params[name]?.shape);
  });
});

it('masks of another share are made by the same scores', async () => {
  await foresee(optionsOf({}), new Control(), async (foreseen) => {
    const { protectedMasks, share } = foreseen;
    const select = (by: number) => foreseen.select(by);
    expect(select(share)).toEqual(protectedMasks);
    const kept = (by: number) => [...select(by).values()].reduce((sum, mask) => sum + countKept(mask), 0);
    expect(kept(0.5) / kept(0)).toBeCloseTo(0.5, 3);
  });
});
