import { describe, expect, it } from 'vitest';
import type { StructureSpec } from '../../../main/contract/structure.ts';
import { bnScale } from '../../../main/engine/compress/criteria/bn-scale.ts';
import { magnitude } from '../../../main/engine/compress/criteria/magnitude.ts';
import type { Criterion } from '../../../main/engine/compress/criteria/criterion.ts';
import type { ScoreSet } from '../../../main/engine/compress/scores.ts';
import { random } from '../../../main/engine/compress/criteria/random.ts';
import { snip } from '../../../main/engine/compress/criteria/snip.ts';
import { channel } from '../../../main/engine/compress/structures/channel.ts';
import { normalised } from '../../../main/engine/compress/structures/pooling.ts';
import { isTrained, prunableParams, sizeOf } from '../../../main/engine/network/graph.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { G, network, SAMPLES, W } from './worked-group.ts';

type Name = keyof typeof W;
const names = Object.keys(W) as Name[];
const scoresOf = (of: (w: number, g: number, name: Name) => number): ScoreSet =>
  new Map(names.map((name) => [name, Float64Array.from(W[name], (w, i) => of(w, G[name][i] ?? NaN, name))]));
const params = prunableParams(network);
const reduce = (scores: ScoreSet, spec: StructureSpec, criterion: Partial<Criterion> = magnitude) => [
  ...(channel.units(network, params, spec, criterion).reduce(scores).get('A') ?? []),
];
const near = (actual: readonly number[], expected: readonly number[]) => {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(Math.abs(value - (expected[i] ?? NaN))).toBeLessThan(1e-5));
};
const absolute = scoresOf((w) => Math.abs(w));

describe('scores of coupled channels, on the worked group', () => {
  it('are sums of |w| or w^2 over each slice, pooled over the slices and divided by the mean of the group', () => {
    near(reduce(absolute, { power: 1 }), [1.272152, 0.835443, 0.892405]);
    near(reduce(absolute, {}), [1.466997, 0.635885, 0.897118]);
    near(reduce(absolute, { power: 2, normalise: 'none' }), [1.578, 0.684, 0.965]);
    near(reduce(absolute, { power: 2, pool: 'sum', normalise: 'none' }), [7.89, 3.42, 4.825]);
    near(reduce(absolute, { power: 2, pool: 'max', normalise: 'none' }), [5, 2, 2.3125]);
    near(reduce(absolute, { power: 1, pool: 'sum', normalise: 'none' }), [6.7, 4.4, 4.7]);
    near(reduce(absolute, { power: 1, pool: 'max', normalise: 'none' }), [3, 2, 1.75]);
  });

  it('compare with other groups by the mean, the sum, the maximum, the range or as LAMP does', () => {
    near(reduce(absolute, { normalise: 'lamp' }), [1, 0.211962, 0.379473]);
    near(reduce(absolute, { normalise: 'max' }), [1, 0.684 / 1.578, 0.965 / 1.578]);
    near(
      reduce(absolute, { normalise: 'sum' }),
      [1.578, 0.684, 0.965].map((s) => s / 3.227),
    );
    near(reduce(absolute, { normalise: 'range' }), [1, 0, (0.965 - 0.684) / (1.578 - 0.684)]);
  });

  it('may be means over the weights of a slice, so that wide slices do not outvote a norm', () => {
    const slices = [
      [5 / 2, 0.5 / 2, 2.3125 / 2],
      [0.64, 0.01, 1.44],
      [0.2 / 2, 2 / 2, 0.1 / 2],
      [0.25, 0.81, 0.0025],
      [1.8 / 2, 0.1 / 2, 0.97 / 2],
    ];
    const means = [0, 1, 2].map((c) => slices.reduce((sum, slice) => sum + (slice[c] ?? NaN) / 5, 0));
    near(reduce(absolute, { slice: 'mean', normalise: 'none' }), means);
  });

  it('may be of the filters that make the channel alone', () => {
    near(reduce(absolute, { power: 1, members: 'makers', pool: 'sum', normalise: 'none' }), [3.6, 3, 2.15]);
  });

  it('of products of weights and gradients may have the scales of norms among the slices', () => {
    const products = scoresOf((w, g) => Math.abs(w * g));
    near(reduce(products, { power: 1 }, magnitude), [1.216999, 1.425628, 0.357373]);
    const weights = new Map([...products].filter(([name]) => name.endsWith('weight')));
    near(reduce(weights, {}, snip), [1.181619, 1.509847, 0.308534]);
    const squares = scoresOf((w, g) => (w * g) ** 2);
    near(reduce(squares, { pool: 'sum', normalise: 'none' }, snip), [0.054, 0.0991, 0.004625]);
  });

  it('of a diagonal Fisher information add up w^2 times the mean squared gradient of the samples', () => {
    const squares = (half: number) =>
      new Map(
        [...scoresOf((w, g, name) => half * w * w * g * g * meanSquare(name))].filter(([name]) =>
          name.endsWith('weight'),
        ),
      );
    const meanSquare = (name: Name) =>
      SAMPLES[name.charAt(0) as keyof typeof SAMPLES]?.reduce((sum, s) => sum + (s * s) / 3, 0) ?? 0;
    near(reduce(squares(1), {}, snip), [0.973662, 1.934895, 0.091443]);
    near(reduce(squares(0.5), { pool: 'sum', normalise: 'none' }, snip), [0.031333, 0.062267, 0.002943]);
  });

  it('by the scale of batch norms are the largest of a sum, or their mean', () => {
    const scales = new Map([...absolute].filter(([name]) => name.endsWith('scale')));
    near(reduce(scales, {}, bnScale), [0.8, 0.9, 1.2]);
    near(reduce(scales, { pool: 'mean' }, bnScale), [0.65, 0.5, 0.625]);
    near(reduce(scales, { pool: 'mean', normalise: 'mean' }, bnScale), [1.09859, 0.84507, 1.056338]);
  });

  it('do not count what is pruned already; a channel all of which is gone is last', () => {
    const gone = new Map(
      [...absolute].map(([name, part]) => {
        // Channel 1 has left; of channel 2 what a pruned output of B took is gone.
        const axis =
          name === 'B.weight'
            ? (i: number) => i % 3
            : (i: number) => (part.length === 3 ? i : Math.floor(i / 2));
        return [name, part.map((s, i) => (axis(i) === 1 ? -Infinity : s))];
      }),
    );
    const [a, b, c] = reduce(gone, { normalise: 'none' });
    near([a ?? NaN, c ?? NaN], [1.578, 0.965]);
    expect(b).toBe(-Infinity);
    near(
      reduce(gone, {}).filter(Number.isFinite),
      [1.578, 0.965].map((s) => s / 1.2715),
    );
  });

  it('of an inverted ranking are in the opposite order, however they are normalised', () => {
    for (const normalise of ['mean', 'sum', 'max', 'range', 'lamp', 'none'] as const) {
      const inverted = normalised(Float64Array.of(-1.578, -0.684, -0.965), normalise);
      expect([0, 1, 2].sort((i, j) => (inverted[j] ?? 0) - (inverted[i] ?? 0))).toEqual([1, 2, 0]);
    }
  });

  it('drawn at random are one draw a channel', () => {
    const units = channel.units(network, params, {}, random);
    const drawn = new Map([['A', Float64Array.of(0.25, 0.5, 0.75)]]);
    expect([...(units.reduce(units.spread(drawn)).get('A') ?? [])]).toEqual([0.25, 0.5, 0.75]);
  });
});

