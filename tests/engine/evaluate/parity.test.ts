import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../main/engine/data/dataset.ts';
import { compareWithOnnx, evaluateOnnx, largestDifference } from '../../../main/engine/evaluate/parity.ts';
import { OnnxType } from '../../../main/engine/protobuf/onnx.ts';
import { linearModel } from './models.ts';

const identity = [1, 0, 0, 1];

describe('compareWithOnnx', () => {
  const inputs = { shape: [3, 2], data: Float32Array.from([1, 2, 3, 4, 5, 6]) };

  it('finds no difference to the same network, however the samples are cut', async () => {
    const logits = { shape: [3, 2], data: Float32Array.from([1.5, 2, 3.5, 4, 5.5, 6]) };
    for (const batch of [1, 2, 3]) {
      const parity = await compareWithOnnx(linearModel(identity, [0.5, 0]), inputs, logits, { batch });
      expect(parity).toEqual({ maxDifference: 0, samples: 3 });
    }
  });

  it('finds the largest difference, wherever it is', async () => {
    const logits = { shape: [3, 2], data: Float32Array.from([1, 2, 3, 4, 5, 6.25]) };
    expect(
      (await compareWithOnnx(linearModel(identity, [0, 0]), inputs, logits, { batch: 2 })).maxDifference,
    ).toBe(0.25);
  });
});

describe('largestDifference', () => {
  it('lets NaN agree with nothing but NaN', () => {
    const nan = Float32Array.from([NaN, 1]);
    expect(largestDifference(nan, nan)).toBe(0);
    expect(largestDifference(nan, Float32Array.from([0, 1]))).toBe(Infinity);
    expect(largestDifference(nan, Float32Array.from([NaN]))).toBe(Infinity);
  });
});

describe('evaluateOnnx', () => {
  const empty = { size: 0, values: new Float32Array(), labels: new Int32Array() };
  /** Raw values (10, 20) and (20, 40) become (0, 0) and (1, 1): only their normalised difference decides the class. */
  const dataset: Dataset = {
    name: 'two points',
    classes: ['a', 'b'],
    sampleShape: [2],
    train: empty,
    validation: empty,
    test: { size: 3, values: Uint8Array.from([20, 20, 10, 40, 20, 30]), labels: Int32Array.from([0, 1, 1]) },
    normalization: { mean: [10, 20], std: [10, 20] },
    fingerprint: '',
  };

  it('normalises per feature and scores what onnxruntime answers', async () => {
    // Normalised: (1, 0) -> a, (0, 1) -> b, (1, 0.5) -> a: the last one is wrong. Raw values would all score b or tie.
    const result = await evaluateOnnx(linearModel(identity, [0, 0]), dataset, { batch: 2 });
    expect(result.confusion).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(result.accuracy).toBeCloseTo(2 / 3, 12);
  });

  it('takes the constants of the model where they are given', async () => {
    const normalization = { mean: [0, 0], std: [1, 1] };
    const result = await evaluateOnnx(linearModel(identity, [0, 0]), dataset, { normalization });
    expect(result.accuracy).toBe(1);
  });

  it('normalises images per channel, not per pixel', async () => {
    const image: Dataset = {
      ...dataset,
      sampleShape: [2, 1, 2],
      test: { size: 1, values: Float32Array.from([1, 3, 10, 30]), labels: Int32Array.from([0]) },
      normalization: { mean: [1, 10], std: [2, 20] },
    };
    // Normalised: 0, 1 | 0, 1. The first row adds up to 2, the second to -1.
    const flat = linearModel([1, 1, 1, 1, 0, -1, 0, 0], [0, 0]);
    // Four features instead of [2, 1, 2]: the values fit, so the flat model can be asked.
    expect((await evaluateOnnx(flat, image)).loss).toBeCloseTo(Math.log1p(Math.exp(-3)), 6);
  });

  it('names what does not fit', async () => {
    await expect(evaluateOnnx(Uint8Array.of(1, 2, 3), dataset, { file: 'x.onnx' })).rejects.toMatchObject({
      problem: { code: 'onnx/unreadable', file: 'x.onnx', kind: 'input' },
    });
    await expect(
      evaluateOnnx(linearModel(identity, [0, 0]), dataset, { part: 'train' }),
    ).rejects.toMatchObject({
      problem: { code: 'data/empty-part' },
    });
    await expect(evaluateOnnx(linearModel([1, 0, 0, 1, 0, 0], [0, 0, 0]), dataset)).rejects.toMatchObject({
      problem: { code: 'evaluate/classes', message: expect.stringContaining('3 classes') as string },
    });
    await expect(evaluateOnnx(linearModel([1, 0, 0, 1, 0, 0], [0, 0]), dataset)).rejects.toMatchObject({
      problem: { code: 'onnx/unsupported' },
    });
    const whole = linearModel(identity, [0, 0], 'batch', OnnxType.int64);
    await expect(evaluateOnnx(whole, dataset)).rejects.toMatchObject({
      problem: { code: 'onnx/unsupported', message: expect.stringContaining('int64') as string },
    });
  });

  it('takes answers in other precisions', async () => {
    const result = await evaluateOnnx(linearModel(identity, [0, 0], 'batch', OnnxType.float64), dataset);
    expect(result.accuracy).toBeCloseTo(2 / 3, 12);
  });

  it('keeps to a batch size that the model insists on', async () => {
    for (const batch of [1, 2, 5]) {
      const { confusion } = await evaluateOnnx(linearModel(identity, [0, 0], batch), dataset);
      expect(confusion).toEqual([
        [1, 0],
        [1, 1],
      ]);
    }
  });
});
