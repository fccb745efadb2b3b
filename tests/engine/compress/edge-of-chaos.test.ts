import { describe, expect, it } from 'vitest';
import { drawEdgeOfChaos, edgeOfChaos, rescale } from '../../../main/engine/compress/edge-of-chaos.ts';
import { chaosEdge, largestSquare, normalMean } from '../../../main/engine/compress/mean-field.ts';
import { branchScales } from '../../../main/engine/compress/stable-resnet.ts';
import { topK } from '../../../main/engine/compress/top-k.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { gelu } from './odd-networks.ts';

const tanh = { value: Math.tanh, slope: (x: number) => 1 - Math.tanh(x) ** 2 };
const deep = (activation: string, depth = 3, width = 400) => {
  const builder = new NetworkBuilder(activation, [width]);
  for (let l = 1; l <= depth; l++) builder.dense(`fc${l}`, width).layer(`act${l}`, activation);
  return builder.dense('out', 10).build();
};

describe('the edge of chaos', () => {
  it('of tanh is where the mean-field equations put it', () => {
    const known = [[0, 1], [0.01, 1.0421], [0.1, 1.1934], [0.2, 1.3041], [Math.sqrt(0.2), 1.5117], [0.5, 1.5497]] as const; // prettier-ignore
    for (const [bias, weight] of known) {
      expect(Math.sqrt(chaosEdge(tanh, bias ** 2).weight)).toBeCloseTo(weight, 4);
    }
    expect(normalMean((z) => z * z)).toBeCloseTo(1, 10);
    expect(normalMean((z) => z ** 4)).toBeCloseTo(3, 8);
  });

  it('of ReLU is He initialisation, through norms and additions too', () => {
    const edges = edgeOfChaos(zoo.get('resnet-20').build({ input: [3, 32, 32], classes: 10 }));
    expect([...edges.values()]).toEqual([...edges.keys()].map(() => ({ weight: 2, bias: 0 })));
    expect(edgeOfChaos(deep('LeakyRelu')).get('fc1.weight')?.weight).toBeCloseTo(2 / 1.0001, 10);
  });

  it('is a variance of 1 where the next weights take the outputs as they are, less where a pooling takes their largest', () => {
    const network = zoo.get('lenet-5-caffe').build({ input: [1, 28, 28], classes: 10 });
    const edges = edgeOfChaos(network);
    // E[max^2] of four standard normal values, by a million draws.
    const random = Random.from(7, 'max');
    let energy = 0;
    for (let i = 0; i < 1e6; i++) {
      energy += Math.max(random.normal(), random.normal(), random.normal(), random.normal()) ** 2 / 1e6;
    }
    expect(Math.abs(largestSquare(4) / energy - 1)).toBeLessThan(0.005);
    expect(largestSquare(4)).toBeCloseTo(1.5513, 3);
    expect(largestSquare(1)).toBeCloseTo(1, 6);
    expect(largestSquare(2)).toBeCloseTo(1, 6);
    expect(edges.get('conv1.weight')?.weight).toBeCloseTo(1 / 1.5513, 3);
    expect(edges.get('conv2.weight')?.weight).toBeCloseTo(1 / 1.5513, 3);
    expect(edges.get('fc1.weight')).toEqual({ weight: 2, bias: 0 });
    expect(edges.get('fc2.weight')).toEqual({ weight: 2, bias: 0 });
    const plain = new NetworkBuilder('plain', [5]).dense('a', 4).dense('b', 3).relu().dense('c', 2).build();
    expect(edgeOfChaos(plain).get('a.weight')).toEqual({ weight: 1, bias: 0 });
  });

  it('gives the branches of a residual network 1 / sqrt(number of branches)', () => {
    const resnet = zoo.get('resnet-20').build({ input: [3, 32, 32], classes: 10 });
    const scales = branchScales(resnet);
    expect(scales.size).toBe(18);
    expect(new Set(scales.values())).toEqual(new Set([1 / 3]));
    expect([...scales.keys()].every((name) => name.includes('bn2'))).toBe(true);
    const drawn = drawEdgeOfChaos(resnet, Random.from(1, 'weights'));
    for (const name of scales.keys()) {
      const value = resnet.params[name]?.role === 'scale' ? 1 / 3 : 0;
      expect(drawn.get(name)?.data.every((x) => Math.abs(x - value) < 1e-7)).toBe(true);
    }
    const builder = new NetworkBuilder('residual', [50]).dense('in', 50).relu();
    for (const block of ['a', 'b', 'c', 'd']) {
      const skip = builder.value;
      builder.dense(`${block}1`, 50).relu().dense(`${block}2`, 50).add(skip, block).relu();
    }
    const edges = edgeOfChaos(builder.dense('out', 3).build());
    expect(edges.get('a1.weight')).toEqual({ weight: 2, bias: 0 });
    expect(edges.get('a2.weight')).toEqual({ weight: 2 / 4, bias: 0 });
    expect(edges.get('in.weight')).toEqual({ weight: 2, bias: 0 });
  });

  it('keeps variance from layer to layer of a deep tanh network', () => {
    const network = deep('Tanh', 20, 200);
    const weights = drawEdgeOfChaos(network, Random.from(3, 'weights'));
    const random = Random.from(4, 'input');
    let signal = Array.from({ length: 200 }, () => Math.sqrt(0.5121) * random.normal());
    for (let l = 1; l <= 20; l++) {
      const w = weights.get(`fc${l}.weight`)?.data ?? [];
      const b = weights.get(`fc${l}.bias`)?.data ?? [];
      const input = signal.map(Math.tanh);
      signal = input.map((_, i) => input.reduce((sum, x, j) => sum + x * (w[i * 200 + j] ?? 0), b[i] ?? 0));
    }
    const variance = signal.reduce((sum, x) => sum + x * x, 0) / 200;
    expect(variance).toBeGreaterThan(0.35);
    expect(variance).toBeLessThan(0.75);
  });

  it('refuses an activation whose edge is not known, by name', () => {
    expect(() => edgeOfChaos(gelu)).toThrow(/Gelu 'soft'/);
  });
});

