import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { readOnnx } from '../../../main/engine/formats/onnx/read/read.ts';
import type { WriteOnnxOptions } from '../../../main/engine/formats/onnx/write.ts';
import { writeOnnx } from '../../../main/engine/formats/onnx/write.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import type { MaskSet } from '../../../main/engine/network/graph.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { missingPythonOnnx, runPython } from '../../support/python-onnx.ts';
import { cases } from '../network/cases.ts';
import { difference, inputsOf, normalTensor, oneOpNetwork, randomWeights, runTf } from '../network/run.ts';

const folder = temporaryFolder();
const skipped = missingPythonOnnx();

const network = new NetworkBuilder('small', [2, 8, 8])
  .conv('conv', 8)
  .batchNorm('bn')
  .relu6()
  .maxPool(2)
  .flatten()
  .dense('fc', 5)
  .build();
const weights = randomWeights(network);

/** Masks that keep this share of the dense layer, and all of the rest. */
function masksKeeping(share: number): MaskSet {
  const random = Random.from(1, 'mask');
  const size = weights.get('fc.weight')?.data.length ?? 0;
  return new Map([['fc.weight', Uint8Array.from({ length: size }, () => (random.float() < share ? 1 : 0))]]);
}

async function run(bytes: Uint8Array) {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const x = normalTensor([3, 2, 8, 8], 'x');
  const found = await session.run({ input: new Tensor('float32', x.data, x.shape) });
  const output = found[network.outputs[0] ?? ''];
  await session.release();
  return { shape: output?.dims ?? [], data: output?.data as Float32Array };
}

describe('sparse initializers', () => {
  it('are written where they are smaller, and give the same network and the same outputs', async () => {
    for (const [share, smaller] of [
      [0.1, true],
      [0.3, true],
      [0.4, false],
      [1, false],
    ] as const) {
      const masks = masksKeeping(share);
      const dense = writeOnnx(network, weights, { masks });
      const sparse = writeOnnx(network, weights, { masks, sparse: true });
      expect(sparse.length < dense.length, `${share}`).toBe(smaller);
      expect(difference(await run(sparse), await run(dense))).toBe(0);
      const back = readOnnx(sparse);
      expect(back.network).toEqual(readOnnx(dense).network);
      for (const [name, { data }] of readOnnx(dense).weights) {
        expect([...(back.weights.get(name)?.data ?? [])], name).toEqual([...data]);
      }
    }
  });

  it.skipIf(skipped !== undefined)(
    `pass onnx.checker${skipped === undefined ? '' : ` (skipped: ${skipped})`}`,
    async () => {
      const file = join(folder, 'sparse.onnx');
      await writeFile(file, writeOnnx(network, weights, { masks: masksKeeping(0.1), sparse: true }));
      const script = `
import sys, onnx
model = onnx.load(sys.argv[1])
onnx.checker.check_model(model)
print([s.values.name for s in model.graph.sparse_initializer])`;
      expect(runPython(script, [file]).trim()).toBe("['fc.weight']");
    },
  );

  it('are refused when they claim far more than is stored, or positions outside', () => {
    const bytes = Buffer.from(writeOnnx(network, weights, { masks: masksKeeping(0.01), sparse: true }));
    // The dims of the sparse tensor, 5 x 128, follow its two parts: make 128 a number of five bytes.
    const dims = bytes.lastIndexOf(Buffer.from([0x18, 5, 0x18, 0x80, 1]));
    expect(dims).toBeGreaterThan(0);
    const smaller = Buffer.from(bytes);
    smaller[dims + 1] = 1;
    expect(() => readOnnx(smaller)).toThrow(/'fc.weight'.*outside/);
    const random = Random.from(1, 'sparse');
    for (let i = 0; i < 300; i++) {
      const copy = Buffer.from(bytes);
      copy[Math.floor(random.float() * copy.length)] = Math.floor(random.float() * 256);
      try {
        readOnnx(copy, { file: 'm' });
      } catch (error) {
        expect(error).toMatchObject({ problem: { kind: 'input', file: 'm' } });
      }
    }
  });
});

describe('half precision', () => {
  const half: WriteOnnxOptions = { type: 'float16' };

  it('is half the size, close, and takes and gives float32', async () => {
    const [whole, short] = [writeOnnx(network, weights), writeOnnx(network, weights, half)];
    expect(short.length).toBeLessThan(0.65 * whole.length);
    expect(difference(await run(short), await run(whole))).toBeLessThan(0.01);
  });

  it('keeps zeros zero', () => {
    const masks = masksKeeping(0.2);
    const { weights: back } = readOnnx(writeOnnx(network, weights, { masks, ...half }));
    masks.get('fc.weight')?.forEach((kept, i) => {
      if (kept === 0) expect(back.get('fc.weight')?.data[i]).toBe(0);
    });
  });

  it('computes nearly the same for every layer type, in onnxruntime and when it is read again', async () => {
    for (const [title, entry] of Object.entries(cases)) {
      const one = oneOpNetwork(entry);
      const values = randomWeights(one);
      const inputs = inputsOf(entry);
      const bytes = writeOnnx(one, values, half);
      const back = readOnnx(bytes);
      const ours = runTf(one, values, inputs);
      const read = runTf({ ...back.network, outputs: ['y'] }, back.weights, inputs);
      expect(difference(read, ours), title).toBeLessThan(0.01);
      const session = await InferenceSession.create(bytes, { logSeverityLevel: 4, intraOpNumThreads: 1 });
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([name, { shape, data }]) => [name, new Tensor('float32', data, shape)]),
      );
      const y = (await session.run(feeds))['y'];
      await session.release();
      const theirs = { shape: y?.dims ?? [], data: y?.data as Float32Array };
      expect(difference(theirs, ours), title).toBeLessThan(0.03);
    }
  });
});
