import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { topK } from '../../../main/engine/compress/top-k.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { readSafetensors } from '../../../main/engine/formats/safetensors/read.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { scoreFile, scoreRecipe } from '../../../main/engine/ask/score.ts';

const base: RecipeInput = {
  network: 'lenet-300-100',
  data: { kind: 'digits', train: 300, validation: 0, test: 10 },
  seed: 3,
  dense: { epochs: 1 },
  paradigm: 'snip',
  budget: { sparsity: 0.9 },
};
const run = (change: Partial<RecipeInput> = {}) => {
  const recipe = recipeSchema.parse({ ...base, ...change });
  const options = { recipe, baseFolder: '.', device: 'onnxruntime', threads: 1 };
  return scoreRecipe(options, new Control(), () => undefined).then((scored) => ({ scored, recipe }));
};

describe('scores of a recipe', () => {
  it('at initialisation are of the initial weights, with ten samples of every class', async () => {
    const { scored } = await run();
    const initial = initialize(scored.network, Random.from(3, 'weights'));
    expect(scored.weights).toEqual(initial);
    const counts = new Array<number>(10).fill(0);
    for (const label of scored.labels) counts[label] = (counts[label] ?? 0) + 1;
    expect(counts).toEqual(new Array<number>(10).fill(10));
    expect([...scored.samples]).toEqual([...new Set(scored.samples)].sort((a, b) => a - b));
    expect([...scored.masks.values()]).toEqual(topK([...scored.scores.values()], 26620));
  });

  it('after training are of trained weights, the same every time', async () => {
    const [first, second] = [await run({ paradigm: 'obd' }), await run({ paradigm: 'obd' })];
    const initial = initialize(first.scored.network, Random.from(3, 'weights'));
    expect(first.scored.weights.get('fc1.weight')).not.toEqual(initial.get('fc1.weight'));
    const bytes = [first, second].map(({ scored, recipe }) => scoreFile(scored, recipe));
    expect(Buffer.from(bytes[0] ?? []).equals(Buffer.from(bytes[1] ?? []))).toBe(true);
  });

  it('go into a file with masks, weights and samples', async () => {
    const { scored, recipe } = await run({ paradigm: 'force', prune: { rounds: 3 } });
    expect(scored.rounds).toBe(3);
    const { tensors, metadata } = readSafetensors(scoreFile(scored, recipe));
    const names = new Set(tensors.map(({ name }) => name));
    for (const name of ['fc1.weight', 'fc2.weight', 'fc3.weight']) {
      for (const kind of ['scores', 'masks', 'weights']) expect(names).toContain(`${kind}/${name}`);
    }
    expect(tensors.find(({ name }) => name === 'samples')?.data).toEqual(scored.samples);
    expect(metadata['espalier.criterion']).toBe('snip');
  });

  it('are refused where masks are learned', async () => {
    await expect(run({ paradigm: 'gibbs' })).rejects.toThrow(/learns its masks/);
  });
});
