import { describe, expect, it } from 'vitest';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { networkCost } from '../../../main/engine/network/cost.ts';
import type { Network } from '../../../main/engine/network/graph.ts';
import { paramsInOrder, prunableParams, trainableParams } from '../../../main/engine/network/graph.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { fans, initialize, withInitializer, withNormScale } from '../../../main/engine/network/initialize.ts';
import { classCount, inferShapes } from '../../../main/engine/network/shape.ts';
import { verifyNetwork, verifyWeights } from '../../../main/engine/network/verify.ts';
import { Random } from '../../../main/engine/base/random.ts';

const small = () =>
  new NetworkBuilder('small', [3, 10, 8])
    .conv('conv', 6, { kernel: 5, pad: 0, stride: 2 })
    .batchNorm('bn')
    .relu()
    .depthwise('depthwise', { bias: false })
    .maxPool(2)
    .flatten()
    .dense('fc', 4)
    .build();

describe('shapes', () => {
  it('follow the closed form of each layer, for any batch', () => {
    const shapes = inferShapes(small(), 7);
    expect(shapes.get('conv')).toEqual([7, 6, 3, 2]); // floor((10 - 5) / 2) + 1, floor((8 - 5) / 2) + 1
    expect(shapes.get('depthwise')).toEqual([7, 6, 3, 2]);
    expect(shapes.get('pool1')).toEqual([7, 6, 1, 1]);
    expect(shapes.get('fc')).toEqual([7, 4]);
    expect(classCount(small())).toBe(4);
  });
});

describe('costs', () => {
  it('count trained parameters, prunable weights and multiply-accumulates', () => {
    const cost = networkCost(small());
    const row = (name: string) => cost.layers.find((layer) => layer.name === name);
    expect(row('conv')).toMatchObject({
      parameters: 6 * 3 * 25 + 6,
      prunable: 6 * 3 * 25,
      macs: 6 * 3 * 25 * 3 * 2,
      shape: [6, 3, 2],
    });
    expect(row('bn')).toMatchObject({ parameters: 12, prunable: 0, macs: 0 });
    expect(row('depthwise')).toMatchObject({ parameters: 54, prunable: 54, macs: 54 * 6 });
    expect(row('fc')).toMatchObject({ parameters: 28, prunable: 24, macs: 24 });
    expect(cost.parameters).toBe(456 + 12 + 54 + 28);
    expect(cost.macs).toBe(2700 + 324 + 24);
    expect(cost.sparsity).toBe(0);
    expect(cost.effectiveMacs).toBe(cost.macs);
  });

  it('weigh the multiply-accumulates of each layer by its density', () => {
    const mask = new Uint8Array(450).fill(1, 0, 90);
    const fc = new Uint8Array(24).fill(1, 0, 12);
    const cost = networkCost(small(), new Map([['conv.weight', mask], ['fc.weight', fc]])); // prettier-ignore
    expect(cost.effectiveMacs).toBe(2700 / 5 + 324 + 12);
    expect(cost.nonzero).toBe(cost.parameters - 360 - 12);
    expect(cost.sparsity).toBeCloseTo(372 / (450 + 54 + 24), 12);
  });

  it('count a shared parameter once, its work every time', () => {
    const network = new NetworkBuilder('shared', [4])
      .dense('a', 4, { bias: false })
      .layer('b', 'Dense', {}, { weight: 'a.weight' })
      .build();
    expect(networkCost(network)).toMatchObject({ parameters: 16, macs: 32 });
    expect(networkCost(network, new Map([['a.weight', new Uint8Array(16)]]))).toMatchObject({
      nonzero: 0,
      effectiveMacs: 0,
    });
  });
});

describe('roles', () => {
  it('keep biases and batch norm out of pruning, running statistics out of training', () => {
    expect(prunableParams(small())).toEqual(['conv.weight', 'depthwise.weight', 'fc.weight']);
    expect(trainableParams(small())).not.toContain('bn.mean');
    expect(trainableParams(small())).toContain('bn.scale');
    expect(paramsInOrder(small())).toHaveLength(9);
  });
});

