import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRecipeText } from '../../../main/engine/recipe/parse.ts';
import { dataSpecSchema } from '../../../main/contract/data.ts';
import { assemble } from '../../../main/engine/data/assemble.ts';
import type { Dataset } from '../../../main/engine/data/dataset.ts';
import { loadDataset } from '../../../main/engine/data/load.ts';
import { openOnData } from '../../../main/engine/evaluate/on-data.ts';
import { evaluateOnnx } from '../../../main/engine/evaluate/parity.ts';
import { OnnxType } from '../../../main/engine/protobuf/onnx.ts';
import { problemWith } from '../../support/problem.ts';
import { withExternal } from '../formats/external-model.ts';
import { floats, model } from '../formats/onnx-models.ts';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'on-data-'))));
afterAll(() => rm(folder, { recursive: true }));

type Nodes = Parameters<typeof model>[0];

/** Images of 3 x 2 x 2 whose class is the channel that is bright. */
function bright(classes: string[] = ['red', 'green', 'blue']): Dataset {
  const size = 60;
  const labels = Int32Array.from({ length: size }, (_, i) => i % 3);
  const values = Float32Array.from({ length: size * 12 }, (_, i) => {
    const [sample, channel] = [Math.floor(i / 12), Math.floor((i % 12) / 4)];
    return (labels[sample] === channel ? 3 : 0) + ((i * 7) % 5) / 10;
  });
  return assemble(
    { name: 'bright', classes, sampleShape: [3, 2, 2], train: { values, labels } },
    { normalize: 'none', validation: 0, test: 0.2, seed: 1, source: 'bright' },
  );
}

async function saved(name: string, bytes: Uint8Array): Promise<string> {
  await writeFile(join(folder, name), bytes);
  return name;
}

async function score(name: string, dataset: Dataset, output?: string) {
  const found = await openOnData(name, folder, dataset, output);
  const { runnable, judgement } = found;
  return { ...found, ...(await evaluateOnnx(runnable, dataset, { judgement, threads: 1 })) };
}

const pooled: Nodes = [
  ['GlobalAveragePool', ['x'], 'p'],
  ['Flatten', ['p'], 'y'],
];

describe('a model file on data', () => {
  it('gets samples with their axes moved, not only the same numbers', async () => {
    const bytes = model([['ReduceMean', ['x'], 'y', { axes: [1, 2], keepdims: 0 }]], {
      input: ['n', 2, 2, 3],
      opset: 13,
    });
    const found = await score(await saved('last.onnx', bytes), bright());
    expect(found.accuracy).toBe(1);
    expect(found.runnable.model).toBe(join(folder, 'last.onnx'));
    expect(found.notes).toEqual([expect.stringContaining('channels last')]);
  });

  it('answers by the output that fits, or the one that is named', async () => {
    const bytes = model([...pooled, ['Neg', ['y'], 'odd'], ['Flatten', ['x'], 'all']], {
      input: ['n', 3, 2, 2],
      outputs: { y: OnnxType.float32, odd: OnnxType.float32, all: OnnxType.float32 },
    });
    const name = await saved('several.onnx', bytes);
    expect((await score(name, bright())).accuracy).toBe(1);
    expect((await score(name, bright(), 'odd')).accuracy).toBe(0);
    await expect(openOnData(name, folder, bright(), 'none')).rejects.toEqual(
      problemWith({ field: 'output' }),
    );
  });

  it('has the loss of its probabilities where it ends in a softmax', async () => {
    const logits = await score(await saved('y.onnx', model(pooled, { input: ['n', 3, 2, 2] })), bright());
    const soft = model([...pooled, ['Softmax', ['y'], 'p2', { axis: 1 }]], { input: ['n', 3, 2, 2] });
    const found = await score(await saved('p.onnx', soft), bright());
    expect(found.loss).toBeCloseTo(logits.loss, 5);
  });

  it('is fed with the type that it takes', async () => {
    const cast: Nodes = [
      ['Cast', ['x'], 'f', { to: 1 }],
      ['GlobalAveragePool', ['f'], 'p'],
      ['Flatten', ['p'], 'y'],
    ];
    for (const inputType of [OnnxType.float16, OnnxType.float64]) {
      const found = await score(
        await saved('cast.onnx', model(cast, { input: ['n', 3, 2, 2], inputType })),
        bright(),
      );
      expect(found.accuracy).toBe(1);
      expect(found.runnable.model).toBe(join(folder, 'cast.onnx'));
    }
    const bytes = model(cast, { input: ['n', 3, 2, 2], inputType: OnnxType.uint8 });
    const whole = await openOnData(await saved('uint8.onnx', bytes), folder, bright());
    await expect(evaluateOnnx(whole.runnable, bright())).rejects.toEqual(
      problemWith({ code: 'onnx/whole', remedy: expect.stringContaining('normalize: none') as string }),
    );
  });

  it('is warned about when its classes are in another order', async () => {
    const name = await saved(
      'order.onnx',
      model([...pooled.slice(0, 1), ['Flatten', ['p'], 'y'], ['Gather', ['y', 'i'], 'z', { axis: 1 }]], {
        input: ['n', 3, 2, 2],
        tensors: [
          {
            name: 'i',
            dims: [3],
            type: OnnxType.int64,
            raw: new Uint8Array(BigInt64Array.of(2n, 0n, 1n).buffer),
          },
        ],
      }),
    );
    const found = await score(name, bright());
    expect(found.accuracy).toBe(0);
    expect(found.warnings).toEqual([expect.stringContaining('classes seem to be in another order')]);
  });

  it('is read by us where onnxruntime has no kernel for it', async () => {
    const bytes = model(
      [
        ['Conv', ['x', 'w'], 'c', { kernel_shape: [2, 2] }],
        ['Flatten', ['c'], 'y'],
      ],
      {
        input: ['n', 3, 2, 2],
        inputType: OnnxType.float64,
        tensors: [
          {
            name: 'w',
            dims: [3, 3, 2, 2],
            type: OnnxType.float64,
            raw: new Uint8Array(
              Float64Array.from({ length: 36 }, (_, i) =>
                Number(Math.floor(i / 12) === Math.floor((i % 12) / 4)),
              ).buffer,
            ),
          },
        ],
      },
    );
    const found = await score(await saved('double.onnx', bytes), bright());
    expect(found.accuracy).toBe(1);
    expect(found.notes).toEqual([expect.stringContaining('does not run the file as it is')]);
  });

  it('is fitted by what it takes and gives where it cannot be read as a network', async () => {
    const quantised: Nodes = [
      ['ReduceMean', ['x'], 'm', { axes: [1, 2], keepdims: 0 }],
      ['QuantizeLinear', ['m', 'scale', 'zero'], 'q'],
      ['Cast', ['q'], 'f', { to: 1 }],
      ['Mul', ['f', 'scale'], 'd'],
      ['Softmax', ['d'], 'y', { axis: 1 }],
      ['ArgMax', ['y'], 'label', { axis: 1 }],
    ];
    const bytes = model(quantised, {
      input: ['n', 'h', 'w', 3],
      opset: 13,
      tensors: [
        floats('scale', [], [0.02]),
        { name: 'zero', dims: [], type: OnnxType.uint8, raw: Uint8Array.of(0) },
      ],
      outputs: { y: OnnxType.float32, label: OnnxType.int64 },
    });
    const found = await score(await saved('int8.onnx', bytes), bright());
    expect(found.accuracy).toBe(1);
    expect(found.loss).toBeLessThan(0.2);
    expect(found.read).toBeNull();
  });
});

