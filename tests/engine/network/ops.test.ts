import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Activation } from '../../../main/engine/network/activation.ts';
import { forwardValues } from '../../../main/engine/network/forward.ts';
import type { Network, TensorData, WeightSet } from '../../../main/engine/network/graph.ts';
import { opOf, ops } from '../../../main/engine/network/ops/index.ts';
import { inferShapes } from '../../../main/engine/network/shape.ts';
import { cases } from './cases.ts';
import {
  difference,
  inputsOf,
  normalTensor,
  oneOpNetwork,
  paramTensors,
  randomWeights,
  runOnnx,
  runTf,
  toTf,
} from './run.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

it('has a case for every layer type', () => {
  const tried = new Set(Object.values(cases).map((entry) => entry.op));
  expect([...tried].sort()).toEqual(Object.keys(ops).sort());
});

describe('forward pass', () => {
  for (const [title, entry] of Object.entries(cases)) {
    it(`${title} is what onnxruntime computes from the written file`, async () => {
      const network = oneOpNetwork(entry);
      const weights = randomWeights(network);
      const inputs = inputsOf(entry);
      const ours = runTf(network, weights, inputs);
      expect(difference(ours, await runOnnx(network, weights, inputs))).toBeLessThan(1e-5);
      expect(inferShapes(network, entry.inputs[0]?.[0] ?? 0).get('y')).toEqual(ours.shape);
    });
  }

  it('does not depend on the layout in which an image arrives', () => {
    for (const entry of Object.values(cases)) {
      const network = oneOpNetwork(entry);
      const weights = paramTensors(randomWeights(network));
      const [node] = network.nodes;
      if (node === undefined || entry.inputs.some((shape) => shape.length !== 4)) continue;
      const inputs = Object.values(inputsOf(entry)).map(toTf);
      const run = (given: Activation[]) => {
        const ctx = {
          training: false,
          param: (_: unknown, role: string) => weights[role] as tf.Tensor,
          optionalParam: (_: unknown, role: string) => weights[role],
          update: () => undefined,
          dropoutMask: () => tf.scalar(1),
        };
        const [output] = opOf(node).forward(ctx, node, given);
        const logical = (output as Activation).logical();
        return { shape: logical.shape, data: logical.dataSync() as Float32Array };
      };
      const first = run(inputs.map((x) => Activation.of(x)));
      const last = run(
        inputs.map((x) => Activation.channelsLast(tf.transpose(x, [0, 2, 3, 1]) as tf.Tensor4D)),
      );
      expect(difference(last, first)).toBeLessThan(1e-6);
    }
  });
});

describe('convolution', () => {
  it('is the sum over taps and channels of its definition', () => {
    const network = oneOpNetwork({
      op: 'Conv2D',
      inputs: [[1, 2, 4, 4]],
      attrs: { strides: [2, 1], pads: [1, 0, 0, 1] },
      params: { weight: [3, 2, 3, 2], bias: [3] },
    });
    const weights = randomWeights(network);
    const x = normalTensor([1, 2, 4, 4], 'x');
    const at = ({ shape, data }: TensorData, ...index: number[]) =>
      index.every((i, axis) => i >= 0 && i < (shape[axis] ?? 0))
        ? (data[index.reduce((flat, i, axis) => flat * (shape[axis] ?? 0) + i, 0)] ?? NaN)
        : 0;
    const weight = weights.get('weight') as TensorData;
    const bias = weights.get('bias') as TensorData;
    const expected: number[] = [];
    for (let o = 0; o < 3; o++) {
      for (let i = 0; i < 2; i++) {
        for (let j = 0; j < 4; j++) {
          let sum = at(bias, o);
          for (let c = 0; c < 2; c++)
            for (let u = 0; u < 3; u++)
              for (let v = 0; v < 2; v++) sum += at(weight, o, c, u, v) * at(x, 0, c, 2 * i + u - 1, j + v);
          expected.push(sum);
        }
      }
    }
    const y = runTf(network, weights, { x0: x });
    expect(y.shape).toEqual([1, 3, 2, 4]);
    expected.forEach((value, i) => expect(y.data[i]).toBeCloseTo(value, 5));
  });
});

