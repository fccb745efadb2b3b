import { describe, expect, it } from 'vitest';
import { Random } from '../../../main/engine/base/random.ts';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import type { StructureSpec } from '../../../main/contract/structure.ts';
import { EspalierError } from '../../../main/contract/errors.ts';
import type { ScoreSet } from '../../../main/engine/compress/scores.ts';
import { countKept } from '../../../main/engine/compress/masks.ts';
import { planOf } from '../../../main/engine/compress/plan/plan.ts';
import { selectedBy } from '../../../main/engine/compress/select.ts';
import type { Selection } from '../../../main/engine/compress/selection.ts';
import { structures } from '../../../main/engine/compress/structures/index.ts';
import { prunableParams, sizeOf, type MaskSet, type Network } from '../../../main/engine/network/graph.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { noise, score, useBackend } from './support.ts';

const plain: Selection = {
  criterion: 'magnitude',
  scope: 'global',
  exclude: [],
  regrow: false,
  invert: false,
};
const lenet = zoo.get('lenet-5-caffe').build({ input: [1, 28, 28], classes: 10 });
/** Magnitudes of random weights. */
function scoresOf(network: Network, seed = 1): ScoreSet {
  const random = Random.from(seed, 'scores');
  return new Map(
    prunableParams(network).map((name) => [
      name,
      Float32Array.from({ length: sizeOf(network.params[name]?.shape ?? []) }, () =>
        Math.abs(random.normal()),
      ),
    ]),
  );
}
const select = (
  structure: StructureSpec,
  sparsity: number,
  scores: ScoreSet,
  network = lenet,
  change: Partial<Selection> = {},
  pruned?: MaskSet,
) => selectedBy(network, { ...plain, structure, ...change }, scores, sparsity, pruned).masks;
const keptIn = (masks: MaskSet) => [...masks.values()].reduce((sum, mask) => sum + countKept(mask), 0);
const totalOf = (masks: MaskSet) => [...masks.values()].reduce((sum, mask) => sum + mask.length, 0);

/** A network whose only weight belongs to one layer. */
function single(op: string, shape: readonly number[], attrs = {}): Network {
  return {
    name: 'single',
    inputs: [{ name: 'x', shape: [1] }],
    outputs: ['y'],
    nodes: [{ name: 'layer', op, inputs: ['x'], outputs: ['y'], params: { weight: 'w' }, attrs }],
    params: { w: { shape, role: 'weight', init: { kind: 'zeros' } } },
  };
}
const one = (network: Network, structure: StructureSpec, sparsity: number, values: readonly number[]) => [
  ...(select(structure, sparsity, new Map([['w', Float32Array.from(values)]]), network).get('w') ?? []),
];

