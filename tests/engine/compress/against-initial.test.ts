import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toProblem } from '../../../main/contract/errors.ts';
import { recipeSchema, type PruneSpec, type RecipeInput } from '../../../main/contract/recipe.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { Random } from '../../../main/engine/base/random.ts';
import type { Backend } from '../../../main/engine/backend/backend.ts';
import { againstInitial } from '../../../main/engine/compress/criteria/against-initial.ts';
import { paradigms } from '../../../main/engine/compress/paradigms/index.ts';
import { planOf } from '../../../main/engine/compress/plan/plan.ts';
import { restart } from '../../../main/engine/compress/restart.ts';
import { globalScope } from '../../../main/engine/compress/scopes/global.ts';
import { settingsOf } from '../../../main/engine/compress/settings.ts';
import { topK } from '../../../main/engine/compress/top-k.ts';
import { readSafetensors } from '../../../main/engine/formats/safetensors/read.ts';
import type { TensorData, WeightSet } from '../../../main/engine/network/graph.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { oneLayer } from './dynamics/live.ts';
import { noise, score } from './support.ts';
import { keptBy } from './kept-by.ts';

const NAME = 'fc.weight';
const INITIAL = [0.5, -0.4, 0.3, -0.2, 0.1, -0.05];
const FINAL = [0.1, -0.6, -0.5, -0.1, 0.8, 0.7];

const layer = (values: readonly number[]): WeightSet =>
  new Map([[NAME, { shape: [1, values.length], data: Float32Array.from(values) }]]);

/** Scores of one layer; none of these criteria computes. */
async function scoresOf(id: string, initial: readonly number[], final: readonly number[], mask?: number[]) {
  const context = {
    network: oneLayer(initial.length),
    weights: layer(final),
    initial: layer(initial),
    data: noise([1], 1, 1),
    backend: undefined as unknown as Backend,
    ...(mask && { masks: new Map([[NAME, Uint8Array.from(mask)]]) }),
  };
  return [...((await score(id, context)).get(NAME) ?? [])];
}

const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 6) as number);

describe('criteria that look back at the initial weights', () => {
  it.each<[string, number[]]>([
    ['small-final', [-0.1, -0.6, -0.5, -0.1, -0.8, -0.7]],
    ['large-init', [0.5, 0.4, 0.3, 0.2, 0.1, 0.05]],
    ['small-init', [-0.5, -0.4, -0.3, -0.2, -0.1, -0.05]],
    ['magnitude-increase', [-0.4, 0.2, 0.2, -0.1, 0.7, 0.65]],
    ['movement', [0.4, 0.2, 0.8, 0.1, 0.7, 0.75]],
    ['large-final-same-sign', [0.1, 0.6, 0, 0.1, 0.8, 0]],
    ['large-final-diff-sign', [0, 0, 0.5, 0, 0, 0.7]],
    // Places from below: before 6 5 4 3 2 1; after, where two are equal, 2 4 3 2 6 5.
    ['large-init-large-final', [2 / 6, 4 / 6, 3 / 6, 2 / 6, 2 / 6, 1 / 6]],
    // From above: before 1 2 3 4 5 6; after 6 3 4 6 1 2.
    ['small-init-small-final', [1 / 6, 2 / 6, 3 / 6, 4 / 6, 1 / 6, 2 / 6]],
  ])('%s scores as the paper says', async (id, expected) => {
    expect(await scoresOf(id, INITIAL, FINAL)).toEqual(close(expected));
  });

  it('of the nine, every one is held to its formula above', () => {
    expect(againstInitial).toHaveLength(9);
  });

  it('take places among what is alive', async () => {
    const mask = [1, 0, 1, 1, 0, 1];
    // Before: .05 .2 .3 .5; after: .1 .1 .5 .7.
    expect(await scoresOf('large-init-large-final', INITIAL, FINAL, mask)).toEqual(
      close([2 / 4, 0, 3 / 4, 2 / 4, 0, 1 / 4]),
    );
  });

  it('keep above one percentile of both, by trying them all', async () => {
    const random = Random.from(4, 'weights');
    const [initial, final] = [0, 1].map(() => Array.from({ length: 40 }, () => random.normal())) as [
      number[],
      number[],
    ];
    const scores = await scoresOf('large-init-large-final', initial, final);
    const nth = (values: number[], n: number) => values.map(Math.abs).sort((a, b) => a - b)[n] as number;
    for (let n = 0; n < 40; n++) {
      const above = (i: number) =>
        Math.abs(initial[i] as number) >= nth(initial, n) && Math.abs(final[i] as number) >= nth(final, n);
      const kept = Uint8Array.from({ length: 40 }, (_, i) => (above(i) ? 1 : 0));
      const [chosen] = topK([Float32Array.from(scores)], kept.reduce((a, b) => a + b, 0)); // prettier-ignore
      expect(chosen).toEqual(kept);
    }
  });

  it('are magnitude where they must be', async () => {
    const magnitude = await scoresOf('magnitude', INITIAL, FINAL);
    const none = INITIAL.map(() => 0);
    const signs = FINAL.map((w) => Math.sign(w) * 1e-6);
    expect(await scoresOf('large-init', FINAL, INITIAL)).toEqual(magnitude);
    expect(await scoresOf('magnitude-increase', none, FINAL)).toEqual(magnitude);
    expect(await scoresOf('movement', none, FINAL)).toEqual(magnitude);
    expect(await scoresOf('large-final-same-sign', signs, FINAL)).toEqual(magnitude);
    expect(await scoresOf('large-final-diff-sign', signs, FINAL)).toEqual(none);
    expect(await scoresOf('small-final', INITIAL, FINAL)).toEqual(magnitude.map((value) => -value));
    const [same, other] = await Promise.all(
      ['large-final-same-sign', 'large-final-diff-sign'].map((id) => scoresOf(id, INITIAL, FINAL)),
    );
    expect(same?.map((value, i) => value + (other?.[i] ?? NaN))).toEqual(magnitude);
  });
});

