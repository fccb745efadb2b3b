import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { summarizeOnnx } from '../../../main/engine/formats/onnx/summary.ts';
import { exportFormats } from '../../../main/engine/formats/index.ts';
import { activationScale, quantizeLayer } from '../../../main/engine/formats/onnx/int8/numbers.ts';
import { SEVEN_BITS, UNSIGNED } from '../../../main/engine/formats/onnx/int8/weight-form.ts';
import { int8Model } from '../../../main/engine/formats/onnx/int8/write.ts';
import type { OnnxModel } from '../../../main/engine/protobuf/onnx.ts';
import { encodeModel } from '../../../main/engine/protobuf/onnx.ts';
import { writeOnnx } from '../../../main/engine/formats/onnx/write.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import type { MaskSet, Network, TensorData, WeightSet } from '../../../main/engine/network/graph.ts';
import { prunableParams } from '../../../main/engine/network/graph.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';
import { missingPythonOnnx, runPython } from '../../support/python-onnx.ts';
import { difference, normalTensor } from '../network/run.ts';
import { attention, convolutional, trained } from './int8-networks.ts';

const folder = temporaryFolder();
const skipped = missingPythonOnnx();

function halfPruned(network: Network, weights: WeightSet): MaskSet {
  const random = Random.from(2, 'masks');
  return new Map(
    prunableParams(network).map((name) => [
      name,
      Uint8Array.from({ length: weights.get(name)?.data.length ?? 0 }, () => Number(random.float() < 0.5)),
    ]),
  );
}

async function run(bytes: Uint8Array, x: TensorData): Promise<TensorData> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const [input = ''] = session.inputNames;
  const found = await session.run({ [input]: new Tensor('float32', x.data, x.shape) });
  const output = found[session.outputNames.at(-1) ?? ''];
  await session.release();
  return { shape: output?.dims ?? [], data: output?.data as Float32Array };
}

/** The operators that onnxruntime really runs. */
async function optimized(model: OnnxModel): Promise<Readonly<Record<string, number>>> {
  const file = join(folder, 'optimized.onnx');
  const session = await InferenceSession.create(encodeModel(model), {
    graphOptimizationLevel: 'extended',
    optimizedModelFilePath: file,
    logSeverityLevel: 4,
  });
  await session.release();
  return summarizeOnnx(await readFile(file)).ops;
}

/** The float weights that a file's 8-bit weights stand for, by name. */
function dequantized({ graph }: OnnxModel): Map<string, { data: Float32Array; scales: Float32Array }> {
  const stored = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const floats = (raw: Uint8Array) => new Float32Array(raw.slice().buffer);
  return new Map(
    [...stored].flatMap(([name, tensor]) => {
      const source = name.replace(/_quantized$/, '');
      const scales = stored.get(`${source}_scale`);
      const zeroPoint = stored.get(`${source}_zero_point`);
      if (tensor.type > 3 || source === name || scales === undefined || zeroPoint === undefined) return [];
      expect(zeroPoint.type).toBe(tensor.type);
      expect(new Set(zeroPoint.raw)).toEqual(new Set([tensor.type === 2 ? 128 : 0]));
      const values =
        tensor.type === 2
          ? Array.from(tensor.raw, (value) => value - 128)
          : [...new Int8Array(tensor.raw.slice().buffer)];
      const all = floats(scales.raw);
      const data = Float32Array.from(
        values,
        (value, i) => value * (all[Math.floor((i * all.length) / values.length)] ?? NaN),
      );
      return [[source, { data, scales: all }]];
    }),
  );
}

