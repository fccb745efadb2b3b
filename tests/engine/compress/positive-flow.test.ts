import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ScoreSet } from '../../../main/engine/compress/scores.ts';
import { flowLayers } from '../../../main/engine/compress/criteria/flow/index.ts';
import { positiveFlow, withoutFlow } from '../../../main/engine/compress/criteria/positive-flow.ts';
import { countKept } from '../../../main/engine/compress/masks.ts';
import { iterative } from '../../../main/engine/compress/schedules/iterative.ts';
import { selectedBy } from '../../../main/engine/compress/select.ts';
import { forward } from '../../../main/engine/network/forward.ts';
import {
  prunableParams,
  sizeOf,
  type AttrValue,
  type MaskSet,
  type Network,
  type Node,
  type ParamInfo,
} from '../../../main/engine/network/graph.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { verifyNetwork } from '../../../main/engine/network/verify.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { replayedLadder } from './flow-replay.ts';
import { apart, noise, score, useBackend } from './support.ts';

const backend = useBackend('cpu');

type Layer = readonly [
  op: string,
  attrs?: Readonly<Record<string, AttrValue>>,
  params?: Readonly<Record<string, readonly number[]>>,
  inputs?: readonly string[],
];

const roles = new Set(['weight', 'bias', 'scale', 'shift', 'mean', 'variance']);

/** Layers one after the other, called by their numbers; a layer may take other values by name. */
function chain(input: readonly number[], layers: readonly Layer[]): Network {
  const params: Record<string, ParamInfo> = {};
  const nodes = layers.map(([op, attrs = {}, shapes = {}, inputs], i): Node => {
    const own = Object.entries(shapes).map(([role, shape]) => {
      const name = `${i}.${role}`;
      const known = roles.has(role) ? (role as ParamInfo['role']) : 'constant';
      params[name] = { shape, role: known, init: { kind: 'zeros' } };
      return [role, name] as const;
    });
    const before = inputs ?? [i === 0 ? 'input' : String(i - 1)];
    const named = Object.fromEntries(own);
    return { name: `layer ${i}`, op, inputs: before, outputs: [String(i)], params: named, attrs };
  });
  const network: Network = {
    name: 'chain',
    inputs: [{ name: 'input', shape: input }],
    outputs: [String(layers.length - 1)],
    nodes,
    params,
  };
  verifyNetwork(network);
  return network;
}

const norm = (channels: number) =>
  Object.fromEntries(['scale', 'shift', 'mean', 'variance'].map((role) => [role, [channels]]));
const window = { kernel: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] };

const networks: Record<string, Network> = {
  'convolutions of every form, pooled': chain(
    [3, 11, 10],
    [
      ['Conv2D', { strides: [2, 1], pads: [1, 2, 0, 1] }, { weight: [6, 3, 3, 2], bias: [6] }],
      ['BatchNorm', { epsilon: 1e-3 }, norm(6)],
      ['Relu'],
      ['Conv2D', { pads: [1, 1, 1, 1], group: 2 }, { weight: [8, 3, 3, 3] }],
      ['LeakyRelu', { alpha: 0.2 }],
      ['Conv2D', { pads: [2, 2, 2, 2], dilations: [2, 2] }, { weight: [4, 8, 3, 3], bias: [4] }],
      ['Conv2D', { strides: [1, 2], group: 4 }, { weight: [8, 1, 2, 3] }],
      ['MaxPool', window],
      ['Clip', { min: 0, max: 1e30 }],
      ['AvgPool', window],
      ['AvgPool', { ...window, kernel: [2, 2], countIncludePad: true }],
      ['GlobalAvgPool'],
      ['Flatten'],
      ['Dense', {}, { weight: [5, 8], bias: [5] }],
    ],
  ),
  'branches, borders and constants': chain(
    [2, 4, 6],
    [
      ['Conv2D', {}, { weight: [4, 2, 1, 1] }],
      ['Pad', { pads: [0, 1, 0, 2, 0, 0, 1, 0], value: 0.5 }],
      ['Slice', { starts: [0, 1], ends: [100, -1], axes: [1, 3], steps: [2, 2] }, {}, ['1']],
      ['Slice', { starts: [-4], ends: [100], axes: [1], steps: [1] }, {}, ['1']],
      ['Slice', { starts: [1], ends: [7], axes: [3], steps: [2] }],
      ['Concat', { axis: 1 }, {}, ['2', '4']],
      ['Mul', {}, { constant: [7, 1, 1] }],
      ['Transpose', { perm: [0, 3, 1, 2] }],
      ['Add', {}, { constant: [1, 5] }],
      ['Reshape', { shape: [-1, 5] }],
      ['Identity'],
      ['Dense', {}, { weight: [6, 5] }],
      ['Dropout', { rate: 0.3 }],
      ['Reshape', { shape: [3, 7, 6] }],
      ['Slice', { starts: [0], ends: [1], axes: [2], steps: [1] }],
      ['Add', {}, {}, ['13', '14']],
      ['Div', {}, { constant: [6] }],
      ['Flatten'],
      ['Dense', {}, { weight: [8, 126], bias: [8] }],
      ['BatchNorm', {}, norm(8)],
      ['Dense', {}, { weight: [3, 8] }],
    ],
  ),
};

