import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { fitToData } from '../../../main/engine/network/fit.ts';
import type { Network, ParamInfo } from '../../../main/engine/network/graph.ts';
import { problemWith } from '../../support/problem.ts';
import { difference, normalTensor, randomWeights, runTf } from './run.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const classes = ['a', 'b', 'c'];
const weight = (shape: number[]): ParamInfo => ({ shape, role: 'weight', init: { kind: 'zeros' } });

/** Flatten and a dense layer of three units, perhaps behind a transposition. */
function networkFor(shape: number[], channelsLast = false): Network {
  const size = shape.reduce((product, dim) => product * dim, 1);
  const first = channelsLast ? 'nchw' : 'x';
  const layer = (name: string, op: string, input: string, more: object = {}) => ({
    name,
    op,
    inputs: [input],
    outputs: [name],
    params: {},
    attrs: {},
    ...more,
  });
  return {
    name: 'n',
    inputs: [{ name: 'x', shape }],
    outputs: ['y'],
    nodes: [
      ...(channelsLast ? [layer('nchw', 'Transpose', 'x', { attrs: { perm: [0, 3, 1, 2] } })] : []),
      layer('flat', 'Flatten', first),
      layer('y', 'Dense', 'flat', { params: { weight: 'w' } }),
    ],
    params: { w: weight([3, size]) },
  };
}

/** A batch with its channels put last. */
function channelsLast({ shape, data }: { shape: readonly number[]; data: Float32Array }) {
  const moved = tf.transpose(tf.tensor(data, [...shape]), [0, 2, 3, 1]);
  return { shape: moved.shape, data: moved.dataSync() as Float32Array };
}

const bare = (network: Network) => ({ network, weights: new Map() });

describe('fitToData', () => {
  const image = [3, 4, 5];
  const data = { sampleShape: image, classes };

  it('leaves a network alone that fits', () => {
    const network = networkFor(image);
    const fitted = fitToData(bare(network), data, 'm.onnx');
    expect(fitted).toEqual({ network, weights: new Map(), output: 'y', taken: { shape: image }, notes: [] });
  });

  it('changes the order of axes for a network with channels last', () => {
    const network = networkFor([4, 5, 3]);
    const weights = randomWeights(network);
    const fitted = fitToData(bare(network), data, 'm.onnx');
    const x = normalTensor([2, ...image], 'x');
    const input = fitted.network.inputs[0]?.name ?? '';
    expect(fitted.network.inputs[0]?.shape).toEqual(image);
    expect(fitted.notes).toHaveLength(1);
    expect(
      difference(
        runTf(fitted.network, weights, { [input]: x }),
        runTf(network, weights, { x: channelsLast(x) }),
      ),
    ).toBeLessThan(1e-6);
  });

  it('takes out a transposition rather than add its inverse', () => {
    const network = networkFor([4, 5, 3], true);
    const weights = randomWeights(network);
    const fitted = fitToData(bare(network), data, 'm.onnx').network;
    expect(fitted.nodes.map((node) => node.op)).toEqual(['Flatten', 'Dense']);
    const x = normalTensor([2, ...image], 'x');
    expect(
      difference(runTf(fitted, weights, { x }), runTf(network, weights, { x: channelsLast(x) })),
    ).toBeLessThan(1e-6);
  });

  it('gives samples of one channel the shape that is wanted', () => {
    for (const shape of [[20], [4, 5], [1, 4, 5]]) {
      const fitted = fitToData(
        bare(networkFor(shape)),
        { sampleShape: [1, 4, 5], classes },
        'm.onnx',
      ).network;
      expect(fitted.inputs[0]?.shape).toEqual([1, 4, 5]);
    }
    expect(
      fitToData(bare(networkFor([1, 4, 5])), { sampleShape: [20], classes }, 'm.onnx').notes,
    ).toHaveLength(1);
  });

  it('flattens logits that have axes of size one left', () => {
    const network: Network = {
      name: 'n',
      inputs: [{ name: 'x', shape: [3, 4, 5] }],
      outputs: ['y'],
      nodes: [{ name: 'y', op: 'GlobalAvgPool', inputs: ['x'], outputs: ['y'], params: {}, attrs: {} }],
      params: {},
    };
    const fitted = fitToData(bare(network), data, 'm.onnx').network;
    expect(fitted.nodes.at(-1)?.op).toBe('Flatten');
    expect(fitted.outputs).toEqual(['y', ...(fitted.nodes.at(-1)?.outputs ?? [])]);
    expect(fitted.head).toEqual({ kind: 'none', output: 'y' });
  });

  it('leaves out other outputs with the weights that only they need', () => {
    const one = networkFor(image);
    const head = { name: 'aux', op: 'Dense', inputs: ['flat'], outputs: ['aux'], attrs: {} };
    const network: Network = {
      ...one,
      outputs: ['aux', 'flat', 'y'],
      nodes: [...one.nodes.slice(0, 1), { ...head, params: { weight: 'v' } }, ...one.nodes.slice(1)],
      params: { ...one.params, v: weight([2, 60]) },
    };
    const weights = randomWeights(network);
    const fitted = fitToData({ network, weights }, data, 'm.onnx');
    expect(fitted.network).toEqual(one);
    expect([...fitted.weights.keys()]).toEqual(['w']);
    expect([...weights.keys()]).toContain('v');
    expect(fitted.notes).toEqual([expect.stringMatching(/'aux' \[2\].*'y' \[3\]: 'y' is used/)]);
  });

  it('tells networks that make images or tables from classifiers', () => {
    const made = (shape: number[]): Network => ({
      name: 'n',
      inputs: [{ name: 'x', shape: image }],
      outputs: ['boxes'],
      nodes: [{ name: 'r', op: 'Reshape', inputs: ['x'], outputs: ['boxes'], params: {}, attrs: { shape } }],
      params: {},
    });
    for (const [shape, what] of [
      [[15, 4], 'objects'],
      [[3, 4, 5], 'an image or a map'],
    ] as const) {
      expect(() => fitToData(bare(made([...shape])), data, 'm.onnx')).toThrow(
        problemWith({
          code: 'network/no-classifier',
          field: 'boxes',
          message: expect.stringMatching(new RegExp(`\\[${shape.join(', ')}\\].*${what}`)) as string,
        }),
      );
    }
  });

  it('refuses data that the network is not for, saying what it takes', () => {
    expect(() => fitToData(bare(networkFor([3, 8, 8])), data, 'm.onnx')).toThrow(
      problemWith({
        code: 'network/data',
        file: 'm.onnx',
        field: 'x',
        message: 'The network takes samples of 3 x 8 x 8, the data has 3 x 4 x 5.',
        remedy: expect.stringContaining('height: 8, width: 8') as string,
      }),
    );
    expect(() => fitToData(bare(networkFor([8, 8, 1])), data, 'm.onnx')).toThrow(
      problemWith({ remedy: expect.stringContaining('color: grey') as string }),
    );
    expect(() =>
      fitToData(bare(networkFor(image)), { sampleShape: image, classes: ['a'] }, 'm.onnx'),
    ).toThrow(problemWith({ code: 'network/classes', field: 'y' }));
    const two = { ...networkFor(image), inputs: [...networkFor(image).inputs, { name: 'z', shape: [1] }] };
    expect(() => fitToData(bare(two), data, 'm.onnx')).toThrow(problemWith({ code: 'network/inputs' }));
  });
});