describe('numbers of eight bits', () => {
  it('hold zero exactly and the range to half a step', () => {
    for (const [min, max] of [
      [0, 6],
      [-1, 3],
      [-5, -2],
      [0.25, 0.5],
      [-1e-3, 1e3],
    ] as const) {
      const { scale, zeroPoint } = activationScale({ min, max });
      expect(Number.isInteger(zeroPoint)).toBe(true);
      for (let i = 0; i <= 20; i++) {
        const value = min + ((max - min) * i) / 20;
        const whole = Math.min(255, Math.max(0, Math.round(value / scale) + zeroPoint));
        expect(Math.abs((whole - zeroPoint) * scale - value)).toBeLessThanOrEqual(scale * 1.0001);
      }
    }
    expect(activationScale({ min: 0, max: 0 })).toEqual({ scale: 1, zeroPoint: 0 });
  });

  it('have a step of max |w| / 127 for each output', () => {
    const weights = Float32Array.of(0.5, -1.27, 0, 0.01, 0, 0, 0, 0, 254, 3, -1, 0);
    const { weights: whole, scales } = quantizeLayer(weights, 3, undefined, 0.1, 127);
    expect([...whole]).toEqual([50, -127, 0, 1, 0, 0, 0, 0, 127, 2, -0, 0].map((value) => value + 0));
    expect(scales[0]).toBeCloseTo(0.01, 8);
    expect(scales[2]).toBeCloseTo(2, 6);
  });

  it('keep a bias, also where all weights of its output are pruned or tiny', () => {
    const weights = Float32Array.of(1, 0.5, 0, 0, 1e-20, -1e-20);
    const bias = Float32Array.of(0.3, -2, 7);
    const { weights: whole, bias: shift, scales } = quantizeLayer(weights, 3, bias, 0.02, 127);
    bias.forEach((value, o) => {
      const back = (shift?.values[o] ?? NaN) * (shift?.scales[o] ?? NaN);
      expect(Math.abs(back - value)).toBeLessThan(2e-4);
      expect(shift?.scales[o]).toBeCloseTo((scales[o] ?? NaN) * 0.02, 9);
    });
    expect([...whole.subarray(2, 4)]).toEqual([0, 0]);
  });
});

