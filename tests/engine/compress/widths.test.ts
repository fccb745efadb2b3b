import { describe, expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { countedOf } from '../../../main/engine/compress/budgets/index.ts';
import { countKept } from '../../../main/engine/compress/masks.ts';
import { planOf } from '../../../main/engine/compress/plan/plan.ts';
import { refuseUnreachable } from '../../../main/engine/compress/plan/reach.ts';
import { selectedBy, unitsOf } from '../../../main/engine/compress/select.ts';
import type { Selection } from '../../../main/engine/compress/selection.ts';
import { applyCut, cutBy } from '../../../main/engine/network/cut-by-masks.ts';
import { sizeOf, trainableParams, type MaskSet, type Network } from '../../../main/engine/network/graph.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { problemWith } from '../../support/problem.ts';
import { attention } from '../network/coupling/networks.ts';

const resnet = zoo.get('resnet-20').build({ input: [3, 32, 32], classes: 10 });
const lenet = zoo.get('lenet-300-100').build({ input: [1, 28, 28], classes: 10 });
const selection = (change: Partial<Selection>): Selection => ({
  criterion: 'magnitude',
  scope: 'global',
  exclude: [],
  regrow: false,
  invert: false,
  protect: true,
  structure: { kind: 'channel' },
  ...change,
});

/** Scores of all weights, drawn; those of one parameter are so low that nothing else would be kept of it. */
function scoresOf(network: Network, seed: number, poor?: string): Map<string, Float32Array> {
  const random = Random.from(seed, 'scores');
  return new Map(
    trainableParams(network).map((name) => {
      const size = sizeOf(network.params[name]?.shape ?? []);
      const scale = name === poor ? 1e-3 : 1;
      return [name, Float32Array.from({ length: size }, () => scale * random.float())];
    }),
  );
}

const total = (kept: MaskSet) => [...kept.values()].reduce((sum, mask) => sum + countKept(mask), 0);
/** The smallest share that any group keeps. */
const leastShare = (kept: MaskSet) =>
  Math.min(...[...kept.values()].map((mask) => countKept(mask) / mask.length));

describe('a cap for every layer', () => {
  it.each([
    ['element', lenet, 'fc2.weight', {}],
    ['block', lenet, 'fc2.weight', { rows: 4 }],
    ['channel', resnet, resnet.nodes[0]?.params['weight'] ?? '', { normalise: 'none', members: 'makers' }],
  ] as const)('leaves each its share, and the budget as it is: %s', (kind, network, poor, more) => {
    const structure = { kind, ...more };
    const scores = scoresOf(network, 1, poor);
    const free = selectedBy(network, selection({ structure }), scores, 0.8).kept;
    const capped = selectedBy(network, selection({ structure, cap: 0.85 }), scores, 0.8).kept;
    expect(leastShare(free)).toBeLessThan(0.1);
    expect(leastShare(capped)).toBeGreaterThanOrEqual(0.15);
    expect(Math.abs(total(capped) - total(free))).toBeLessThanOrEqual(kind === 'block' ? 1 : 0);
    // What the cap does not hold is kept as before, the best of every group.
    const whole = selectedBy(network, selection({ structure, cap: 0.99 }), scores, 0.1).kept;
    expect(whole).toEqual(selectedBy(network, selection({ structure }), scores, 0.1).kept);
  });

  it('counts of the network as it came', () => {
    const scores = scoresOf(resnet, 2);
    const capped = selection({ cap: 0.7 });
    const { masks } = selectedBy(resnet, capped, scores, 0.4);
    const { network } = applyCut(resnet, cutBy(masks, resnet));
    const [first] = unitsOf(network, capped).groups;
    const again = scoresOf(network, 2, first?.name);
    const { kept } = selectedBy(network, capped, again, 0.69, new Map(), resnet);
    for (const { name, units } of unitsOf(resnet, capped).groups)
      expect(countKept(kept.get(name) ?? new Uint8Array()), name).toBeGreaterThanOrEqual(Math.ceil(0.3 * units - 1e-9)); // prettier-ignore
    // Three tenths of every group, rounded up, are one more than the budget has: 4 x 5 + 4 x 10 + 4 x 20.
    expect(total(kept)).toBe(140);
  });

  const recipeOf = (change: Partial<RecipeInput>) =>
    recipeSchema.parse({
      network: 'lenet-300-100',
      data: 'digits',
      dense: { epochs: 1 },
      finetune: { epochs: 1 },
      paradigm: 'magnitude-one-shot',
      budget: { sparsity: 0.5 },
      ...change,
    });

  it('is refused where the budget or the scope contradicts it', () => {
    expect(() => planOf(recipeOf({ budget: { sparsity: 0.95 }, prune: { cap: 0.9 } }))).toThrow(
      problemWith({ code: 'recipe/cap', field: 'prune.cap' }),
    );
    for (const prune of [{ scope: 'layerwise' }, { structure: { kind: 'n:m' } }]) {
      expect(() => planOf(recipeOf({ prune: { ...prune, cap: 0.9 } }))).toThrow(
        problemWith({ code: 'recipe/unused', field: 'prune.cap' }),
      );
    }
    const prune = { structure: { kind: 'channel' }, cap: 0.5 };
    expect(() => refuseUnreachable(recipeOf({ budget: { macs: 0.2 }, prune }), lenet)).toThrow(
      problemWith({ code: 'budget/unreachable' }),
    );
    expect(() => refuseUnreachable(recipeOf({ budget: { macs: 0.5 }, prune }), lenet)).not.toThrow();
  });
});

describe('widths that are multiples', () => {
  it.each<[string, Partial<Selection>, number, number]>([
    ['half of the multiply-accumulates', { measure: 'macs' }, 0.5, 8],
    ['a third of the parameters', { measure: 'parameters' }, 2 / 3, 8],
    ['half of the channels', {}, 0.5, 8],
    ['half of the channels, none of a layer below a quarter', { cap: 0.75 }, 0.5, 4],
  ])('meet %s', (_, change, share, multiple) => {
    const chosen = selection({ structure: { kind: 'channel', multiple }, ...change });
    for (const seed of [1, 2, 3]) {
      const { kept, masks } = selectedBy(resnet, chosen, scoresOf(resnet, seed), share);
      for (const mask of kept.values()) expect(countKept(mask) % multiple).toBe(0);
      const { network } = applyCut(resnet, cutBy(masks, resnet));
      const of = (one: Network) =>
        change.measure === undefined
          ? unitsOf(one, chosen).groups.reduce((sum, { units }) => sum + units, 0)
          : countedOf(change.measure).of({ network: one, masks: new Map() });
      const met = of(network) / ((1 - share) * of(resnet));
      expect(Math.abs(met - 1), `seed ${seed}`).toBeLessThanOrEqual(0.02);
      if (change.cap !== undefined) expect(leastShare(kept)).toBeGreaterThanOrEqual(0.25);
    }
  });

  it('keep a layer whole rather than ragged, and one that has no more', () => {
    const chosen = selection({ structure: { kind: 'channel', multiple: 64 } });
    const widths = (share: number) =>
      [...selectedBy(lenet, chosen, scoresOf(lenet, 5), share).kept.values()].map(countKept);
    for (const share of [0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99]) {
      const [first = 0, second = 0] = widths(share);
      expect([64, 128, 192, 256, 300]).toContain(first);
      expect([64, 100]).toContain(second);
    }
    expect(widths(0)).toEqual([300, 100]);
    expect(widths(0.99)).toEqual([64, 64]);
    const narrow = zoo.get('lenet-5-caffe').build({ input: [1, 28, 28], classes: 10 });
    const eights = unitsOf(narrow, selection({ structure: { kind: 'channel', multiple: 32 } }));
    expect(eights.remark?.()).toMatch(
      /What a layer keeps is a multiple of 32, or all that it has\. These have no more and stay whole: conv1\.$/,
    );
  });

  it('count the channels of a head, of which one is as wide as several', () => {
    const net = attention({ tokens: 5, width: 16, heads: 4 });
    const steps = (multiple: number) =>
      unitsOf(net, selection({ structure: { kind: 'channel', multiple } })).groups.map(({ step }) => step);
    const heads = unitsOf(net, selection({})).groups.findIndex(({ units }) => units === 4);
    expect(steps(4)[heads]).toBe(1);
    expect(steps(8)[heads]).toBe(2);
  });

  it('are refused where none come near the budget, with what does', () => {
    const recipe = recipeSchema.parse({
      network: 'lenet-300-100',
      data: 'digits',
      dense: { epochs: 1 },
      finetune: { epochs: 1 },
      paradigm: 'magnitude-one-shot',
      prune: { structure: { kind: 'channel', multiple: 64 } },
      budget: { sparsity: 0.5 },
    });
    // 128 and 64 are the nearest to 200 of 400.
    expect(() => refuseUnreachable(recipe, lenet)).toThrow(
      problemWith({
        code: 'budget/coarse',
        field: 'budget.sparsity',
        remedy: 'Set budget.sparsity to 0.52, or lower prune.structure.multiple.',
      }),
    );
    expect(() => refuseUnreachable({ ...recipe, budget: { sparsity: 0.52 } }, lenet)).not.toThrow();
    expect(() => refuseUnreachable({ ...recipe, budget: { sparsity: 0.9 } }, lenet)).toThrow(
      problemWith({ code: 'budget/unreachable' }),
    );
  });
});
