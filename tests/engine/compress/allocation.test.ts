import { describe, expect, it } from 'vitest';
import { countKept } from '../../../main/engine/compress/masks.ts';
import { candidates, selectedBy } from '../../../main/engine/compress/select.ts';
import { byHandScope } from '../../../main/engine/compress/scopes/by-hand.ts';
import { erdosRenyiScope } from '../../../main/engine/compress/scopes/erdos-renyi.ts';
import type { Shares } from '../../../main/engine/compress/scopes/scope.ts';
import { allotted, erkDensities, erkScope } from '../../../main/engine/compress/scopes/erk.ts';
import { globalScope } from '../../../main/engine/compress/scopes/global.ts';
import { emptyLayers, protectLayers } from '../../../main/engine/compress/scopes/protect.ts';
import { prunableParams, sizeOf, type Network } from '../../../main/engine/network/graph.ts';
import { keptBy } from './kept-by.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';

const lenet = zoo.get('lenet-300-100').build({ input: [1, 28, 28], classes: 10 });
const shapesOf = (id: string, input: readonly number[]) => {
  const network = zoo.get(id).build({ input, classes: 10 });
  return prunableParams(network).map((name) => network.params[name]?.shape ?? []);
};
const close = (actual: readonly number[], expected: readonly number[], digits = 4) =>
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, digits));

describe('Erdos-Renyi-kernel densities', () => {
  it('are the worked ones for LeNet-300-100 and LeNet-5-Caffe', () => {
    const fc = shapesOf('lenet-300-100', [1, 28, 28]);
    close(erkDensities(fc, 0.9), [0.0796, 0.2302, 1]);
    close(erkDensities(fc, 0.95), [0.0385, 0.1113, 0.9185]);
    close(erkDensities(fc, 0.98), [0.0154, 0.0445, 0.3674]);
    close(erkDensities(fc, 0.99), [0.0077, 0.0223, 0.1837]);
    const conv = shapesOf('lenet-5-caffe', [1, 28, 28]);
    close(erkDensities(conv, 0.9), [1, 0.0871, 0.0884, 1]);
    close(erkDensities(conv, 0.95), [0.7261, 0.0375, 0.0381, 1]);
    close(erkDensities(conv, 0.98), [0.2779, 0.0143, 0.0146, 0.4572]);
  });

  it('are the worked ones for ResNet-20 with convolutional shortcuts', () => {
    const network = zoo.get('resnet-20').build({ input: [3, 32, 32], classes: 10 });
    const names = prunableParams(network);
    const densities = erkDensities(
      names.map((name) => network.params[name]?.shape ?? []),
      0.9,
    );
    const of = (name: string) => densities[names.indexOf(name)];
    // The reference rounds every layer's number of pruned weights down, which makes all of these 0.04 % larger.
    const reference: Record<string, number> = {
      'conv1.weight': 0.9834,
      'stage1.block2.conv1.weight': 0.2803,
      'stage2.block1.conv1.weight': 0.1991,
      'stage3.block1.shortcut.conv.weight': 0.8132,
      'stage3.block3.conv2.weight': 0.0618,
    };
    for (const [name, density] of Object.entries(reference)) {
      expect(Math.abs((of(name) ?? NaN) / density - 1), name).toBeLessThan(1e-3);
    }
    expect(of('fc.weight')).toBe(1);
  });

  it('make the whole, grow with it, and are in proportion where no layer is whole', () => {
    const shapes = shapesOf('resnet-20', [3, 32, 32]);
    const sizes = shapes.map(sizeOf);
    const all = sizes.reduce((a, b) => a + b, 0);
    let before = shapes.map(() => 1);
    for (const sparsity of [0, 0.5, 0.8, 0.9, 0.99, 0.999]) {
      const densities = erkDensities(shapes, sparsity);
      const kept = allotted(sizes, densities).reduce((a, b) => a + b, 0);
      expect(kept).toBe(Math.round((1 - sparsity) * all));
      densities.forEach((density, i) => expect(density).toBeLessThanOrEqual((before[i] ?? 1) + 1e-12));
      before = densities;
    }
    const [fc1 = 0, fc2 = 1] = erkDensities(shapesOf('lenet-300-100', [1, 28, 28]), 0.98);
    expect(fc1 / fc2).toBeCloseTo(1084 / 235200 / (400 / 30000), 10);
  });

  it('keep the best-scored weights of every layer', () => {
    const random = Random.from(1, 'scores');
    const scores = new Map(
      prunableParams(lenet).map((name) => [
        name,
        Float32Array.from({ length: sizeOf(lenet.params[name]?.shape ?? []) }, () => random.float()),
      ]),
    );
    const masks = keptBy(erkScope, scores, 0.95, lenet);
    for (const [name, mask] of masks) {
      const part = scores.get(name) ?? new Float32Array();
      const kept = Math.min(...part.filter((_, i) => mask[i] === 1));
      expect(part.every((value, i) => mask[i] === 1 || value <= kept)).toBe(true);
    }
  });
});

