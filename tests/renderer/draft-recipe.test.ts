import { describe, expect, it } from 'vitest';
import { catalog } from '../../main/engine/recipe/catalog.ts';
import { checkRecipe } from '../../main/engine/recipe/check.ts';
import { dataSource } from '../../main/contract/data.ts';
import { recipeSchema } from '../../main/contract/recipe.ts';
import { Random } from '../../main/engine/base/random.ts';
import {
  demoRecipe,
  draftOf,
  epochsOf,
  withNetwork,
  withParadigm,
} from '../../renderer/stores/draft-recipe.ts';

const { paradigms } = catalog();
const gradual = paradigms.find(({ id }) => id === 'magnitude-gradual');
if (gradual === undefined) throw new Error('no gradual pruning');

describe('the draft of a recipe', () => {
  it('is valid from the beginning', () => {
    expect(checkRecipe(demoRecipe).problems).toEqual([]);
  });

  it.each(paradigms.map((paradigm) => [paradigm.id, paradigm] as const))(
    'stays valid when %s is chosen',
    (_id, paradigm) => {
      expect(checkRecipe(withParadigm(demoRecipe, paradigm, gradual)).problems).toEqual([]);
    },
  );

  it('asks for what the paradigm can be told: fewer layers where layers are fused, and never of another', () => {
    const fusion = paradigms.find(({ id }) => id === 'layer-fusion');
    if (fusion === undefined) throw new Error('no layer fusion');
    const asking = (budget: Record<string, unknown>, to: typeof fusion, from: typeof fusion) =>
      withParadigm({ ...demoRecipe, budget }, to, from).budget;
    expect(asking({ sparsity: 0.9, accuracyDrop: 1, time: 60 }, fusion, gradual)).toEqual({
      layers: 0.7,
      accuracyDrop: 1,
      time: 60,
    });
    // What may be lost alone decides how much goes, of layers as of weights.
    expect(asking({ accuracyDrop: 1 }, fusion, gradual)).toEqual({ accuracyDrop: 1 });
    expect(asking({ accuracyDrop: 1 }, gradual, fusion)).toEqual({ accuracyDrop: 1 });
    expect(asking({ macs: 0.5, channels: 0.5 }, fusion, gradual)).toEqual({ macs: 0.5 });
    expect(asking({ layers: 3, latency: { ms: 2 } }, fusion, fusion)).toEqual({
      layers: 3,
      latency: { ms: 2 },
    });
    expect(asking({ layers: 3 }, gradual, fusion)).toEqual(demoRecipe.budget);
    expect(asking({ layers: 3, parameters: 0.5 }, gradual, fusion)).toEqual({ parameters: 0.5 });
    expect(asking({ sparsity: 0.8 }, gradual, gradual)).toEqual({ sparsity: 0.8 });
  });

  it('takes over the epochs a paradigm proposes, but keeps those a person set', () => {
    const next = { ...gradual, id: 'next', defaults: { dense: 30, pruneEpochs: 7, finetune: 8 } };
    const changed = { ...demoRecipe, dense: { epochs: 4, lr: 0.01 } };
    expect(withParadigm(changed, next, gradual)).toMatchObject({
      paradigm: 'next',
      dense: { epochs: 4, lr: 0.01 },
      finetune: { epochs: 8 },
    });
    const without = withParadigm(
      changed,
      { ...next, defaults: { ...next.defaults, finetune: null } },
      gradual,
    );
    expect('finetune' in without).toBe(false);
    expect(withParadigm(without, gradual, next).finetune).toEqual({ epochs: gradual.defaults.finetune });
  });

  it('of a run holds what a person chose, and gives the same complete recipe again', () => {
    const recipe = recipeSchema.parse({
      ...demoRecipe,
      name: 'A run',
      data: { kind: 'csv', path: '/data/iris.csv', label: 'species' },
      dense: { epochs: 3, lr: 0.2 },
    });
    const draft = draftOf(recipe);
    expect(draft.dense).toEqual({ epochs: 3, lr: 0.2 });
    expect(recipeSchema.parse(draft)).toEqual(recipe);
  });

  it('loses nothing of any recipe: the draft, checked, is the recipe again', () => {
    const random = Random.from(11, 'drafts');
    const pick = <T>(...values: readonly T[]): T => values[random.int(values.length)] as T;
    const maybe = <T>(key: string, ...values: readonly T[]) =>
      random.int(2) === 0 ? {} : { [key]: pick(...values) };
    const training = () => ({
      epochs: pick(0, 3, 10),
      ...maybe('lr', 0.02, 0.002, 0.3),
      ...maybe('optimizer', 'sgd', 'adam', 'adamw'),
      ...maybe('schedule', 'constant', 'cosine', 'step'),
      ...maybe('milestones', [0.5, 0.75], [0.3]),
      ...maybe('batchSize', 64, 7),
      ...maybe('warmup', 0, 1.5),
    });
    const seen = new Set<string>();
    for (let i = 0; i < 400; i++) {
      const { id } = pick(...paradigms);
      const input = {
        network: pick('lenet-300-100', 'lenet-5-caffe', './net.onnx', '/models/a.keras'),
        data: pick<unknown>(
          'digits',
          { kind: 'digits', train: 500, augment: { flip: true } },
          { kind: 'csv', path: 'a.csv', delimiter: ';', features: ['a', 'b'], testPath: 'b.csv' },
          { kind: 'idx', path: 'f', files: { trainImages: 'a', trainLabels: 'b' }, normalize: 'none' },
          { kind: 'images', path: 'p', constants: { mean: [0.5], std: [0.2] }, limit: 5 },
          { kind: 'npz', path: 'x.npz', arrays: { x: 'a', y: 'b' } },
        ),
        paradigm: id,
        budget: { sparsity: pick(0, 0.5, 0.9, 0.99) },
        dense: training(),
        ...(random.int(2) === 0 ? {} : { finetune: training() }),
        ...maybe('name', 'A run'),
        ...maybe('narrow', 0.9),
        ...maybe('weights', 'w.safetensors'),
        ...maybe('seed', 1, 77),
        ...maybe('baseline', true, false),
        ...maybe('export', ['onnx'], [], ['onnx', 'safetensors']),
        ...maybe('prune', {}, { exclude: ['fc1.weight'] }, { protect: false }, { scope: 'layerwise' }),
      };
      const { recipe } = checkRecipe(input);
      if (recipe === null) continue;
      const { recipe: again, problems } = checkRecipe(JSON.parse(JSON.stringify(draftOf(recipe))));
      expect(problems).toEqual([]);
      expect(again).toEqual({ ...recipe, data: dataSource(recipe.data) });
      Object.entries(input).forEach(([key]) => seen.add(key));
    }
    for (const key of ['narrow', 'weights', 'baseline', 'prune', 'export', 'finetune'])
      expect(seen).toContain(key);
  });

  it('of a network that comes trained trains none, unless the method must', () => {
    const file = withNetwork(demoRecipe, './net.onnx', gradual);
    expect(file.dense).toBeUndefined();
    expect(file.finetune).toEqual({ epochs: 5 });
    expect(checkRecipe(file).recipe?.finetune?.lr).toBe(0.0005);
    expect(withNetwork(file, 'lenet-5-caffe', gradual).dense).toEqual({ epochs: 10 });
    for (const paradigm of paradigms) {
      const draft = withParadigm(file, paradigm, gradual);
      expect(checkRecipe(draft).problems).toEqual([]);
      expect(draft.dense === undefined).toBe(paradigm.denseOfTrained === null);
    }
    expect(paradigms.filter(({ throwsAway }) => throwsAway === null).map(({ id }) => id)).toContain('lamp');
    expect(paradigms.find(({ id }) => id === 'snip')?.throwsAway).toMatch(
      /^Throws your trained weights away/,
    );
    expect(paradigms.find(({ id }) => id === 'imp')?.throwsAway).toMatch(/^Throws your trained weights away/);
  });

  it('writes the bare word digits out, so that its options can be edited', () => {
    const recipe = recipeSchema.parse({ ...demoRecipe, data: 'digits' });
    expect(draftOf(recipe).data).toEqual({ kind: 'digits' });
  });

  it('counts the epochs of all stages, those the paradigm presets too', () => {
    expect(epochsOf(demoRecipe, gradual)).toBe(15 + (gradual.defaults.pruneEpochs ?? 0));
    expect(epochsOf({ ...demoRecipe, prune: { epochs: 1 } }, gradual)).toBe(16);
  });
});