describe('n:m', () => {
  it('keeps the best n of every m consecutive inputs at each position of a kernel, and no others', () => {
    for (const [n, m] of [
      [2, 4],
      [1, 4],
      [4, 8],
      [3, 5],
    ] as const) {
      // prettier-ignore
      const scores = scoresOf(lenet);
      const masks = select({ kind: 'n:m', n, m }, 1 - n / m, scores);
      for (const [name, mask] of masks) {
        const [out = 0, ins = 0, ...kernel] = lenet.params[name]?.shape ?? [];
        const area = sizeOf(kernel);
        const part = scores.get(name) ?? [];
        for (let o = 0; o < out; o++) {
          for (let k = 0; k < area; k++) {
            for (let from = 0; from < ins; from += m) {
              const group = Array.from({ length: Math.min(m, ins - from) }, (_, i) => (o * ins + from + i) * area + k); // prettier-ignore
              const kept = group.filter((at) => mask[at] === 1);
              const best = [...group].sort((a, b) => (part[b] ?? 0) - (part[a] ?? 0)).slice(0, n);
              expect([...kept].sort()).toEqual([...best].sort());
            }
          }
        }
      }
    }
  });

  it('keeps up to n of the last inputs where they are fewer than m', () => {
    const network = single('Dense', [1, 6]);
    expect(one(network, { kind: 'n:m' }, 0.5, [1, 2, 3, 4, 6, 5])).toEqual([0, 0, 1, 1, 1, 1]);
    expect(one(network, { kind: 'n:m', n: 1, m: 4 }, 0.75, [1, 2, 3, 4, 6, 5])).toEqual([0, 0, 0, 1, 1, 0]);
    const units = structures.get('n:m').units(network, ['w'], { kind: 'n:m' });
    expect(units.remark?.()).toMatch(
      /w \(2 of 6 inputs\)\. 33.33 % of the weights are pruned instead of 50 %/,
    );
    expect(
      structures
        .get('n:m')
        .units(single('Dense', [3, 8]), ['w'], {})
        .remark?.(),
    ).toBeUndefined();
  });

  it('takes the earlier input among equals', () => {
    expect(one(single('Dense', [1, 4]), { kind: 'n:m' }, 0.5, [7, 7, 7, 7])).toEqual([1, 1, 0, 0]);
  });

  it('goes along the inputs of a transposed convolution too, within each group', () => {
    // [in 4, out 1, 1, 2]: inputs are rows of the parameter.
    const values = [4, 1, 3, 2, 2, 3, 1, 4];
    const whole = single('ConvTranspose2D', [4, 1, 1, 2]);
    expect(one(whole, { kind: 'n:m' }, 0.5, values)).toEqual([1, 0, 1, 0, 0, 1, 0, 1]);
    const grouped = single('ConvTranspose2D', [4, 1, 1, 2], { group: 2 });
    expect(one(grouped, { kind: 'n:m', n: 1, m: 2 }, 0.5, values)).toEqual([1, 0, 0, 1, 1, 0, 0, 1]);
    // With four inputs in one run the best two of each position would be others.
    expect(one(grouped, { kind: 'n:m', n: 2, m: 4 }, 0.5, values)).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
  });

  it('does not see the scale of a group, and leaves what it chose as it is', () => {
    const scores = scoresOf(lenet);
    const structure = { kind: 'n:m' };
    const masks = select(structure, 0.5, scores);
    const scaled = new Map([...scores].map(([name, part], i) => [name, part.map((s) => s * 10 ** i)]));
    expect(select(structure, 0.5, scaled)).toEqual(masks);
    const masked = new Map([...scores].map(([name, part]) => [name, part.map((s, i) => s * (masks.get(name)?.[i] ?? 0))])); // prettier-ignore
    expect(select(structure, 0.5, masked)).toEqual(masks);
  });

  it('keeps more on the way: three of four, then two, within the ones before', () => {
    const network = single('Dense', [50, 64]);
    const scores = scoresOf(network);
    const structure = { kind: 'n:m' };
    let before: MaskSet = new Map();
    const shares = [0.1, 0.3, 0.4, 0.5].map((sparsity) => {
      const masks = select(structure, sparsity, scores, network, {}, before);
      for (const [name, mask] of before) expect(masks.get(name)?.every((bit, i) => bit <= (mask[i] ?? 0))).toBe(true); // prettier-ignore
      before = masks;
      return keptIn(masks) / totalOf(masks);
    });
    expect(shares).toEqual([1, 0.75, 0.75, 0.5]);
    expect(before).toEqual(select(structure, 0.5, scores, network));
  });
});