describe('the rescaling trick', () => {
  const network = deep('Relu', 1, 600);
  const name = 'fc1.weight';
  const drawn = () => drawEdgeOfChaos(network, Random.from(1, 'weights'));
  const scores = drawn().get(name)?.data.map(Math.abs) ?? new Float32Array();

  it('is 1 / sqrt(density) for a random mask', () => {
    const random = Random.from(2, 'mask');
    for (const density of [0.5, 0.1, 0.02]) {
      const mask = Uint8Array.from(scores, () => (random.float() < density ? 1 : 0));
      const rho = rescale(network, drawn(), new Map([[name, mask]])).get(name) ?? 0;
      expect(rho * Math.sqrt(density)).toBeGreaterThan(0.97);
      expect(rho * Math.sqrt(density)).toBeLessThan(1.03);
    }
  });

  it('is 1.5088 for the largest tenth of a Gaussian, and brings the energy back', () => {
    const [mask] = topK([scores], Math.round(scores.length / 10)) as [Uint8Array];
    const weights = drawn();
    const rho = rescale(network, weights, new Map([[name, mask]])).get(name) ?? 0;
    expect(Math.abs(rho - 1.5088)).toBeLessThan(0.01);
    let energy = 0;
    weights.get(name)?.data.forEach((w, i) => (energy += mask[i] === 1 ? w * w : 0));
    expect((energy * 600) / scores.length).toBeCloseTo(2, 5);
  });

  it('leaves an emptied layer alone', () => {
    const weights = drawn();
    expect(rescale(network, weights, new Map([[name, new Uint8Array(scores.length)]])).has(name)).toBe(false);
    expect(weights.get(name)?.data.every(Number.isFinite)).toBe(true);
  });
});
