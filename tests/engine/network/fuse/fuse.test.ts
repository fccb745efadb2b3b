import { describe, expect, it } from 'vitest';
import { Random } from '../../../../main/engine/base/random.ts';
import { NetworkBuilder } from '../../../../main/engine/network/builder.ts';
import { bestAffine } from '../../../../main/engine/network/fuse/best-affine.ts';
import { fuse, fusedModel, fusedName } from '../../../../main/engine/network/fuse/fuse.ts';
import { MomentSums } from '../../../../main/engine/network/fuse/moments.ts';
import { observe, samplingOf } from '../../../../main/engine/network/fuse/observations.ts';
import { pairsOf, type Pair } from '../../../../main/engine/network/fuse/pairs.ts';
import type { Network, TensorData, WeightSet } from '../../../../main/engine/network/graph.ts';
import { wholeModel } from '../../../../main/engine/network/model.ts';
import { inferShapes } from '../../../../main/engine/network/shape.ts';
import { verifyWeights } from '../../../../main/engine/network/verify.ts';
import { zoo } from '../../../../main/engine/zoo/index.ts';
import { normalTensor, randomWeights } from '../run.ts';
import { valuesOf } from './values.ts';

const pairNamed = (network: Network, first: string): Pair => {
  const pair = pairsOf(network).pairs.find((one) => one.first === first);
  if (pair === undefined) throw new Error(`${network.name} has no pair that begins with ${first}`);
  return pair;
};

/** Fuses a pair by what some inputs show of it. */
async function fusedBy(network: Network, weights: WeightSet, pair: Pair, x: TensorData) {
  const first = network.nodes.find(({ name }) => name === pair.first);
  const second = network.nodes.find(({ name }) => name === pair.second);
  const [from = '', to = ''] = [first?.inputs[0], second?.outputs[0]];
  const values = valuesOf(network, weights, x);
  const [given, made] = [values(from), values(to)];
  const sums = new MomentSums(pair.inputs, pair.outputs);
  const places = made.shape.slice(2).reduce((size, dim) => size * dim, 1);
  observe(sums, pair, given, made, places, Random.from(1, 'places'));
  const affine = await bestAffine(sums.moments());
  const shallower = fuse(network, pair);
  return { affine, made, model: fusedModel(wholeModel({ network, weights }), shallower, pair, affine), to };
}

/** The mean square of what two values differ by, over the variance of the first. */
function unexplained(made: TensorData, fused: TensorData): number {
  expect(fused.shape).toEqual(made.shape);
  const [, outputs = 1] = made.shape;
  const inner = made.shape.slice(2).reduce((size, dim) => size * dim, 1);
  const means = new Float64Array(outputs);
  const at = (i: number) => Math.floor(i / inner) % outputs;
  made.data.forEach(
    (value, i) => (means[at(i)] = (means[at(i)] ?? 0) + (value * outputs) / made.data.length),
  );
  let [left, variance] = [0, 0];
  made.data.forEach((value, i) => {
    left += (value - (fused.data[i] ?? 0)) ** 2;
    variance += (value - (means[at(i)] ?? 0)) ** 2;
  });
  return left / variance;
}