describe('blocks', () => {
  it('of one weight are single weights, bit for bit, whatever the scope', () => {
    const scores = scoresOf(lenet);
    for (const scope of ['global', 'layerwise', 'erk']) {
      for (const sparsity of [0.3, 0.9, 0.99]) {
        const blocks = select({ kind: 'block', rows: 1, columns: 1 }, sparsity, scores, lenet, { scope });
        expect(blocks).toEqual(select({ kind: 'element' }, sparsity, scores, lenet, { scope }));
      }
    }
  });

  it('of a whole row are the filters of a layer, kept by their mean magnitude', () => {
    const network = single('Conv2D', [20, 3, 5, 5]);
    const scores = scoresOf(network);
    const mask = select({ kind: 'block', rows: 1, columns: 75 }, 0.7, scores, network).get('w') ?? [];
    const means = Array.from({ length: 20 }, (_, o) =>
      [...(scores.get('w') ?? [])].slice(o * 75, (o + 1) * 75).reduce((sum, s) => sum + s / 75, 0),
    );
    const best = [...means.keys()].sort((a, b) => (means[b] ?? 0) - (means[a] ?? 0)).slice(0, 6);
    means.forEach((_, o) => {
      expect(new Set(mask.slice(o * 75, (o + 1) * 75))).toEqual(new Set([best.includes(o) ? 1 : 0]));
    });
  });

  it('are smaller at ragged edges, judged by their mean and counted by their size', () => {
    // Blocks of 2 x 2 over 3 x 3: means 2, 3, 4 and 9, of 4, 2, 2 and 1 weights.
    const network = single('Dense', [3, 3]);
    const values = [1, 2, 3, 2, 3, 3, 4, 4, 9];
    const structure = { kind: 'block', rows: 2, columns: 2 };
    expect(one(network, structure, 8 / 9, values)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(one(network, structure, 6 / 9, values)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1]);
    expect(one(network, structure, 4 / 9, values)).toEqual([0, 0, 1, 0, 0, 1, 1, 1, 1]);
    const { groups, remark } = structures.get('block').units(network, ['w'], structure);
    expect([...(groups[0]?.costs as Float64Array)]).toEqual([4, 2, 2, 1]);
    expect(remark?.()).toMatch(/at the edges of these layers .*: w\./);
  });

  it('run along the outputs of a transposed convolution', () => {
    // [in 2, out 2, 1, 1] is the matrix [[1, 3], [2, 4]]; blocks of two outputs are its columns.
    const network = single('ConvTranspose2D', [2, 2, 1, 1]);
    expect(one(network, { kind: 'block', rows: 2, columns: 1 }, 0.5, [1, 2, 3, 4])).toEqual([0, 0, 1, 1]);
    expect(one(network, { kind: 'block', rows: 1, columns: 2 }, 0.5, [1, 2, 3, 4])).toEqual([0, 1, 0, 1]);
  });

  it('are kept or pruned whole, to within half a block of the budget', () => {
    const scores = scoresOf(lenet);
    for (const [rows, columns] of [
      [4, 1],
      [1, 4],
      [3, 7],
      [16, 16],
    ] as const) {
      // prettier-ignore
      const masks = select({ kind: 'block', rows, columns }, 0.8, scores);
      const [kept, total] = [keptIn(masks), totalOf(masks)];
      expect(Math.abs(kept - 0.2 * total)).toBeLessThanOrEqual((rows * columns) / 2 + 0.5);
      for (const [name, mask] of masks) {
        const [out = 0, ...rest] = lenet.params[name]?.shape ?? [];
        const width = sizeOf(rest);
        const blocks = new Map<string, Set<number>>();
        for (let at = 0; at < out * width; at++) {
          const key = `${Math.floor(at / width / rows)}/${Math.floor((at % width) / columns)}`;
          blocks.set(key, (blocks.get(key) ?? new Set()).add(mask[at] ?? -1));
        }
        expect([...blocks.values()].every(({ size }) => size === 1)).toBe(true);
      }
    }
  });

  it('never come back once they are gone', () => {
    const structure = { kind: 'block', rows: 3, columns: 2 };
    const first = select(structure, 0.5, scoresOf(lenet, 1));
    const second = select(structure, 0.8, scoresOf(lenet, 2), lenet, {}, first);
    for (const [name, mask] of second) expect(mask.every((bit, i) => bit <= (first.get(name)?.[i] ?? 0))).toBe(true); // prettier-ignore
  });

  it('keep one block of every layer where layers are protected', () => {
    const scores = new Map(
      [...scoresOf(lenet)].map(([name, part], i) => [name, part.map((s) => s * 10 ** -i)]),
    );
    const structure = { kind: 'block', rows: 2, columns: 2 };
    const counts = (protect: boolean) =>
      [...select(structure, 0.999, scores, lenet, { protect }).values()].map(countKept);
    expect(counts(false)).toContain(0);
    expect(Math.min(...counts(true))).toBeGreaterThan(0);
  });
});

