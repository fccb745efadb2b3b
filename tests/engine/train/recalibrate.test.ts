import '@tensorflow/tfjs-backend-cpu';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import type { Backend } from '../../../main/engine/backend/backend.ts';
import { openPlain } from '../../../main/engine/backend/plain.ts';
import type { Dataset } from '../../../main/engine/data/dataset.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import type { WeightSet } from '../../../main/engine/network/graph.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { hasBatchNorm, recalibrate } from '../../../main/engine/train/recalibrate.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openPlain('cpu', 'cpu', 'plain JavaScript');
});

const SAMPLES = 23;
const random = Random.from(5, 'recalibrate');

/** Samples of two features whose means and variances are far from 0 and 1. */
function dataset(shape: readonly number[]): Dataset {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from(
    { length: SAMPLES * size },
    (_, i) => 3 * random.normal() + (i % size) - 1,
  );
  const split = { values, labels: new Int32Array(SAMPLES), size: SAMPLES };
  return {
    name: 'test',
    sampleShape: shape,
    classes: ['a', 'b'],
    train: split,
    validation: split,
    test: split,
    normalization: {
      mean: shape.length === 1 ? shape.flatMap((n) => Array<number>(n).fill(0)) : [0],
      std: shape.length === 1 ? shape.flatMap((n) => Array<number>(n).fill(1)) : [1],
    },
    fingerprint: 'none',
  };
}

const options = (batchSize: number) => ({
  batchSize,
  random: Random.from(1, 'order'),
  gate: async () => undefined,
});
const numbers = (weights: WeightSet, name: string) => [...(weights.get(name)?.data ?? [])];

/** Population mean and variance of each column. */
function columns(rows: readonly (readonly number[])[]): { mean: number[]; variance: number[] } {
  const width = rows[0]?.length ?? 0;
  const mean = Array.from(
    { length: width },
    (_, c) => rows.reduce((s, r) => s + (r[c] ?? 0), 0) / rows.length,
  );
  const variance = mean.map((m, c) => rows.reduce((s, r) => s + ((r[c] ?? 0) - m) ** 2, 0) / rows.length);
  return { mean, variance };
}

describe('recalibration', () => {
  it('gives a first batch norm the population mean and variance of its input, whatever the batches', async () => {
    const network = new NetworkBuilder('net', [3])
      .dense('fc1', 4)
      .batchNorm('bn1')
      .relu()
      .dense('fc2', 2)
      .build();
    const weights = initialize(network, Random.from(1, 'weights'));
    const data = dataset([3]);
    const w = numbers(weights, 'fc1.weight');
    const b = numbers(weights, 'fc1.bias');
    const x = data.train.values;
    const rows = Array.from({ length: SAMPLES }, (_, n) =>
      b.map((bias, o) => bias + [0, 1, 2].reduce((s, f) => s + (w[o * 3 + f] ?? 0) * (x[n * 3 + f] ?? 0), 0)),
    );
    const expected = columns(rows);
    for (const batchSize of [4, 5, SAMPLES]) {
      const result = await recalibrate(backend, { network, weights }, data, options(batchSize));
      numbers(result, 'bn1.mean').forEach((v, i) => expect(v).toBeCloseTo(expected.mean[i] ?? NaN, 4));
      numbers(result, 'bn1.variance').forEach((v, i) =>
        expect(v / (expected.variance[i] ?? NaN)).toBeCloseTo(1, 4),
      );
      const others = (set: WeightSet) =>
        [...set].filter(([name]) => !/mean|variance/.test(name)).map(([name, { data: d }]) => [name, ...d]);
      expect(others(result)).toEqual(others(weights));
    }
  });

  it('counts every pixel of a channel, and normalises the layers below by their batch', async () => {
    const network = new NetworkBuilder('net', [1, 2, 2])
      .conv('conv1', 2, { kernel: 1, pad: 0, bias: false })
      .batchNorm('bn1')
      .batchNorm('bn2')
      .flatten()
      .dense('fc', 2)
      .build();
    const weights = initialize(network, Random.from(2, 'weights'));
    const data = dataset([1, 2, 2]);
    const x = [...data.train.values];
    const [w0 = 0, w1 = 0] = numbers(weights, 'conv1.weight');
    const expected = columns(x.map((v) => [v * w0, v * w1]));
    const result = await recalibrate(backend, { network, weights }, data, options(SAMPLES));
    numbers(result, 'bn1.mean').forEach((v, i) => expect(v).toBeCloseTo(expected.mean[i] ?? NaN, 4));
    numbers(result, 'bn1.variance').forEach((v, i) =>
      expect(v / (expected.variance[i] ?? NaN)).toBeCloseTo(1, 4),
    );
    // What bn1 gives has mean 0 and variance s / (s + epsilon) in each channel.
    numbers(result, 'bn2.mean').forEach((v) => expect(v).toBeCloseTo(0, 4));
    numbers(result, 'bn2.variance').forEach((v, i) => {
      const s = expected.variance[i] ?? NaN;
      expect(v).toBeCloseTo(s / (s + 1e-5), 4);
    });
  });

  it('knows networks without batch norm', () => {
    expect(hasBatchNorm(new NetworkBuilder('net', [3]).dense('fc', 2).build())).toBe(false);
  });
});

describe('a run that recalibrates', () => {
  const recipe = (changes: Partial<RecipeInput>): RecipeInput => ({
    network: 'vgg-like',
    data: { kind: 'digits', train: 48, validation: 0, test: 20 },
    dense: { epochs: 1, batchSize: 16 },
    paradigm: 'magnitude-one-shot',
    budget: { sparsity: 0.9 },
    prune: { recalibrate: true },
    export: ['safetensors'],
    ...changes,
  });
  const run = async (input: RecipeInput) => {
    const folder = await mkdtemp(join(tmpdir(), 'espalier-recalibrate-'));
    const session = {
      recipe: recipeSchema.parse(input),
      folder,
      baseFolder: folder,
      device: 'onnxruntime',
      resume: false,
    };
    return runSession(session, new Control(() => undefined), () => undefined).finally(() =>
      rm(folder, { recursive: true }),
    );
  };

  it('reports the accuracy before and after', async () => {
    const { course, compressed, timings } = await run(recipe({}));
    expect(course.map(({ label }) => label)).toEqual(['dense', 'Prune', 'Recalibrate batch norm']);
    expect(course.at(-1)?.accuracy).toBe(compressed.accuracy);
    expect(timings.stages.map(({ label }) => label).slice(-2)).toEqual([
      'Recalibrate batch norm',
      'Evaluate compressed',
    ]);
  }, 60_000);

  it('is refused by name for a network without batch norm', async () => {
    await expect(run(recipe({ network: 'lenet-300-100' }))).rejects.toThrow(
      "'lenet-300-100' has no batch norm",
    );
  });
});