describe('channels as units', () => {
  it('are masked in all that makes and reads them, biases and norms included, and nowhere else', () => {
    const units = channel.units(network, params, {}, magnitude);
    expect(units.groups).toEqual([{ name: 'A', shape: [], units: 3, costs: 1 }]);
    const masks = units.expand(new Map([['A', Uint8Array.of(1, 0, 1)]]));
    expect(Object.fromEntries([...masks].map(([name, mask]) => [name, [...mask]]))).toEqual({
      'A.weight': [1, 1, 0, 0, 1, 1],
      'bnA.scale': [1, 0, 1],
      'bnA.shift': [1, 0, 1],
      'C.weight': [1, 1, 0, 0, 1, 1],
      'bnC.scale': [1, 0, 1],
      'bnC.shift': [1, 0, 1],
      'B.weight': [1, 0, 1, 1, 0, 1],
    });
  });

  it('of a ResNet-20 are its three stages and nine inner widths, and its classes stay', () => {
    const resnet = zoo.get('resnet-20').build({ input: [3, 32, 32], classes: 10 });
    const units = channel.units(resnet, prunableParams(resnet), {}, magnitude);
    expect(units.groups.map((group) => group.units).sort((a, b) => a - b)).toEqual([
      16, 16, 16, 16, 32, 32, 32, 32, 64, 64, 64, 64,
    ]);
    // Half of the channels of every group: the counts of the literature.
    const kept = new Map(
      units.groups.map((group) => [group.name, Uint8Array.from({ length: group.units }, (_, i) => i % 2)]),
    );
    const masks = units.expand(kept);
    const left = Object.entries(resnet.params).reduce((sum, [name, { shape, role }]) => {
      if (!isTrained(role)) return sum;
      return sum + (masks.get(name)?.reduce((a, b) => a + b, 0) ?? sizeOf(shape));
    }, 0);
    expect(left).toBe(68_786);
  });

  it('with an excluded weight stay', () => {
    const vgg = zoo.get('vgg-like').build({ input: [3, 32, 32], classes: 10 });
    const all = prunableParams(vgg);
    const groupsOf = (names: readonly string[]) =>
      channel.units(vgg, names, {}, magnitude).groups.map(({ name }) => name);
    const without = groupsOf(all.filter((name) => name !== all[1]));
    // What the second layer makes, and what the first makes, which the second reads.
    expect(without).toEqual(groupsOf(all).slice(2));
  });

  it('without a batch norm are left out where the criterion goes by those, which is said', () => {
    const lenet = zoo.get('lenet-5-caffe').build({ input: [1, 28, 28], classes: 10 });
    const units = channel.units(lenet, prunableParams(lenet), {}, bnScale);
    expect(units.groups).toEqual([]);
    expect(units.remark?.()).toMatch(
      /0 channels may leave, .* 570 more could leave but have nothing that the criterion goes by/,
    );
    expect(bnScale.unfit?.(lenet)?.problem.message).toMatch(/no batch norms of channels that may leave/);
    expect(bnScale.unfit?.(zoo.get('vgg-like').build({ input: [3, 32, 32], classes: 10 }))).toBeUndefined();
  });
});