it('finds external data beside the model, wherever the program was started', async () => {
  const weights = new Uint8Array(32);
  new Float32Array(weights.buffer, 8).set([1, 0, 0, 1, 0, 0]);
  await mkdir(join(folder, 'beside'), { recursive: true });
  await writeFile(join(folder, 'beside', 'w.bin'), weights);
  await writeFile(join(folder, 'beside', 'm.onnx'), withExternal('w.bin'));
  // Another file of that name where the program stands, as ONNX's own loaders would find it.
  const before = process.cwd();
  await mkdir(join(folder, 'elsewhere'));
  await writeFile(join(folder, 'elsewhere', 'w.bin'), new Uint8Array(32));
  const values = Float32Array.from({ length: 90 }, (_, i) => (i % 3 === Math.floor(i / 3) % 2 ? 1 : 0));
  const labels = Int32Array.from({ length: 30 }, (_, i) => i % 2);
  const dataset = assemble(
    { name: 'points', classes: ['a', 'b'], sampleShape: [3], train: { values, labels } },
    { normalize: 'none', validation: 0, test: 0.2, seed: 1, source: 'points' },
  );
  process.chdir(join(folder, 'elsewhere'));
  try {
    expect((await score('beside/m.onnx', dataset)).accuracy).toBe(1);
  } finally {
    process.chdir(before);
  }
});

const CASES = fileURLToPath(new URL('../../../../shared/cases/', import.meta.url));
const missing = existsSync(CASES) ? '' : ' (skipped: ../shared/cases is missing)';

describe(`files that people reported${missing}`, () => {
  const named = ['m.onnx', 'fp16.onnx', 'hw.onnx', 'dyn.onnx'];
  for (const name of [
    '04-outputs-aux-then-logits',
    '04-outputs-logits-then-aux',
    '04-outputs-sigmoid1',
    '04-outputs-sigmoid4',
    '04-outputs-two-prob-then-argmax',
    '05-tf2onnx-nhwc',
    '06-dynamic-quant-in',
    '07-fp16-in',
    '08-uint8-input',
    '10-dynamic-axes',
    '60c-upsample7-only',
    '65b-unsorted-nodes',
    '66-external-onnx-data',
    '67-local-function',
    '67b-if-constant-cond',
  ]) {
    it.skipIf(missing !== '')(`${name} is right for all samples`, async () => {
      const base = join(CASES, name);
      const text = await readFile(join(base, 'r.json'), 'utf8');
      const { data } = parseRecipeText(text, 'r.json') as { data: unknown };
      const dataset = await loadDataset(dataSpecSchema.parse(data), { seed: 1, baseFolder: base });
      const file = named.find((known) => existsSync(join(base, known))) ?? '';
      const { runnable, judgement } = await openOnData(file, base, dataset);
      expect((await evaluateOnnx(runnable, dataset, { judgement, threads: 1 })).accuracy).toBe(1);
    });
  }

  it.skipIf(missing !== '')('66d-external-cwd takes the data beside it', async () => {
    await cp(join(CASES, '66d-external-cwd'), join(folder, '66d'), { recursive: true });
    const before = process.cwd();
    process.chdir(join(folder, '66d', 'b'));
    try {
      const base = join(folder, '66d', 'a');
      const data = dataSpecSchema.parse({ kind: 'npz', path: 'data.npz', normalize: 'none' });
      const dataset = await loadDataset(data, { seed: 1, baseFolder: base });
      const { runnable } = await openOnData('m.onnx', base, dataset);
      expect((await evaluateOnnx(runnable, dataset, { threads: 1 })).accuracy).toBe(1);
    } finally {
      process.chdir(before);
    }
  });
});
