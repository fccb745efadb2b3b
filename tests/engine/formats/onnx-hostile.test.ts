import { describe, expect, it } from 'vitest';
import { EspalierError } from '../../../main/contract/errors.ts';
import { decodeModel } from '../../../main/engine/formats/onnx/read/decode.ts';
import { importModel, readOnnx } from '../../../main/engine/formats/onnx/read/read.ts';
import { writeOnnx } from '../../../main/engine/formats/onnx/write.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { floats, ints, model } from './onnx-models.ts';
import { changedNodes, nodeWithGraphs, withFunctions } from './onnx-parts.ts';

describe('refusals', () => {
  const refused: [string, Uint8Array, RegExp, string?][] = [
    [
      'an unknown operator',
      model([
        ['Relu', ['x'], 'r'],
        ['GridSample', ['r'], 'y'],
      ]),
      /node 'node1' \(GridSample, 2 of 2\) is of a type/,
      'node1',
    ],
    ['an old opset', model([['Relu', ['x'], 'y']], { opset: 5 }), /opset 5/],
    [
      'an open image size',
      model([['Relu', ['x'], 'y']], { input: ['n', 3, 'h', 'w'] }),
      /input 'x' has an open size/,
      'x',
    ],
    ['a computed weight', model([['Conv', ['x', 'x'], 'y']]), /'node0' .* computes its weight/, 'node0'],
    [
      'a cycle',
      model([
        ['Add', ['x', 'b'], 'a'],
        ['Relu', ['a'], 'b'],
      ]),
      /in a circle: 'node0', 'node1'/,
      'node0',
    ],
    [
      'a shape that moves the batch',
      model([['Reshape', ['x', 's'], 'y']], { tensors: [ints('s', [2, -1])] }),
      /does not keep the batch/,
      'node0',
    ],
    [
      'a wrong weight',
      model([['Conv', ['x', 'w'], 'y']], { tensors: [floats('w', [3, 5, 3, 3])] }),
      /'node0' .*does not fit.*\[any, 2, any, any\]/,
      'node0',
    ],
    [
      'a weight that is not finite',
      model([['MatMul', ['x', 'w'], 'y']], { input: ['n', 2], tensors: [floats('w', [2, 1], [1, NaN])] }),
      /'w' holds NaN/,
      'w',
    ],
    [
      'fewer numbers than the shape says',
      model([['MatMul', ['x', 'w'], 'y']], {
        input: ['n', 2],
        tensors: [{ ...floats('w', [2, 1]), dims: [2, 1000] }],
      }),
      /'w' cannot be read.*8000/,
      'w',
    ],
    [
      'absurd dimensions',
      model([['MatMul', ['x', 'w'], 'y']], {
        input: ['n', 2],
        tensors: [{ ...floats('w', [2, 1]), dims: [2 ** 40, 2 ** 40] }],
      }),
      /impossible shape/,
      'w',
    ],
    [
      'a constant blown up',
      model(
        [
          ['ConstantOfShape', ['s'], 'c'],
          ['Add', ['x', 'c'], 'y'],
        ],
        { tensors: [ints('s', [2 ** 20, 2 ** 20])] },
      ),
      /makes a constant of/,
      'node0',
    ],
    [
      'a value blown up',
      model([['Pad', ['x', 'p'], 'y']], { tensors: [ints('p', [0, 0, 2 ** 30, 2 ** 30, 0, 0, 0, 0])] }),
      /Pad/,
      undefined,
    ],
    [
      'an output without input',
      model([['Constant', [], 'y', { value: { tensor: floats('', [1]) } }]]),
      /output 'y' does not depend/,
      'y',
    ],
  ];
  for (const [title, bytes, message, field] of refused) {
    it(`names the place of ${title}`, () => {
      expect(() => readOnnx(bytes, { file: 'm.onnx' })).toThrow(
        expect.objectContaining({
          message: expect.stringMatching(message) as string,
          problem: expect.objectContaining({
            kind: 'input',
            file: 'm.onnx',
            ...(field && { field }),
          }) as object,
        }),
      );
    });
  }

  it('refuses numbers in a file that was not given, and reads them when it is', () => {
    const decoded = decodeModel(
      model([['Add', ['x', 'w'], 'y']], { input: ['n', 3], tensors: [floats('w', [3])] }),
    );
    const source = { kind: 'external', location: 'weights.bin', offset: 8, length: 12 } as const;
    const elsewhere = {
      ...decoded,
      initializers: decoded.initializers.map((tensor) => ({ ...tensor, source })),
    };
    expect(() => importModel(elsewhere)).toThrow(/'w' cannot be read.*'weights.bin'/);
    const asked: unknown[] = [];
    const { weights } = importModel(elsewhere, {
      external(...place) {
        asked.push(place);
        return new Uint8Array(Float32Array.of(1, 2, 3).buffer);
      },
    });
    expect(asked[0]).toEqual(['weights.bin', 8, 12]);
    expect([...(weights.get('w')?.data ?? [])]).toEqual([1, 2, 3]);
  });
});