describe('ONNX in eight bits', () => {
  const network = convolutional();
  const weights = trained(network);
  const masks = halfPruned(network, weights);
  const samples = normalTensor([64, 3, 16, 16], 'samples');

  const forms = [
    ['unsigned', UNSIGNED],
    ['of 7 bits', SEVEN_BITS],
  ] as const;

  it.each(forms)('computes nearly the same, pruned weights exactly zero, weights %s', async (_, form) => {
    const { model, notes } = await int8Model(network, weights, masks, samples, form);
    const x = normalTensor([50, 3, 16, 16], 'x');
    const found = difference(
      await run(encodeModel(model), x),
      await run(writeOnnx(network, weights, { masks }), x),
    );
    expect(found).toBeLessThan(form === UNSIGNED ? 0.06 : 0.12);
    expect(found).toBeGreaterThan(0);
    expect(notes).toEqual(['7 layers compute in 8 bits.']);
    const stored = dequantized(model);
    expect([...stored.keys()].sort()).toEqual(prunableParams(network).sort());
    for (const [name, mask] of masks) {
      const { data } = stored.get(name) ?? { data: new Float32Array() };
      mask.forEach((kept, i) => {
        if (kept === 0) expect(Object.is(data[i], 0), `${name}[${i}]`).toBe(true);
      });
    }
    // Where no normalisation was folded into them, the weights are at most half a step off.
    for (const name of ['pw.weight', 'grouped.weight', 'd1.weight']) {
      const original = weights.get(name)?.data ?? new Float32Array();
      const outputs = network.params[name]?.shape[0] ?? 1;
      const { data, scales } = stored.get(name) ?? { data: new Float32Array(), scales: new Float32Array() };
      for (let o = 0; o < outputs; o++) {
        const size = original.length / outputs;
        let largest = 0;
        for (let i = o * size; i < (o + 1) * size; i++) {
          const value = masks.get(name)?.[i] === 0 ? 0 : (original[i] ?? NaN);
          largest = Math.max(largest, Math.abs(value));
          expect(Math.abs((data[i] ?? NaN) - value)).toBeLessThanOrEqual((scales[o] ?? 0) * 0.50001);
        }
        expect(scales[o]).toBeCloseTo(largest / form.largest, 7);
      }
    }
  });

  it.each(forms)('has its zeros counted where its zero point is, weights %s', async (_, form) => {
    const { model } = await int8Model(network, weights, masks, samples, form);
    const summary = summarizeOnnx(encodeModel(model));
    expect(summary.eightBits).toBe(true);
    expect(summary.wideWeights).toEqual([]);
    expect(summary.weights).toHaveLength(7);
    const stored = dequantized(model);
    for (const name of summary.weights) {
      const { nonzero } = summary.tensors.find((tensor) => tensor.name === name) ?? { nonzero: NaN };
      const data = [...(stored.get(name.replace(/_quantized$/, ''))?.data ?? [])];
      expect(nonzero, name).toBe(data.filter((value) => value !== 0).length);
      expect(nonzero, name).toBeLessThan(0.7 * data.length);
    }
  });

  it('is the same file every time', async () => {
    const [a, b] = [
      await int8Model(network, weights, masks, samples, UNSIGNED),
      await int8Model(network, weights, masks, samples, UNSIGNED),
    ];
    expect(Buffer.compare(encodeModel(a.model), encodeModel(b.model))).toBe(0);
  });

  it.each(forms)(
    'becomes 8-bit kernels in onnxruntime and nothing in float32, weights %s',
    async (_, form) => {
      const ops = await optimized((await int8Model(network, weights, masks, samples, form)).model);
      expect(ops).toMatchObject({ QLinearConv: 5, QLinearAdd: 1, QLinearConcat: 1, QGemm: 2 });
      for (const op of ['Conv', 'FusedConv', 'Gemm', 'Add', 'Concat', 'Relu', 'Clip', 'DequantizeLinear']) {
        expect(ops[op], op).toBeUndefined();
      }
    },
  );

  it.each(forms)('leaves attention in float32 and says so, weights %s', async (_, form) => {
    const tokens = attention();
    const values = trained(tokens);
    const samples = normalTensor([40, 6, 8], 'tokens');
    const { model, notes } = await int8Model(tokens, values, new Map(), samples, form);
    expect(notes).toEqual(['4 layers compute in 8 bits.', 'Float32 as before: 2 MatMul, Softmax.']);
    const x = normalTensor([30, 6, 8], 'x');
    const found = difference(await run(encodeModel(model), x), await run(writeOnnx(tokens, values), x));
    expect(found).toBeLessThan(form === UNSIGNED ? 0.05 : 0.1);
    const ops = await optimized(model);
    expect(ops['MatMulIntegerToFloat']).toBe(4);
    // One of the two takes the transposition before it along.
    expect((ops['MatMul'] ?? 0) + (ops['FusedMatMul'] ?? 0)).toBe(2);
  });

  it.skipIf(skipped !== undefined)(
    `passes onnx.checker with its shapes${skipped === undefined ? '' : ` (skipped: ${skipped})`}`,
    async () => {
      for (const [net, x] of [
        [network, samples],
        [attention(), normalTensor([4, 6, 8], 'tokens')],
      ] as const) {
        const file = join(folder, 'checked.onnx');
        await writeFile(
          file,
          encodeModel((await int8Model(net, trained(net), new Map(), x, UNSIGNED)).model),
        );
        const script = `
import sys, onnx
model = onnx.load(sys.argv[1])
onnx.checker.check_model(model, full_check=True)
print(model.opset_import[0].version)`;
        expect(runPython(script, [file]).trim()).toBe('17');
      }
    },
  );

  it('refuses what it cannot make, with a remedy', async () => {
    const format = exportFormats.get('onnx-int8');
    await expect(format.write({ network, weights, masks, metadata: {} })).rejects.toThrow(
      problemWith({ code: 'export/no-data' }),
    );
    const plain = new NetworkBuilder('plain', [4]).relu().build();
    await expect(int8Model(plain, new Map(), new Map(), normalTensor([4, 4], 'x'), UNSIGNED)).rejects.toThrow(
      problemWith({ code: 'onnx/int8-nothing' }),
    );
    expect(() => format.check?.(plain, new Map())).toThrow(problemWith({ code: 'onnx/int8-nothing' }));
    expect(() => format.check?.(network, weights)).not.toThrow();
    const huge = normalTensor([4, 3, 16, 16], 'x');
    huge.data.fill(Infinity);
    await expect(int8Model(network, weights, masks, huge, UNSIGNED)).rejects.toThrow(
      problemWith({ code: 'onnx/int8-range' }),
    );
  });
});