describe('Erdos-Renyi densities', () => {
  const scoresOf = (network: Network) =>
    new Map(
      prunableParams(network).map((name) => [
        name,
        new Float32Array(sizeOf(network.params[name]?.shape ?? [])),
      ]),
    );
  const densities = (network: Network, sparsity: number, shares?: Shares) =>
    [...keptBy(erdosRenyiScope, scoresOf(network), sparsity, network, shares).values()].map(
      (mask) => countKept(mask) / mask.length,
    );
  const caffe = zoo.get('lenet-5-caffe').build({ input: [1, 28, 28], classes: 10 });

  it('are the worked ones for LeNet-5-Caffe, whatever its kernels, and those of ERK where there are none', () => {
    close(densities(caffe, 0.9), [1, 0.8618, 0.04, 1]);
    for (const sparsity of [0.9, 0.98]) {
      const erk = keptBy(erkScope, scoresOf(lenet), sparsity, lenet);
      expect(densities(lenet, sparsity)).toEqual(
        [...erk.values()].map((mask) => countKept(mask) / mask.length),
      );
    }
  });

  it("follow SET's epsilon", () => {
    const at = (epsilon: number, target: number) => densities(lenet, target, { epsilon, target });
    // epsilon (n_in + n_out) / (n_in n_out): 1084 / 235200, 400 / 30000, and 110 / 1000, which is whole.
    close(at(20, 0.8847), [0.0922, 0.2667, 1]);
    close(at(13, 0.9238), [0.0599, 0.1733, 1]);
    close(at(1, 0.9942), [0.0046, 0.0133, 0.11], 3);
    // The epsilon that the budget asks for is found.
    const exact = 1 - (8.35 * (1084 + 400 + 110)) / 266200;
    close(densities(lenet, exact), at(8.35, exact), 4);
  });

  it('are refused where the budget is another, with what it would be', () => {
    const shares = { epsilon: 20, target: 0.95 };
    expect(() => densities(lenet, 0.95, shares)).toThrow(/prune.epsilon says makes 88.5 % overall/);
  });

  it('are approached as the budget is', () => {
    const shares = { epsilon: 20, target: 0.8847 };
    const half = densities(lenet, 1 - Math.sqrt(1 - 0.8847), shares);
    close(half, [Math.sqrt(0.0922), Math.sqrt(0.2667), 1], 3);
  });
});

describe('the first and the last layer', () => {
  const caffe = zoo.get('lenet-5-caffe').build({ input: [1, 28, 28], classes: 10 });
  const names = prunableParams(caffe);

  it('are left whole by what they are, or by name', () => {
    expect(candidates(caffe, ['first'])).toEqual(names.slice(1));
    expect(candidates(caffe, ['last', 'first'])).toEqual(names.slice(1, -1));
    expect(candidates(caffe, ['first', 'conv1.weight'])).toEqual(names.slice(1));
    expect(() => candidates(caffe, ['middle'])).toThrow(/'middle' is neither a prunable parameter/);
  });

  it("make RigL's uniform sparsity, and ERK over the other layers", () => {
    const selection = { criterion: 'random', regrow: false, invert: false, exclude: ['first'] };
    const random = Random.from(3, 'scores');
    const scores = new Map(
      candidates(caffe, selection.exclude).map((name) => [
        name,
        Float32Array.from({ length: sizeOf(caffe.params[name]?.shape ?? []) }, () => random.float()),
      ]),
    );
    const kept = (scope: string) =>
      [...selectedBy(caffe, { ...selection, scope }, scores, 0.9).masks.values()].map(
        (mask) => countKept(mask) / mask.length,
      );
    expect(kept('layerwise')).toEqual([0.1, 0.1, 0.1]);
    const shapes = names.slice(1).map((name) => caffe.params[name]?.shape ?? []);
    close(kept('erk'), erkDensities(shapes, 0.9));
  });
});