/** Numbers between 0.1 and 1.1; running means so small that flows stay positive. */
function drawn(network: Network): Map<string, Float64Array> {
  const random = Random.from(1, 'flow');
  return new Map(
    Object.entries(network.params).map(([name, { shape, role }]) => {
      const scale = role === 'mean' ? 0.01 : 1;
      const draw = () => Math.fround(scale * (0.1 + random.float()));
      return [name, Float64Array.from({ length: sizeOf(shape) }, draw)];
    }),
  );
}

describe('the flow in double precision', () => {
  beforeAll(() => void backend());

  it.each(Object.entries(networks))('has the slopes that TensorFlow.js finds: %s', async (_, network) => {
    const values = drawn(network);
    const params = prunableParams(network);
    const { gradients, exponent } = positiveFlow(network, values, params);
    const point = Object.fromEntries(
      [...values].map(([name, data]) => [
        name,
        tf.tensor(Float32Array.from(data), [...(network.params[name]?.shape ?? [])]),
      ]),
    );
    const ones = tf.ones([1, ...(network.inputs[0]?.shape ?? [])]);
    const flow = (...own: tf.Tensor[]): tf.Scalar => {
      const current = { ...point };
      params.forEach((name, i) => (current[name] = own[i] as tf.Tensor));
      return tf.sum(forward(network, current, ones, { training: false }).logits);
    };
    const slopes = tf.grads(flow)(params.map((name) => point[name] as tf.Tensor));
    const expected: ScoreSet = new Map(
      params.map((name, i) => [name, slopes[i]?.dataSync() as Float32Array]),
    );
    const found = new Map(
      [...gradients].map(([name, part]) => [name, part.map((slope) => slope * 2 ** exponent)]),
    );
    expect([...found.values()].every((part) => part.some((slope) => slope > 0))).toBe(true);
    expect(apart(found, expected)).toBeLessThan(2e-6);
  });

  it('has a layer of every rule in these networks', () => {
    const tried = new Set(Object.values(networks).flatMap(({ nodes }) => nodes.map(({ op }) => op)));
    const ruled = Object.entries(flowLayers).filter(([, layer]) => layer !== null);
    expect([...tried].sort()).toEqual(ruled.map(([op]) => op).sort());
  });

  it('leaves the slopes of weights that are not zero as they are when it skips the others', () => {
    const network = networks['convolutions of every form, pooled'] as Network;
    const values = drawn(network);
    for (const name of prunableParams(network)) values.get(name)?.forEach((_, i, data) => (data[i] = i % 3 === 0 ? 0 : (data[i] as number))); // prettier-ignore
    const { gradients } = positiveFlow(network, values, prunableParams(network));
    const tiny = new Map([...values].map(([name, data]) => [name, data.map((value) => value || 1e-290)]));
    const { gradients: all } = positiveFlow(network, tiny, prunableParams(network));
    for (const [name, part] of gradients) {
      part.forEach((slope, i) => {
        if (i % 3 === 0) expect(slope).toBe(0);
        else expect(Math.abs(slope / (all.get(name)?.[i] ?? NaN) - 1)).toBeLessThan(1e-13);
      });
    }
  });

  it('passes a ReLU6 as it passes a ReLU', () => {
    const ending = (op: string, attrs = {}) =>
      chain([3], [
        ['Dense', {}, { weight: [4, 3] }],
        [op, attrs],
        ['Dense', {}, { weight: [2, 4] }],
      ]); // prettier-ignore
    const flowOf = (network: Network) => positiveFlow(network, drawn(network), prunableParams(network));
    expect(flowOf(ending('Clip', { min: 0, max: 6 }))).toEqual(flowOf(ending('Relu')));
  });

  it('is refused where a layer divides by it', () => {
    const divided = chain([3], [
      ['Dense', {}, { weight: [4, 3] }],
      ['Div', { constantFirst: true }, { constant: [4] }],
    ]); // prettier-ignore
    expect(withoutFlow(divided)?.message).toContain("Div 'layer 1'");
  });
});

describe('twenty rounds of SynFlow on ResNet-20', () => {
  const network = zoo.get('resnet-20').build({ input: [3, 32, 32], classes: 10 });
  const weights = initialize(network, Random.from(1, 'weights'));
  const selection = {
    criterion: 'synflow',
    scope: 'global',
    exclude: [],
    regrow: false,
    invert: false,
    protect: false,
  };

  it('keep what an independent replay in float64 keeps, weight for weight', async () => {
    const targets = iterative.targets(0.98, 20);
    let masks: MaskSet = new Map();
    const found: MaskSet[] = [];
    for (const target of targets) {
      const context = { network, weights, masks, backend: backend(), data: noise([3, 32, 32], 1, 10) };
      masks = selectedBy(network, selection, await score('synflow', context), target, masks).masks;
      found.push(masks);
    }
    const replayed = replayedLadder(network, weights, targets);
    const kept = [...masks.values()].reduce((sum, mask) => sum + countKept(mask), 0);
    expect(kept).toBe(Math.round(0.02 * [...masks.values()].reduce((sum, mask) => sum + mask.length, 0)));
    found.forEach((mask, round) => expect(differing(mask, replayed[round])).toBe(0));
  });
});

function differing(a: MaskSet, b: MaskSet | undefined): number {
  let count = 0;
  for (const [name, mask] of a) mask.forEach((bit, i) => (count += bit === b?.get(name)?.[i] ? 0 : 1));
  return count;
}
