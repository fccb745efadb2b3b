import { beforeAll, describe, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import { fitToData } from '../../../main/engine/network/fit.ts';
import type { AttrValue, Network, Node } from '../../../main/engine/network/graph.ts';
import { prunableParams, trainableParams } from '../../../main/engine/network/graph.ts';
import { answersOf, asInFile } from '../../../main/engine/network/head.ts';
import { verifyNetwork } from '../../../main/engine/network/verify.ts';
import { problemWith } from '../../support/problem.ts';
import { difference, normalTensor, randomWeights, runOnnx, runTf } from './run.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

type Layer = readonly [op: string, from: string, name: string, attrs?: Record<string, AttrValue>];

/** Dense layers of the given widths on five features, each called 'd' and its place, and layers behind them. */
function networkOf(widths: readonly number[], layers: readonly Layer[], outputs: readonly string[]): Network {
  const node = ([op, from, name, attrs = {}]: Layer, params: Record<string, string> = {}): Node => ({
    ...{ name, op, inputs: [from], outputs: [name], params, attrs },
  });
  return {
    name: 'n',
    inputs: [{ name: 'x', shape: [5] }],
    outputs,
    nodes: [
      ...widths.map((_, i) => node(['Dense', 'x', `d${i}`], { weight: `w${i}` })),
      ...layers.map((layer) => node(layer)),
    ],
    params: Object.fromEntries(
      widths.map((width, i) => [
        `w${i}`,
        { shape: [width, 5], role: 'weight' as const, init: { kind: 'zeros' as const } },
      ]),
    ),
  };
}

const classes = (count: number) => Array.from({ length: count }, (_, i) => `class ${i}`);

function fitted(network: Network, count: number, output?: string, multiLabel = false) {
  const model = { network, weights: randomWeights(network) };
  const data = { sampleShape: [5], classes: classes(count), multiLabel };
  return fitToData(model, data, 'm.onnx', output);
}

const x = normalTensor([3, 5], 'x');
const logitsOf = (network: Network, count: number) => {
  const { network: made, weights } = fitted(network, count);
  verifyNetwork(made);
  return runTf(made, weights, { x });
};
/** What a network without its layers behind the first dense one gives. */
const plain = (width: number) => {
  const network = networkOf([width], [], ['d0']);
  return runTf(network, randomWeights(network), { x });
};

describe('the head of a network', () => {
  const flat: Layer[] = [['Reshape', 'd0', 'r', { shape: [4, 1, 1] }]];

  it.each<[string, readonly Layer[], string]>([
    ['none', [], 'd0'],
    ['none', flat, 'r'],
    ['softmax', [['Softmax', 'd0', 'p', { axis: 1 }]], 'p'],
    ['softmax', [['Softmax', 'd0', 'p', { axis: -1 }]], 'p'],
    ['softmax', [...flat, ['Softmax', 'r', 'p', { axis: 1 }]], 'p'],
    [
      'softmax',
      [
        ['Softmax', 'd0', 'p'],
        ['Reshape', 'p', 'q', { shape: [1, 4] }],
      ],
      'q',
    ],
    ['softmax', [...flat, ['Softmax', 'r', 'p', { axis: 1 }], ['Flatten', 'p', 'q']], 'q'],
    [
      'softmax',
      [...flat, ['Softmax', 'r', 'p', { axis: 1 }], ['Transpose', 'p', 'q', { perm: [0, 2, 3, 1] }]],
      'q',
    ],
    ['log-softmax', [['LogSoftmax', 'd0', 'p', { axis: 1 }]], 'p'],
    [
      'log-softmax',
      [
        ['Softmax', 'd0', 's', { axis: 1 }],
        ['Log', 's', 'p'],
      ],
      'p',
    ],
    ['sigmoid', [['Sigmoid', 'd0', 'p']], 'p'],
    [
      'sigmoid',
      [...flat, ['Sigmoid', 'r', 'p'], ['Flatten', 'p', 'q'], ['Identity', 'q', 'out/p:0']],
      'out/p:0',
    ],
  ])('%s: %j', (kind, layers, output) => {
    const network = networkOf([4], layers, [output]);
    const { network: made } = fitted(network, 4);
    expect(made.head?.kind ?? 'none').toBe(kind);
    expect(made.outputs[0]).toBe(output);
    expect(difference(logitsOf(network, 4), plain(4))).toBe(0);
  });

  it('is part of what the file gives again, without the layers that only lead to logits', () => {
    const network = networkOf([1], [['Sigmoid', 'd0', 'p']], ['p']);
    const { network: made, weights } = fitted(network, 2);
    const back = asInFile(made);
    expect(back).toEqual(network);
    expect(difference(runTf(back, weights, { x }), runTf(network, weights, { x }))).toBe(0);
  });

  it.each<[string, readonly Layer[], string]>([
    ['single-sigmoid', [['Sigmoid', 'd0', 'p']], 'p'],
    [
      'single-sigmoid',
      [
        ['Sigmoid', 'd0', 'p'],
        ['Reshape', 'p', 'q', { shape: [] }],
      ],
      'q',
    ],
    [
      'single-sigmoid',
      [
        ['Reshape', 'd0', 'r', { shape: [1, 1, 1] }],
        ['Sigmoid', 'r', 'p'],
      ],
      'p',
    ],
    ['single-logit', [], 'd0'],
    ['single-logit', [['Reshape', 'd0', 'q', { shape: [1, 1, 1] }]], 'q'],
    ['single-logit', [['Reshape', 'd0', 'q', { shape: [] }]], 'q'],
  ])('of one number z is that of the logits 0 and z: %s, %j', async (kind, layers, output) => {
    const network = networkOf([1], layers, [output]);
    const { network: made, weights, notes } = fitted(network, 2);
    expect(made.head).toEqual({ kind, output });
    const z = plain(1).data;
    expect([...runTf(made, weights, { x }).data]).toEqual([...z].flatMap((value) => [0, value]));
    const onnx = await runOnnx(made, weights, { x });
    expect(difference(onnx, runTf(made, weights, { x }))).toBeLessThan(1e-6);
    expect(notes).toEqual([expect.stringContaining("of 'class 1' against 'class 0'")]);
  });

  it('along single values or of an amount is refused in words', () => {
    const alone = networkOf([1], [['Softmax', 'd0', 'p', { axis: 1 }]], ['p']);
    expect(() => fitted(alone, 2)).toThrow(problemWith({ code: 'network/head', field: 'p' }));
    const wrong = networkOf([4], [...flat, ['Softmax', 'r', 'p', { axis: 2 }]], ['p']);
    expect(() => fitted(wrong, 4)).toThrow(problemWith({ code: 'network/head', field: 'p' }));
    for (const layers of [[], [['Relu', 'd0', 'p']]] as Layer[][]) {
      const network = networkOf([1], layers, [layers.length === 0 ? 'd0' : 'p']);
      const amount = expect.stringMatching(/gives one number for a sample/) as string;
      expect(() => fitted(network, 3)).toThrow(problemWith({ code: 'network/classes', message: amount }));
    }
    expect(() => fitted(networkOf([1], [['Relu', 'd0', 'p']], ['p']), 2)).toThrow(
      problemWith({ code: 'network/classes', remedy: expect.stringContaining('regression') as string }),
    );
  });

  it('of a single value is a logit where it may be negative, and an amount where it may not', () => {
    const kindOf = (...layer: Layer) => answersOf(networkOf([1], [layer], ['p'])).map(({ kind }) => kind);
    expect(kindOf('Tanh', 'd0', 'p')).toEqual(['single-logit']);
    expect(kindOf('Clip', 'd0', 'p', { min: -1, max: 1 })).toEqual(['single-logit']);
    expect(kindOf('Clip', 'd0', 'p', { min: 0, max: 6 })).toEqual(['none']);
    for (const op of ['Relu', 'Softplus', 'Exp', 'Abs', 'Sqrt', 'HardSigmoid'])
      expect(kindOf(op, 'd0', 'p'), op).toEqual(['none']);
  });

  it('along single values does not matter where another output is used', () => {
    const network = networkOf([1, 3], [['Softmax', 'd0', 'p', { axis: 1 }]], ['p', 'd1']);
    expect(fitted(network, 3).output).toBe('d1');
    const both = networkOf(
      [4, 4],
      [
        ['Reshape', 'd0', 'r', { shape: [4, 1] }],
        ['Softmax', 'r', 'p', { axis: 2 }],
      ],
      ['p', 'd1'],
    );
    expect(fitted(both, 4).output).toBe('d1');
    expect(() => fitted(both, 4, 'p')).toThrow(problemWith({ code: 'network/head', field: 'p' }));
  });

  it('that picks one class is refused for data with several', () => {
    const network = networkOf([4], [['Softmax', 'd0', 'p', { axis: 1 }]], ['p']);
    expect(() => fitted(network, 4, undefined, true)).toThrow(
      problemWith({ code: 'network/one-class', field: 'p' }),
    );
    const each = networkOf([4], [['Sigmoid', 'd0', 'p']], ['p']);
    expect(fitted(each, 4, undefined, true).notes).toEqual([]);
    expect(fitted(each, 4).notes).toEqual([expect.stringContaining('binary cross-entropy')]);
  });
});

describe('several outputs', () => {
  const heads = networkOf(
    [8, 4, 4],
    [['Softmax', 'd1', 'head/main', { axis: 1 }]],
    ['d0', 'head/main', 'd2', 'd1'],
  );

  it('of which one fits the classes: it is used, and the others leave with their weights', () => {
    const { network, weights, notes, output } = fitted(networkOf([8, 4], [], ['d0', 'd1']), 4);
    expect(output).toBe('d1');
    expect(network.outputs).toEqual(['d1']);
    expect([...weights.keys()]).toEqual(['w1']);
    expect(Object.keys(network.params)).toEqual(['w1']);
    expect(notes).toEqual([expect.stringMatching(/'d0' \[8\], 'd1' \[4\]: 'd1' is used, since/)]);
  });

  it('of which several would do: the named one is used', () => {
    expect(fitted(heads, 4, 'd2').network.outputs).toEqual(['d2']);
    const main = fitted(heads, 4, 'head/main');
    expect(main.network.outputs).toEqual(['head/main', 'd1']);
    expect(main.notes).toEqual([]);
    // Logits beside their own probabilities.
    expect(fitted(heads, 4, 'd1').network.outputs).toEqual(['d1']);
    expect(fitted(heads, 4, 'd2:0').output).toBe('d2');
  });

  it('are auxiliary where they say so or branch off early', () => {
    const called = networkOf(
      [4, 4],
      [
        ['Identity', 'd0', 'aux_logits'],
        ['Identity', 'd1', 'y'],
      ],
      ['aux_logits', 'y'],
    );
    expect(fitted(called, 4).output).toBe('y');
    expect(fitted({ ...called, outputs: ['y', 'aux_logits'] }, 4).output).toBe('y');
    const deep = networkOf(
      [4, 4],
      [
        ['Relu', 'd1', 'a'],
        ['Neg', 'a', 'b'],
      ],
      ['d0', 'b'],
    );
    expect(fitted(deep, 4).output).toBe('b');
  });

  it('are listed with their shapes where none fits or none is called so', () => {
    expect(() => fitted(heads, 4, 'logits')).toThrow(
      problemWith({
        code: 'network/output',
        field: 'output',
        message: "There is no output 'logits'; there are: 'd0' [8], 'head/main' [4], 'd2' [4].",
      }),
    );
    expect(() => fitted(heads, 5)).toThrow(
      problemWith({
        code: 'network/classes',
        message: expect.stringContaining("'d0' [8], 'head/main' [4], 'd2' [4]") as string,
      }),
    );
    expect(() => fitted(heads, 4, 'd0')).toThrow(
      problemWith({ message: 'The network tells 8 classes apart, the data has 4.' }),
    );
  });

  it('whose weights the logits do not need are neither trained nor pruned', () => {
    expect(trainableParams(heads)).toEqual(['w1']);
    expect(prunableParams(heads)).toEqual(['w1']);
  });
});
