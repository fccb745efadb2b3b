import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readOnnx } from '../../../main/engine/formats/onnx/read/read.ts';
import { problemWith } from '../../support/problem.ts';
import { floats, ints, model } from './onnx-models.ts';
import { changedNodes, nested, nodeWithGraphs, referring, withFunctions } from './onnx-parts.ts';
import { expectSame } from './same-as-onnxruntime.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const ops = ({ network }: ReturnType<typeof readOnnx>) => network.nodes.map(({ op }) => op);

describe('functions of the file', () => {
  const alpha = { alpha: { float: 0.3 } };

  it('are put where they are called, with the attributes of the call, one in another', async () => {
    const bytes = withFunctions(
      [
        ['Twice', ['x'], 'a', alpha],
        ['Bent', ['a'], 'b', { alpha: { float: 0.7 } }],
        ['Twice', ['b'], 'y', alpha],
      ],
      [
        {
          name: 'Bent',
          inputs: ['v'],
          outputs: ['r'],
          attributes: ['alpha'],
          raw: [referring('LeakyRelu', ['v'], 'r', 'alpha', 1)],
        },
        {
          name: 'Twice',
          inputs: ['v'],
          outputs: ['r'],
          attributes: ['alpha'],
          // The inner values have the names of outer ones.
          nodes: [['Neg', ['v'], 'a']],
          raw: [referring('Bent', ['a'], 'x', 'alpha', 1), referring('Bent', ['x'], 'r', 'alpha', 1)],
        },
      ],
    );
    const read = await expectSame(bytes);
    expect(ops(read)).toEqual([
      'Neg',
      'LeakyRelu',
      'LeakyRelu',
      'LeakyRelu',
      'Neg',
      'LeakyRelu',
      'LeakyRelu',
    ]);
    expect(
      read.network.nodes.map(({ attrs }) => attrs['alpha']).filter((value) => value !== undefined),
    ).toEqual([0.3, 0.3, 0.7, 0.3, 0.3].map((value) => Math.fround(value)));
  });

  it('that call themselves are refused by name', () => {
    const circle = withFunctions(
      [['F', ['x'], 'y']],
      [
        { name: 'F', inputs: ['v'], outputs: ['r'], nodes: [['G', ['v'], 'r']] },
        { name: 'G', inputs: ['v'], outputs: ['r'], nodes: [['F', ['v'], 'r']] },
      ],
    );
    expect(() => readOnnx(circle, { file: 'm.onnx' })).toThrow(
      problemWith({
        code: 'onnx/functions',
        file: 'm.onnx',
        field: 'F',
        message: expect.stringContaining('calls itself') as string,
      }),
    );
  });

  it('that double at every level are refused before they fill the memory', () => {
    const functions = Array.from({ length: 40 }, (_, i) => ({
      name: `F${i}`,
      inputs: ['v'],
      outputs: ['r'],
      nodes: [
        [i === 39 ? 'Neg' : `F${i + 1}`, ['v'], 'm'],
        [i === 39 ? 'Neg' : `F${i + 1}`, ['m'], 'r'],
      ] as [string, string[], string][],
    }));
    const bytes = withFunctions([['F0', ['x'], 'y']], functions);
    expect(() => readOnnx(bytes)).toThrow(problemWith({ code: 'onnx/functions' }));
  });
});

describe('branches', () => {
  const chosen = nodeWithGraphs('If', ['c'], ['s'], {
    then_branch: [[['Mul', ['r', 'w'], 'out']], { tensors: [floats('w', [3])] }],
    else_branch: [[['Identity', ['r'], 'out']]],
  });

  it('are chosen by conditions that come from shapes, and see the values around them', async () => {
    const before: Parameters<typeof model>[0] = [
      ['Relu', ['x'], 'r'],
      ['Shape', ['r'], 'shape'],
      ['Gather', ['shape', 'two'], 'size', { axis: 0 }],
      ['Equal', ['size', 'one'], 'c'],
    ];
    for (const height of [1, 4]) {
      const bytes = changedNodes(
        model([...before, ['Neg', ['s'], 'y']], {
          input: ['n', 2, height, 3],
          tensors: [ints('two', [2], []), ints('one', [1], [])],
        }),
        (nodes) => [...nodes.slice(0, 4), chosen, ...nodes.slice(4)],
      );
      const read = await expectSame(bytes);
      expect(ops(read)).toEqual(['Relu', height === 1 ? 'Mul' : 'Identity', 'Neg']);
    }
  });

  it('chosen by the data are refused', () => {
    const bytes = changedNodes(
      model(
        [
          ['ReduceMax', ['x'], 'm', { axes: [1, 2, 3] }],
          ['Relu', ['x'], 'r'],
          ['Neg', ['s'], 'y'],
        ],
        { tensors: [] },
      ),
      (nodes) => [
        ...nodes.slice(0, 2),
        nodeWithGraphs('If', ['m'], ['s'], {
          then_branch: [[['Neg', ['r'], 'o']]],
          else_branch: [[['Abs', ['r'], 'o']]],
        }),
        ...nodes.slice(2),
      ],
    );
    expect(() => readOnnx(bytes)).toThrow(
      problemWith({
        field: 'If-node',
        message: expect.stringContaining('chooses a branch by what the data hold') as string,
      }),
    );
  });

  it('within thousands of branches are refused', () => {
    let inner = model([['Neg', ['x'], 'y']]);
    for (let depth = 0; depth < 40; depth++) {
      // Each holds the one before as raw bytes of its graph.
      inner = changedNodes(model([['Neg', ['x'], 'y']]), () => [nested(inner)]);
    }
    expect(() => readOnnx(inner)).toThrow(
      problemWith({
        code: 'onnx/damaged',
        message: expect.stringContaining('graphs within graphs') as string,
      }),
    );
  });
});

it('puts nodes in order, and keeps those that are', async () => {
  const file = model(
    [
      ['Relu', ['x'], 'a'],
      ['Neg', ['a'], 'b'],
      ['Add', ['a', 'b'], 'y'],
    ],
    {},
  );
  expect(ops(readOnnx(file))).toEqual(['Relu', 'Neg', 'Add']);
  const read = await expectSame(changedNodes(file, (nodes) => nodes.toReversed()));
  expect(ops(read)).toEqual(['Relu', 'Neg', 'Add']);
});