describe('what kept weights restart from', () => {
  const SIZE = 4000;
  const random = Random.from(2, 'initial');
  const initial = Float32Array.from({ length: SIZE }, () => 0.3 * random.normal() + 0.01);
  const mask = Uint8Array.from({ length: SIZE }, (_, i) => (i % 4 === 0 ? 1 : 0));
  const kept = (data: Float32Array) => data.filter((_, i) => mask[i] === 1);
  const after = (action: Parameters<typeof restart>[3], label = 'a') => {
    const weights = layer([...initial]);
    restart(oneLayer(SIZE), weights, new Map([[NAME, mask]]), action, 1, label);
    const { data } = weights.get(NAME) as TensorData;
    // What is pruned is none of its business.
    data.forEach((w, i) => (mask[i] === 0 ? expect(w).toBe(initial[i]) : undefined));
    return kept(data);
  };
  const signs = (values: Float32Array) => values.map(Math.sign);
  const sizes = (values: Float32Array) => values.map(Math.abs).sort();
  const mean = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = Math.sqrt(mean(initial.map((w) => w * w)) - mean(initial) ** 2);

  it.each(['signed-constant', 'signed-reshuffle', 'signed-reinitialize'] as const)(
    '%s keeps the initial signs',
    (action) => {
      expect(signs(after(action))).toEqual(signs(kept(initial)));
      expect(after(action)).not.toEqual(kept(initial));
    },
  );

  it.each(['constant', 'reshuffle', 'reinitialize'] as const)('%s does not', (action) => {
    const found = signs(after(action));
    const agree = signs(kept(initial)).filter((sign, i) => sign === found[i]).length / found.length;
    // A thousand signs that agree by chance: standard deviation .016.
    expect(Math.abs(agree - 0.5)).toBeLessThan(0.08);
  });

  it.each(['constant', 'signed-constant'] as const)(
    "%s has the deviation of the layer's initial values as its size",
    (action) => {
      for (const w of after(action)) expect(Math.abs(w)).toBeCloseTo(deviation, 5);
    },
  );

  it('reshuffling moves the kept values, and with the signs held their sizes', () => {
    expect(after('reshuffle').sort()).toEqual(kept(initial).sort());
    expect(sizes(after('signed-reshuffle'))).toEqual(sizes(kept(initial)));
  });

  it('new values come from the initialiser', () => {
    const found = after('reinitialize');
    // Glorot: 2 / (fan in + fan out); a thousand squares have a relative deviation of .045.
    const variance = 2 / (SIZE + 1);
    expect(Math.abs(mean(found.map((w) => w * w)) / variance - 1)).toBeLessThan(0.18);
    expect(sizes(after('signed-reinitialize'))).toEqual(sizes(found));
  });

  it('the draw is repeated by seed and label, and another label draws anew', () => {
    for (const action of ['constant', 'reshuffle', 'reinitialize'] as const) {
      expect(after(action)).toEqual(after(action));
      expect(after(action)).not.toEqual(after(action, 'b'));
    }
  });
});

const scratch = temporaryFolder();
const base: RecipeInput = {
  network: 'lenet-300-100',
  narrow: 0.95,
  data: { kind: 'digits', train: 192, validation: 0, test: 40 },
  seed: 5,
  dense: { epochs: 2 },
  paradigm: 'imp',
  budget: { sparsity: 0.6 },
  export: ['safetensors'],
};
let runs = 0;