describe('verification', () => {
  const broken = (change: (network: Network) => Network, message: RegExp) =>
    expect(() => verifyNetwork(change(small()))).toThrow(message);

  it('refuses graphs that are not what the engine relies on, naming the place', () => {
    broken((n) => ({ ...n, nodes: n.nodes.toReversed() }), /'fc' reads 'flatten1', which nothing before it/);
    broken((n) => ({ ...n, nodes: [...n.nodes, ...n.nodes.slice(-1)] }), /two layers are named 'fc'/);
    broken((n) => ({ ...n, outputs: ['nowhere'] }), /output 'nowhere'/);
    broken((n) => ({ ...n, outputs: [] }), /no output/);
    broken((n) => ({ ...n, inputs: [{ name: 'input', shape: [3, -1, 8] }] }), /impossible shape/);
    broken((n) => ({ ...n, inputs: [...n.inputs, ...n.inputs] }), /two inputs/);
    broken((n) => {
      const params = { ...n.params };
      delete params['fc.bias'];
      return { ...n, params };
    }, /unknown parameter 'fc.bias'/);
    broken(
      (n) => ({
        ...n,
        params: { ...n.params, extra: { shape: [1], role: 'bias', init: { kind: 'zeros' } } },
      }),
      /'extra' belongs to no layer/,
    );
    broken(
      (n) => ({
        ...n,
        params: { ...n.params, 'fc.bias': { shape: [5], role: 'bias', init: { kind: 'zeros' } } },
      }),
      /Dense 'fc' needs a bias of shape \[4\]/,
    );
    broken(
      (n) => ({ ...n, nodes: n.nodes.map((node) => ({ ...node, outputs: ['input'] })) }),
      /Conv2D 'conv' makes 'input'/,
    );
  });

  it('refuses weights that do not belong to the network', () => {
    const network = small();
    const weights = () => initialize(network, Random.from(1, 'weights'));
    expect(() => verifyWeights(network, weights())).not.toThrow();
    const missing = weights();
    missing.delete('fc.bias');
    expect(() => verifyWeights(network, missing)).toThrow(/'fc.bias'/);
    const misshapen = weights().set('fc.bias', { shape: [2, 2], data: new Float32Array(4) });
    expect(() => verifyWeights(network, misshapen)).toThrow(/'fc.bias'.*\[4\].*\[2, 2\]/);
    const notFinite = weights().set('fc.bias', { shape: [4], data: Float32Array.of(0, 0, NaN, 0) });
    expect(() => verifyWeights(network, notFinite)).toThrow(/'fc.bias' holds NaN at position 2/);
    const extra = weights().set('other', { shape: [1], data: new Float32Array(1) });
    expect(() => verifyWeights(network, extra)).toThrow(/'other'/);
  });
});

describe('initialisation', () => {
  const network = (init: Parameters<NetworkBuilder['dense']>[2]) =>
    new NetworkBuilder('wide', [400]).dense('fc', 300, init).build();
  const drawn = (init: Parameters<NetworkBuilder['dense']>[2], seed = 1) =>
    initialize(network(init), Random.from(seed, 'weights')).get('fc.weight')?.data ?? new Float32Array();
  const variance = (data: Float32Array) => data.reduce((sum, value) => sum + value * value, 0) / data.length;

  it('has the variance of its formula', () => {
    const close = (found: number, expected: number) => expect(found / expected).toBeCloseTo(1, 1);
    close(variance(drawn({ init: { kind: 'he-normal' } })), 2 / 400);
    close(variance(drawn({ init: { kind: 'he-normal', fan: 'out' } })), 2 / 300);
    close(variance(drawn({ init: { kind: 'glorot-normal' } })), 2 / 700);
    close(variance(drawn({ init: { kind: 'glorot-uniform' } })), 2 / 700);
    close(variance(drawn({ init: { kind: 'fan-in-uniform' } })), 1 / 400 / 3);
    const uniform = drawn({ init: { kind: 'glorot-uniform' } });
    expect(Math.max(...uniform.map(Math.abs))).toBeLessThanOrEqual(Math.sqrt(6 / 700));
  });

  it('cuts off at two deviations and keeps the variance, where the formula is that of a truncated normal', () => {
    const data = drawn({ init: { kind: 'lecun-normal' } });
    expect(variance(data) * 400).toBeCloseTo(1, 1);
    // sqrt(1 - 2 a phi(a) / (2 Phi(a) - 1)) with a = 2: the deviation that is left of 1.
    const phi = Math.exp(-2) / Math.sqrt(2 * Math.PI);
    const left = Math.sqrt(1 - (4 * phi) / (2 * 0.9772498680518208 - 1));
    const bound = 2 / left / Math.sqrt(400);
    const most = data.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);
    expect(most).toBeLessThanOrEqual(bound * (1 + 1e-7));
    expect(most).toBeGreaterThan(0.99 * bound);
  });

  it('may be another for the weights, and leaves biases and norms as they begin', () => {
    const plain = network({ init: { kind: 'he-normal' } });
    const other = withInitializer(plain, { kind: 'lecun-normal' });
    expect(other.params['fc.weight']?.init).toEqual({ kind: 'lecun-normal' });
    expect(other.params['fc.bias']).toEqual(plain.params['fc.bias']);
    const of = (from: Network) => initialize(from, Random.from(1, 'weights')).get('fc.weight')?.data;
    expect(of(other)).toEqual(drawn({ init: { kind: 'lecun-normal' } }));
    expect(of(other)).not.toEqual(of(plain));
  });

  it('may have batch norms begin with another scale, and nothing else', () => {
    const plain = zoo.get('resnet-20').build({ input: [3, 8, 8], classes: 4 });
    const [first, halves] = [plain, withNormScale(plain, 0.5)].map((of) =>
      initialize(of, Random.from(1, 'weights')),
    );
    for (const [name, { data }] of halves ?? []) {
      if (plain.params[name]?.role === 'scale') expect(new Set(data)).toEqual(new Set([0.5]));
      else expect(data).toEqual(first?.get(name)?.data);
    }
  });

  it('counts the fans of a convolution with its window', () => {
    expect(fans([8, 4, 3, 5])).toEqual({ fanIn: 60, fanOut: 120 });
  });

  it('is the same for the same seed, and another for another', () => {
    const init = { init: { kind: 'he-normal' } } as const;
    expect(drawn(init, 5)).toEqual(drawn(init, 5));
    expect(drawn(init, 5)).not.toEqual(drawn(init, 6));
  });
});