describe('pairs', () => {
  it('are the neighbours of a chain, with the reach of their kernels', () => {
    const vgg = zoo.get('vgg-like').build({ input: [1, 28, 28], classes: 10, width: 0.125 });
    const { pairs, alone } = pairsOf(vgg);
    expect(pairs.map(({ first, second }) => `${first} ${second}`)).toEqual([
      'conv1_1 conv1_2',
      'conv1_2 conv2_1',
      'conv2_1 conv2_2',
      'conv2_2 conv3_1',
      'conv3_1 conv3_2',
      'conv3_2 fc',
    ]);
    expect(pairs.map(({ reach }) => reach?.kernel[0])).toEqual([5, 8, 5, 8, 5, undefined]);
    expect(pairs.map(({ reach }) => reach?.strides[0])).toEqual([1, 2, 1, 2, 1, undefined]);
    expect(pairs.map(({ reach }) => reach?.pads[0])).toEqual([2, 3, 2, 3, 2, undefined]);
    expect(pairs.map(({ inputs }) => inputs)).toEqual([25, 512, 200, 1024, 400, 32 * 7 * 7]);
    expect(pairs.every(({ refused }) => refused === null)).toBe(true);
    expect(alone).toEqual([{ layer: 'fc', reason: 'it gives the answer' }]);
  });

  it('of 5x5 kernels around a pooling reach over 14 places', () => {
    const lenet = zoo.get('lenet-5-caffe').build({ input: [1, 28, 28], classes: 10 });
    expect(pairNamed(lenet, 'conv1').reach).toEqual({
      kernel: [14, 14],
      strides: [2, 2],
      pads: [0, 0, 0, 0],
    });
  });

  it('lie inside the branches of a residual network and never across their ends', () => {
    const resnet = zoo.get('resnet-20').build({ input: [3, 32, 32], classes: 10 });
    const { pairs, alone } = pairsOf(resnet);
    expect(pairs.map(({ first }) => first)).toEqual(
      [1, 2, 3].flatMap((stage) => [1, 2, 3].map((block) => `stage${stage}.block${block}.conv1`)),
    );
    const why = alone.find(({ layer }) => layer === 'stage1.block1.conv2');
    expect(why?.reason).toBe("'stage1.block1.add' joins it with another branch");
    expect(alone.find(({ layer }) => layer === 'conv1')?.reason).toContain('is read by');
  });

  it('that are too wide, excluded or share numbers say so', () => {
    const vgg = zoo.get('vgg-like').build({ input: [3, 32, 32], classes: 10 });
    expect(pairNamed(vgg, 'conv2_2').refused).toContain('8,192 numbers at once');
    const [pair] = pairsOf(vgg, ['conv1_2.weight']).pairs;
    expect(pair?.refused).toBe("'conv1_2.weight' is excluded");
  });

  it('do not reach across a softmax', () => {
    const odd = new NetworkBuilder('odd', [6])
      .dense('a', 5)
      .layer('soft', 'Softmax', { axis: -1 })
      .dense('b', 4)
      .build();
    expect(pairsOf(odd).alone[0]?.reason).toContain("'soft' (Softmax)");
  });
});