async function run(change: Partial<RecipeInput>) {
  const folder = join(scratch, String(runs++));
  const options = { folder, baseFolder: scratch, device: 'onnxruntime', threads: 1, resume: false };
  const recipe = recipeSchema.parse({ ...base, ...change });
  await runSession({ ...options, recipe }, new Control(), () => undefined);
  const read = (file: string) =>
    new Map(
      readSafetensors(readFileSync(join(folder, file))).tensors.map(({ name, data }) => [
        name,
        data as Float32Array,
      ]),
    );
  return { weights: read('weights.safetensors'), masks: read('masks.safetensors') };
}

describe('runs', () => {
  it('score by the weights that their training began with and ended with', async () => {
    const whole = { budget: { sparsity: 0 }, prune: {} };
    const first = await run({
      ...whole,
      paradigm: 'magnitude-at-init',
      baseline: false,
      dense: { epochs: 0 },
    });
    const last = await run({ ...whole, paradigm: 'magnitude-one-shot' });
    const moved = await run({ prune: { rounds: 1, criterion: 'movement' } });
    const distances = new Map(
      [...moved.masks.keys()].map((name) => {
        const [before, after] = [first, last].map(({ weights }) => weights.get(name) as Float32Array) as [
          Float32Array,
          Float32Array,
        ];
        return [name, after.map((w, i) => Math.abs(w - (before[i] as number)))];
      }),
    );
    const expected = keptBy(globalScope, distances, 0.6, oneLayer(1));
    for (const [name, mask] of moved.masks)
      expect([name, [...mask]]).toEqual([name, [...(expected.get(name) ?? [])]]);
  });

  it('restart from what the recipe says, in every round, with the other parameters at their early values', async () => {
    const untrained = { dense: { epochs: 0 }, baseline: false };
    const first = await run({ ...untrained, paradigm: 'magnitude-at-init', budget: { sparsity: 0 } });
    const found = await run({ ...untrained, prune: { rounds: 2, restart: 'signed-constant' } });
    for (const [name, mask] of found.masks) {
      const initial = first.weights.get(name) as Float32Array;
      const data = found.weights.get(name) as Float32Array;
      expect(new Set(data.filter((_, i) => mask[i] === 1).map(Math.abs)).size).toBe(1);
      data.forEach((w, i) => expect(Math.sign(w)).toBe(mask[i] === 0 ? 0 : Math.sign(initial[i] as number)));
    }
    const biases = [...found.weights.keys()].filter((name) => !found.masks.has(name));
    expect(biases.length).toBeGreaterThan(0);
    for (const name of biases) expect(found.weights.get(name)).toEqual(first.weights.get(name));
  });
});

describe('recipes', () => {
  const problem = (change: Partial<RecipeInput>) => {
    try {
      planOf(recipeSchema.parse({ ...base, ...change }));
      return undefined;
    } catch (error) {
      return toProblem(error);
    }
  };
  const movement: PruneSpec = { criterion: 'movement' };

  it('are refused where there is no training to look back on', () => {
    for (const { id, point } of paradigms.items.filter(({ point: { maskFrom } }) => maskFrom === 'init')) {
      expect(problem({ paradigm: id, prune: movement })?.field, id).toBe('prune.criterion');
      const criteria = settingsOf(point).find(({ field }) => field === 'criterion')?.values;
      expect(criteria).toContain('magnitude');
      for (const one of againstInitial) expect(criteria).not.toContain(one.id);
    }
    const file = { network: 'model.onnx', narrow: undefined, paradigm: 'magnitude-one-shot' };
    expect(problem({ ...file, dense: undefined, prune: movement })?.field).toBe('prune.criterion');
    expect(problem({ ...file, prune: movement })).toBeUndefined();
    expect(problem({ prune: movement })).toBeUndefined();
    expect(problem({ paradigm: 'early-bird', prune: movement })).toBeUndefined();
  });

  it('are refused where other values would replace none, or none would be left of them', () => {
    expect(problem({ prune: { restart: 'constant' } })).toBeUndefined();
    for (const prune of [
      { restart: 'constant', rewind: 1 },
      { restart: 'constant', control: 'reinitialize' },
    ] satisfies PruneSpec[])
      expect(problem({ prune })?.field).toBe('prune.restart');
    expect(problem({ paradigm: 'lr-rewinding', prune: { restart: 'constant' } })?.field).toBe(
      'prune.restart',
    );
    expect(problem({ paradigm: 'imp-fresh', prune: { restart: 'constant' } })?.field).toBe('prune.restart');
  });
});
