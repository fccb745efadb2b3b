import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { coupling } from '../../../../main/engine/network/coupling/index.ts';
import { cases } from '../cases.ts';
import { oneOpNetwork, runTf } from '../run.ts';
import { Graph } from './graph.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Functions of single numbers: cases of one or two equal inputs without parameters that keep their shape. */
const functions = Object.entries(cases).filter(
  ([
    ,
    {
      op,
      inputs: [first = [], ...others],
      params,
    },
  ]) =>
    params === undefined &&
    others.every((shape) => shape.join() === first.join()) &&
    /^(Abs|Add|Clip|Elu|Erf|Exp|Gelu|Hard.*|Identity|LeakyRelu|Log|Max|Mish|Mul|Neg|Pow|Reciprocal|Relu|Selu|Sigmoid|Silu|Soft(plus|sign)|Sqrt|Tanh)$/.test(
      op,
    ),
);

/** What has a value at zero, but no slope there. */
const STEEP = ['Sqrt', 'Pow'];

describe('units that are added up leave where what is masked is zero', () => {
  for (const [title, { op, inputs, attrs = {} }] of functions) {
    it(`behind ${title}`, () => {
      const network = oneOpNetwork({ op, attrs, inputs: inputs.map(() => [1, 4]) });
      const zeros = inputs.map((_, i) => [`x${i}`, { shape: [1, 4], data: new Float32Array(4) }]);
      const made = runTf(network, new Map(), Object.fromEntries(zeros) as Parameters<typeof runTf>[2]);
      const zero = made.data.every((value) => value === 0) && !STEEP.includes(op);
      const g = new Graph([5, 3]);
      const value = g.add(
        op,
        inputs.map(() => g.dense(g.x, 4)),
        attrs,
      );
      const found = coupling(g.build(g.add('ReduceSum', [value], { axes: [2] })));
      expect(found.groups.map(({ components }) => components.length)).toEqual(zero ? [4] : []);
    });
  }
});