describe('fusing', () => {
  const linear: [string, Network][] = [
    ['dense layers', new NetworkBuilder('n', [6]).dense('a', 9).dense('b', 4).relu().dense('c', 3).build()],
    [
      'convolutions with batch norm between',
      new NetworkBuilder('n', [2, 9, 8])
        .conv('a', 5, { pad: 0 })
        .batchNorm('bn')
        .conv('b', 3, { pad: 0, stride: 2 })
        .relu()
        .build(),
    ],
    [
      'convolutions with a mean pooling between',
      new NetworkBuilder('n', [2, 12, 12])
        .conv('a', 4, { pad: 0, bias: false })
        .layer('pool', 'AvgPool', { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] })
        .conv('b', 3, { pad: 0 })
        .build(),
    ],
    [
      'a convolution and a dense layer behind a pooling',
      new NetworkBuilder('n', [2, 6, 6])
        .conv('a', 4)
        .batchNorm('bn')
        .globalAvgPool()
        .flatten()
        .dense('b', 3)
        .build(),
    ],
    [
      'a depthwise convolution and the one that mixes its channels',
      new NetworkBuilder('n', [3, 8, 8])
        .depthwise('a', { pad: 0 })
        .batchNorm('bn')
        .conv('b', 5, { kernel: 1 })
        .build(),
    ],
  ];
  it.each(linear)('changes nothing in %s without anything that bends', async (_name, network) => {
    const weights = randomWeights(network);
    const pair = pairNamed(network, 'a');
    const x = normalTensor([400, ...(network.inputs[0]?.shape ?? [])], 'x');
    const { affine, made, model, to } = await fusedBy(network, weights, pair, x);
    expect(affine.rho).toBeLessThan(1e-6);
    expect(unexplained(made, valuesOf(model.network, model.weights, x)(to))).toBeLessThan(1e-6);
    verifyWeights(model.network, model.weights);
    expect(model.network.nodes.map(({ name }) => name)).toContain(fusedName(pair));
  });

  it('of convolutions is what a regression over all places finds, and its own rho holds', async () => {
    const network = new NetworkBuilder('n', [2, 7, 7])
      .conv('a', 4)
      .batchNorm('bn')
      .relu()
      .maxPool(2)
      .conv('b', 3)
      .relu()
      .flatten()
      .dense('fc', 3)
      .build();
    const weights = randomWeights(network);
    const pair = pairNamed(network, 'a');
    expect(pair.reach).toEqual({ kernel: [8, 8], strides: [2, 2], pads: [3, 3, 3, 3] });
    const x = normalTensor([300, 2, 7, 7], 'x');
    const { affine, made, model, to } = await fusedBy(network, weights, pair, x);
    // The shallower network itself computes the convolution, zeros beside the image included.
    const left = unexplained(made, valuesOf(model.network, model.weights, x)(to));
    expect(left).toBeCloseTo(affine.rho, 5);
    expect(left).toBeGreaterThan(0.01);
    expect(left).toBeLessThan(0.9);
    // Any other kernel does worse.
    const random = Random.from(1, 'kernel');
    for (let time = 0; time < 5; time++) {
      const weight = affine.weight.map((value) => value + 0.003 * random.normal());
      const moved = fusedModel(wholeModel({ network, weights }), model.network, pair, { ...affine, weight });
      expect(unexplained(made, valuesOf(moved.network, moved.weights, x)(to))).toBeGreaterThan(left);
    }
  });

  it('keeps every size of a network, whatever pads, strides and poolings come together', () => {
    const random = Random.from(1, 'geometry');
    const upTo = (most: number) => Math.floor(random.float() * (most + 1));
    for (let time = 0; time < 60; time++) {
      const size = 13 + upTo(6);
      const builder = new NetworkBuilder(`n${time}`, [2, size, size])
        .conv('a', 3, { kernel: 1 + upTo(3), stride: 1 + upTo(1), pad: upTo(2) })
        .relu();
      if (time % 2 === 0) builder.maxPool(2, { stride: 1 + upTo(1), pad: upTo(1) });
      const network = builder
        .conv('b', 4, { kernel: 1 + upTo(2), stride: 1 + upTo(1), pad: upTo(2) })
        .build();
      const pair = pairNamed(network, 'a');
      const shallower = fuse(network, pair);
      expect(inferShapes(shallower, 3).get('b')).toEqual(inferShapes(network, 3).get('b'));
    }
  });

  it('goes on until a single layer is left, and every network on the way is whole', async () => {
    let network = zoo.get('lenet-300-100').build({ input: [1, 6, 6], classes: 4, width: 0.05 });
    let weights = randomWeights(network);
    const x = normalTensor([500, 1, 6, 6], 'x');
    for (const layers of [2, 1]) {
      const [pair] = pairsOf(network).pairs;
      if (pair === undefined) throw new Error('there is a pair');
      const { model } = await fusedBy(network, weights, pair, x);
      ({ network, weights } = model);
      verifyWeights(network, weights);
      expect(network.nodes.filter(({ op }) => op === 'Dense')).toHaveLength(layers);
    }
    expect(pairsOf(network).pairs).toEqual([]);
  });
});

describe('what a fit looks at', () => {
  const wide = { inputs: 900, outputs: 8 } as Pair;
  it('is everything where that is little', () => {
    expect(samplingOf(wide, 40, 196)).toEqual({ samples: 40, places: 196 });
    expect(samplingOf(wide, 9000, 1)).toEqual({ samples: 9000, places: 1 });
  });
  it('is some places of many samples where that is much, at least as many as bound its error', () => {
    const { samples, places } = samplingOf(wide, 60_000, 196);
    expect(samples).toBe(4096);
    expect(samples * places).toBeGreaterThanOrEqual(10 * 900);
    expect(samples * places).toBeLessThan(2 * 10 * 900);
    expect(samplingOf({ ...wide, inputs: 3000 }, 60_000, 1)).toEqual({ samples: 30_000, places: 1 });
  });
});