describe('damaged files', () => {
  const seeds = [
    (() => {
      const network = new NetworkBuilder('seed', [2, 6, 6])
        .conv('conv', 3)
        .batchNorm('bn')
        .relu6()
        .maxPool(2)
        .flatten()
        .dense('fc', 4)
        .build();
      return writeOnnx(network, initialize(network, Random.from(1, 'seed')), { metadata: { a: 'b' } });
    })(),
    model(
      [
        ['Shape', ['x'], 'shape'],
        ['Gather', ['shape', 'zero'], 'n', { axis: 0 }],
        ['Unsqueeze', ['n', 'axes'], 'n1'],
        ['Concat', ['n1', 'rest'], 'target', { axis: 0 }],
        ['Slice', ['x', 'zero1', 'rest', 'axes1', 'steps'], 'part'],
        ['Pad', ['part', 'pads'], 'padded'],
        ['Reshape', ['padded', 'target'], 'flat'],
        ['Gemm', ['flat', 'w', 'b'], 'y', { alpha: { float: 0.5 } }],
      ],
      {
        tensors: [
          ints('zero', [0], []),
          ints('zero1', [0]),
          ints('axes', [0]),
          ints('axes1', [2]),
          ints('steps', [2]),
          ints('rest', [-1]),
          ints('pads', [0, 0, 0, 1, 0, 0, 1, 0]),
          floats('w', [30, 3]),
          floats('b', [3]),
        ],
      },
    ),
  ];

  seeds.push(
    changedNodes(
      withFunctions(
        [
          ['Own', ['x'], 'a'],
          ['Shape', ['a'], 's'],
          ['Add', ['b', 'w'], 'y'],
        ],
        [{ name: 'Own', inputs: ['v'], outputs: ['r'], nodes: [['Neg', ['v'], 'r']] }],
        { tensors: [floats('w', [4]), ints('c', [1], [])] },
      ),
      (nodes) => [
        ...nodes,
        nodeWithGraphs('If', ['c'], ['b'], {
          then_branch: [[['Relu', ['a'], 'o']]],
          else_branch: [[['Abs', ['a'], 'o']]],
        }),
      ],
    ),
  );

  /** Reads and demands a result or a problem with a code. */
  function survives(bytes: Uint8Array, what: string): void {
    try {
      readOnnx(bytes, { file: 'fuzzed.onnx' });
    } catch (error) {
      if (!(error instanceof EspalierError)) throw new Error(`${what}: ${String(error)}`, { cause: error });
      expect(error.problem.file, what).toBe('fuzzed.onnx');
    }
  }

  it('are refused at every length that cuts them off', () => {
    for (const seed of seeds) {
      for (let length = 0; length < seed.length; length++)
        survives(seed.subarray(0, length), `cut at ${length}`);
      expect(() => readOnnx(seed)).not.toThrow();
    }
  });

  it('are read or refused, never worse, with any bytes changed, inserted or removed', () => {
    const random = Random.from(1, 'fuzz');
    const special = [0, 1, 0x7f, 0x80, 0xff];
    for (let round = 0; round < 6000; round++) {
      const seed = seeds[round % seeds.length] ?? new Uint8Array();
      let bytes = Array.from(seed);
      const changes = 1 + random.int(4);
      for (let change = 0; change < changes; change++) {
        const at = random.int(bytes.length);
        const value = random.int(2) === 0 ? random.int(256) : (special[random.int(special.length)] ?? 0);
        const kind = random.int(5);
        if (kind <= 2) bytes[at] = value;
        else if (kind === 3) bytes.splice(at, random.int(8), ...Array<number>(random.int(12)).fill(value));
        else bytes = [...bytes.slice(0, at), ...bytes.slice(random.int(bytes.length))];
      }
      survives(Uint8Array.from(bytes), `round ${round}`);
    }
  });

  it('cannot turn few bytes into many objects', () => {
    // Two bytes for each empty node.
    const nodes = new Uint8Array(8_000_000);
    for (let i = 0; i < nodes.length; i += 2) nodes[i] = 0x0a;
    const length = nodes.length;
    const header = [
      0x3a,
      (length & 127) | 128,
      ((length >> 7) & 127) | 128,
      ((length >> 14) & 127) | 128,
      length >> 21,
    ];
    expect(() => readOnnx(Uint8Array.from([...header, ...nodes.subarray(0, 0)]))).toThrow(/beyond the end/);
    const whole = new Uint8Array(header.length + length);
    whole.set(header);
    whole.set(nodes, header.length);
    expect(() => readOnnx(whole)).toThrow(/more than 2000000/);
  });

  it('cannot send the reader into deep recursion', () => {
    // Groups within groups, each a single byte.
    expect(() => readOnnx(new Uint8Array(1_000_000).fill(0x0b))).toThrow(EspalierError);
  });

  it('cannot make it copy one tensor thousands of times', () => {
    const nodes = Array.from({ length: 3000 }, (_, i): [string, string[], string] => [
      'Add',
      [i === 0 ? 'x' : `v${i - 1}`, 'w'],
      `v${i}`,
    ]);
    const bytes = model(nodes, { input: ['n', 100_000], tensors: [floats('w', [100_000])] });
    expect(() => readOnnx(bytes)).toThrow(/one use of stored numbers too many/);
  });
});