describe('criteria whose scores are of units', () => {
  const backend = useBackend('cpu');
  const network = single('Dense', [4, 6]);
  const weights = initialize(
    { ...network, params: { w: { shape: [4, 6], role: 'weight', init: { kind: 'he-normal' } } } },
    Random.from(3, 'weights'),
  );
  const structure = { kind: 'block', rows: 2, columns: 3 };
  const units = structures.get('block').units(network, ['w'], structure);
  const blocksOf = (values: ArrayLike<number>) =>
    [0, 1].flatMap((row) =>
      [0, 1].map((column) =>
        Array.from(
          { length: 6 },
          (_, i) => values[(2 * row + Math.floor(i / 3)) * 6 + 3 * column + (i % 3)] ?? NaN,
        ),
      ),
    );

  it('LAMP compares mean squares with those of the larger blocks of the layer', async () => {
    const context = { network, weights, data: noise([6], 2, 2), backend: backend() };
    const found = (await score('lamp', { ...context, units })).get('w') ?? [];
    const squares = blocksOf(weights.get('w')?.data ?? []).map(
      (b) => b.reduce((sum, w) => sum + w * w, 0) / 6,
    );
    blocksOf(found).forEach((scores, i) => {
      const own = squares[i] ?? NaN;
      const larger = squares.filter((other) => other >= own).reduce((a, b) => a + b, 0);
      for (const s of scores) expect(s).toBeCloseTo(own / larger, 12);
    });
  });

  it('random draws once a block', async () => {
    const context = { network, weights, data: noise([6], 2, 2), backend: backend() };
    const found = (await score('random', { ...context, units })).get('w') ?? [];
    const blocks = blocksOf(found);
    for (const scores of blocks) expect(new Set(scores).size).toBe(1);
    expect(new Set(blocks.flat()).size).toBe(4);
  });
});

describe('a recipe with a structure', () => {
  const plan = (change: Partial<RecipeInput>) =>
    planOf(
      recipeSchema.parse({
        network: 'lenet-5-caffe',
        data: 'digits',
        dense: { epochs: 2 },
        finetune: { epochs: 1 },
        paradigm: 'magnitude-one-shot',
        budget: { sparsity: 0.5 },
        ...change,
      }),
    );
  const problem = (change: Partial<RecipeInput>) => {
    try {
      plan(change);
    } catch (error) {
      if (error instanceof EspalierError) return error.problem;
      throw error;
    }
    throw new Error('it was taken');
  };
  const nm = { structure: { kind: 'n:m' } };

  it('is refused where its budget is another than its own, with what to do', () => {
    const { field, message, remedy } = problem({ prune: nm, budget: { sparsity: 0.9 } });
    expect(field).toBe('budget.sparsity');
    expect(message).toBe('2:4 has a sparsity of 50 %, and the budget asks for 90 %.');
    expect(remedy).toMatch(/^Set it to 0.5, or/);
    expect(
      problem({ prune: { structure: { kind: 'n:m', n: 4, m: 4 } }, budget: { sparsity: 0 } }).field,
    ).toBe('prune.structure.n');
    const third = { structure: { kind: 'n:m', n: 1, m: 3 } };
    expect(() => plan({ prune: third, budget: { sparsity: 0.667 } })).not.toThrow();
  });

  it.each<[string, Partial<RecipeInput>, string, RegExp]>([
    ['n:m with a scope that gives layers different shares', { prune: { ...nm, scope: 'erk' } }, 'prune.scope', /'n:m' does not go with the scope 'erk': every layer keeps n of m/],
    ['n:m with sparsities of layers', { prune: { ...nm, layers: { 'fc1.weight': 0.4 } } }, 'prune.layers', /'by-hand'/],
    ['n:m shuffled', { prune: { ...nm, control: 'shuffle' } }, 'prune.control', /cannot be shuffled/],
    ['n:m of random ERK masks', { paradigm: 'random-erk', prune: nm }, 'prune.scope', /'erk'/],
    ['RigL with blocks', { paradigm: 'rigl', prune: { structure: { kind: 'block' } } }, 'prune.structure.kind', /rigl does not go with the structure 'block': it replaces one weight by another/],
    ['SET with n:m', { paradigm: 'set', prune: nm }, 'prune.structure.kind', /set does not go/],
    ['Gibbs pruning with blocks', { paradigm: 'gibbs', prune: { structure: { kind: 'block' } } }, 'prune.structure.kind', /Hamiltonian/],
    ['a supermask with n:m', { paradigm: 'supermask', prune: nm }, 'prune.structure.kind', /draws every weight by itself/],
    ['a setting of another structure', { prune: { structure: { kind: 'block', n: 2 } } }, 'prune.structure.n', /'block' does not listen to prune.structure.n/],
    ['a setting without its structure', { prune: { structure: { rows: 2 } } }, 'prune.structure.rows', /'element' does not listen/],
    ['a structure that is none', { prune: { structure: { kind: 'hexagons' } } }, 'prune.structure.kind', /no structure 'hexagons'/],
  ])('refuses %s', (_, change, field, words) => {
    const { field: named, message, remedy } = problem(change);
    expect([named, message]).toEqual([field, expect.stringMatching(words)]);
    expect(remedy).toBeTruthy();
  }); // prettier-ignore
});