/** sum(r * y) for a fixed random r: a scalar that every element of the output moves. */
function objective(network: Network, weights: WeightSet, inputs: Record<string, TensorData>) {
  const given = Object.keys(inputs);
  // Of this one's input only the size matters.
  const moved = network.nodes[0]?.op === 'BatchConstant' ? [] : given;
  const names = [...moved, ...weights.keys()];
  const wanted = network.outputs[0] ?? '';
  return {
    names,
    values: [...moved.map((name) => inputs[name] as TensorData), ...weights.values()],
    of: (...tensors: tf.Tensor[]): tf.Scalar => {
      const named = Object.fromEntries(names.map((name, i) => [name, tensors[i] as tf.Tensor]));
      const xs = Object.fromEntries(
        given.map((name) => [name, named[name] ?? toTf(inputs[name] as TensorData)]),
      );
      const { values } = forwardValues(network, named, xs, [wanted], { training: false });
      const y = (values.get(wanted) as Activation).logical();
      return tf.sum(tf.mul(y, toTf(normalTensor(y.shape, 'r'))));
    },
  };
}

describe('gradients', () => {
  for (const [title, entry] of Object.entries(cases)) {
    it(`${title}: agrees with finite differences`, () => {
      const network = oneOpNetwork(entry);
      const target = objective(network, randomWeights(network), inputsOf(entry));
      const tensors = target.values.map(toTf);
      const gradients = tf.grads((...xs) => target.of(...xs))(tensors);
      const epsilon = 1e-2;
      target.names.forEach((name, which) => {
        const values = target.values[which] as TensorData;
        const analytic = gradients[which]?.dataSync() as Float32Array;
        // A few positions of each tensor, spread over it.
        const step = Math.max(1, Math.floor(values.data.length / 5));
        for (let i = 0; i < values.data.length; i += step) {
          const moved = (by: number) => {
            const data = values.data.slice();
            data[i] = (data[i] ?? 0) + by;
            return target
              .of(...tensors.map((tensor, t) => (t === which ? toTf({ ...values, data }) : tensor)))
              .dataSync()[0] as number;
          };
          const numeric = (moved(epsilon) - moved(-epsilon)) / (2 * epsilon);
          expect(Math.abs((analytic[i] ?? NaN) - numeric), `${name}[${i}]`).toBeLessThan(
            0.02 * Math.max(1, Math.abs(numeric)),
          );
        }
      });
    });
  }
});

describe('errors', () => {
  const wrong: [string, Parameters<typeof oneOpNetwork>[0], RegExp][] = [
    ['unknown type', { op: 'Frobnicate', inputs: [[1, 2]] }, /'layer' is of unsupported type 'Frobnicate'/],
    [
      'dense on an image',
      { op: 'Dense', inputs: [[1, 2, 3, 3]], params: { weight: [2, 2] } },
      /Dense 'layer' needs a weight of shape \[any, 3\]/,
    ],
    [
      'wrong weight',
      { op: 'Dense', inputs: [[1, 3]], params: { weight: [2, 4] } },
      /weight of shape \[any, 3\].*\[2, 4\]/,
    ],
    ['no weight', { op: 'Dense', inputs: [[1, 3]] }, /no parameter for its weight/],
    [
      'window larger than the image',
      { op: 'MaxPool', inputs: [[1, 1, 2, 2]], attrs: { kernel: [3, 3] } },
      /3x3 that does not fit/,
    ],
    [
      'groups that do not divide',
      { op: 'Conv2D', inputs: [[1, 3, 4, 4]], params: { weight: [2, 1, 1, 1] }, attrs: { group: 2 } },
      /3 channels into 2 groups/,
    ],
    [
      'shapes that do not combine',
      {
        op: 'Add',
        inputs: [
          [1, 3],
          [1, 4],
        ],
      },
      /\[1, 3\] with \[1, 4\]/,
    ],
    [
      'a reshape of the wrong size',
      { op: 'Reshape', inputs: [[1, 6]], attrs: { shape: [4, -1] } },
      /cannot make/,
    ],
    ['a transposed batch', { op: 'Transpose', inputs: [[1, 6]], attrs: { perm: [1, 0] } }, /batch first/],
    ['a dropped-out rate', { op: 'Dropout', inputs: [[1, 6]], attrs: { rate: 1 } }, /rate in \[0, 1\)/],
  ];
  for (const [title, entry, message] of wrong) {
    it(`names the layer for ${title}`, () => {
      expect(() => inferShapes(oneOpNetwork(entry), 1)).toThrow(message);
    });
  }
});
