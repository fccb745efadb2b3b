import { describe, expect, it } from 'vitest';
import type { HeadKind } from '../../../main/contract/head.ts';
import { Random } from '../../../main/engine/base/random.ts';
import type { Dataset } from '../../../main/engine/data/dataset.ts';
import { answersFrom, logitsFrom } from '../../../main/engine/evaluate/feed.ts';
import { measureLatency } from '../../../main/engine/evaluate/latency.ts';
import { evaluateOnnx } from '../../../main/engine/evaluate/parity.ts';
import { WasmModel } from '../../../main/engine/evaluate/wasm-model.ts';
import { writeOnnx } from '../../../main/engine/formats/onnx/write.ts';
import { wasm } from '../../../main/engine/formats/sparse/wasm/format.ts';
import { readEnds } from '../../../main/engine/formats/sparse/wasm/sections.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { problemWith } from '../../support/problem.ts';
import { randomWeights } from '../network/run.ts';

const network = new NetworkBuilder('small', [2, 6, 5])
  .conv('conv', 3)
  .relu()
  .flatten()
  .dense('fc', 4)
  .build();
const weights = randomWeights(network);

function drawnData(): Dataset {
  const random = Random.from(3, 'samples');
  const size = 40;
  const part = {
    size,
    values: Float32Array.from({ length: size * 60 }, () => random.normal()),
    labels: Int32Array.from({ length: size }, () => random.int(4)),
  };
  return {
    name: 'drawn',
    classes: ['a', 'b', 'c', 'd'],
    sampleShape: [2, 6, 5],
    ...{ train: part, validation: part, test: part },
    normalization: { mean: [0.1, -0.2], std: [1.5, 0.7] },
    fingerprint: '',
  };
}

async function moduleOf(): Promise<Uint8Array> {
  const [file] = await wasm.write({
    network,
    weights,
    masks: new Map(),
    metadata: { 'espalier.accuracy': '0.25' },
  });
  return file?.bytes ?? new Uint8Array();
}

describe('measuring WebAssembly modules', () => {
  it('gives the accuracy and the loss that onnxruntime gives', async () => {
    const data = drawnData();
    const [module, onnx] = [await moduleOf(), writeOnnx(network, weights)];
    const found = await evaluateOnnx(module, data);
    const expected = await evaluateOnnx(onnx, data);
    expect(found.accuracy).toBe(expected.accuracy);
    expect(found.right).toBe(expected.right);
    expect(found.loss).toBeCloseTo(expected.loss, 4);
  });

  it('times it beside others', async () => {
    const times = await measureLatency([await moduleOf(), writeOnnx(network, weights)], {
      ...{ sampleShape: [2, 6, 5], threads: 1, runs: 10, seconds: 1 },
    });
    expect(times.map(({ batch, threads }) => [batch, threads])).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it('reads what the module says of itself', async () => {
    const { ends, metadata } = await readEnds(await moduleOf(), 'model.wasm');
    expect(ends).toEqual({ output: 'fc', kind: 'none', shape: [2, 6, 5], weights: 414, kept: 414 });
    expect(metadata).toEqual({ 'espalier.accuracy': '0.25' });
  });

  it('refuses samples of another size, and what is no module', async () => {
    const model = await WasmModel.open(await moduleOf());
    await expect(model.run(new Float32Array(59), 1)).rejects.toEqual(
      problemWith({ code: 'wasm/unsupported' }),
    );
    await expect(WasmModel.open(Uint8Array.of(0, 0x61, 0x73, 0x6d))).rejects.toEqual(
      problemWith({ code: 'wasm/unreadable' }),
    );
  });
});

describe('answers from logits', () => {
  it.each<HeadKind>(['none', 'softmax', 'log-softmax', 'sigmoid', 'single-sigmoid', 'single-logit'])(
    '%s: logits made of them again say the same of the classes',
    (kind) => {
      const logits = kind.startsWith('single-')
        ? Float32Array.of(0, 1.5, 0, -2)
        : Float32Array.of(0.5, -1, 2, 1, 0, -3);
      const classes = kind.startsWith('single-') ? 2 : 3;
      const again = logitsFrom(answersFrom(logits, classes, kind), kind);
      const free = kind === 'softmax' || kind === 'log-softmax';
      for (let from = 0; from < logits.length; from += classes) {
        // A softmax leaves a constant open.
        const shift = free ? (logits[from] ?? 0) - (again[from] ?? 0) : 0;
        for (let i = from; i < from + classes; i++)
          expect((again[i] ?? NaN) + shift).toBeCloseTo(logits[i] ?? NaN, 4);
      }
    },
  );
});