describe('sparsities by hand', () => {
  const random = Random.from(2, 'scores');
  const scores = new Map(
    prunableParams(lenet).map((name) => [
      name,
      Float32Array.from({ length: sizeOf(lenet.params[name]?.shape ?? []) }, () => random.float()),
    ]),
  );
  const kept = (sparsity: number, layers: Record<string, number>, target = sparsity) =>
    [...keptBy(byHandScope, scores, sparsity, lenet, { layers, target }).values()].map(countKept);

  it('hold for named layers; the others share what is left of the budget', () => {
    const [fc1 = 0, fc2 = 0, fc3 = 0] = kept(0.9, { 'fc1.weight': 0.95, 'fc3.weight': 0 });
    expect([fc1, fc3]).toEqual([Math.round(0.05 * 235200), 1000]);
    expect(fc1 + fc2 + fc3).toBe(Math.round(0.1 * 266200));
  });

  it('are approached as the budget is: equal shares per round', () => {
    const [fc1 = 0] = kept(1 - Math.sqrt(0.1), { 'fc1.weight': 0.96 }, 0.9);
    expect(fc1 / 235200).toBeCloseTo(0.2, 3);
  });

  it('are refused where the budget cannot hold, and for names that do not exist', () => {
    expect(() => kept(0.9, { 'fc1.weight': 0.5 })).toThrow(/keep more than the budget allows/);
    expect(() => kept(0.5, { 'fc1.weight': 0.99 })).toThrow(/prune more than the budget asks for/);
    const all = { 'fc1.weight': 0.9, 'fc2.weight': 0.9, 'fc3.weight': 0.5 };
    expect(() => kept(0.95, all)).toThrow(/makes 89.8 % overall/);
    expect(kept(0.8985, all)).toEqual([23520, 3000, 500]);
    expect(() => kept(0.9, { 'fc9.weight': 0.9 })).toThrow(/'fc9.weight' is no parameter/);
  });
});

describe('protection of layers', () => {
  const scores = new Map([
    ['wide', Float32Array.of(1, 2, 3, 4, 5, 6)],
    ['narrow', Float32Array.of(0.1, 0.3, 0.2)],
    ['last', Float32Array.of(9, 0.4)],
  ]);

  it('gives an emptied layer its best weight for the worst one elsewhere', () => {
    const masks = keptBy(globalScope, scores, 7 / 11, lenet);
    expect(emptyLayers(masks)).toEqual(['narrow']);
    expect(protectLayers(masks, scores)).toEqual(['narrow']);
    expect(Object.fromEntries([...masks].map(([name, mask]) => [name, [...mask]]))).toEqual({
      wide: [0, 0, 0, 0, 1, 1],
      narrow: [0, 1, 0],
      last: [1, 0],
    });
  });

  it('leaves masks without empty layers as they are', () => {
    const masks = keptBy(globalScope, scores, 0.1, lenet);
    expect(protectLayers(masks, scores)).toEqual([]);
    expect(masks).toEqual(keptBy(globalScope, scores, 0.1, lenet));
  });

  it('never takes the last weight of another layer, even if more than the budget is kept then', () => {
    const masks = keptBy(globalScope, scores, 10 / 11, lenet);
    protectLayers(masks, scores);
    expect([...masks.values()].map(countKept)).toEqual([1, 1, 1]);
  });
});
