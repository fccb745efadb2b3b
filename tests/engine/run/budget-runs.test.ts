import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { CancelledError, Control } from '../../../main/engine/base/control.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';
import { Stop } from './stop.ts';

const scratch = temporaryFolder();
let runs = 0;

const base = {
  network: 'lenet-5-caffe',
  data: { kind: 'digits', train: 64, validation: 0, test: 20 },
  dense: { epochs: 1 },
  finetune: { epochs: 1 },
  paradigm: 'magnitude-one-shot',
  export: ['onnx'],
} as const satisfies Partial<RecipeInput>;

/** A whole run of LeNet-5-Caffe with next to no training: what it leaves and tells. */
async function run(budget: RecipeInput['budget'], change: Partial<RecipeInput> = {}) {
  const folder = join(scratch, String(runs++));
  const recipe = recipeSchema.parse({ ...base, budget, ...change });
  const options = { recipe, folder, baseFolder: scratch, device: 'onnxruntime', threads: 1, resume: false };
  const report = await runSession(options, new Control(), () => undefined);
  return { report, file: (name: string) => readFileSync(join(folder, name)) };
}

const channels = { prune: { structure: { kind: 'channel' } } } as const;

/** The share of what was promised that was used: at most 1 where the promise is kept. */
const used = ({ asked, after }: { asked: number; after: number }) => after / asked;
/** 'Within 2 %'. */
const NEAR = 0.02;

describe('a budget is kept', () => {
  it('of memory, by channels that leave', async () => {
    const [promise] = (await run({ memory: 0.5 }, channels)).report.promises;
    expect(promise?.kind).toBe('memory');
    expect(Math.abs(used(promise as never) - 1)).toBeLessThanOrEqual(NEAR);
  });

  it('of the bytes of a download, by zeros', async () => {
    const { report, file } = await run({ bytes: { kept: 300_000, gzip: true } });
    const [promise] = report.promises;
    expect(promise).toMatchObject({ kind: 'bytes', asked: 300_000, of: 'onnx, gzipped' });
    const size = gzipSync(file('model.onnx'), { level: 9 }).byteLength;
    // The file has words about the run besides.
    expect(Math.abs(size - (promise?.after ?? 0))).toBeLessThan(2000);
    expect(used(promise as never)).toBeLessThanOrEqual(1 + NEAR);
    expect(used(promise as never)).toBeGreaterThan(0.95);
  });

  it('of the bytes of a sparse file, over two rounds', async () => {
    const { report } = await run(
      { bytes: { kept: 0.2, format: 'onnx-sparse' } },
      { network: 'lenet-300-100', paradigm: 'magnitude-iterative', prune: { rounds: 2, epochs: 0 } },
    );
    const [promise] = report.promises;
    expect(used(promise as never)).toBeLessThanOrEqual(1 + NEAR);
    expect(used(promise as never)).toBeGreaterThan(0.95);
    const sparsities = report.history.filter(({ name }) => name === 'sparsity').map(({ value }) => value);
    expect(new Set(sparsities).size).toBeGreaterThanOrEqual(2);
    expect(sparsities).toEqual(sparsities.toSorted((a, b) => a - b));
  });

  it('of the time of a call, as far as it can be told', async () => {
    const { report } = await run({ latency: { kept: 0.5, batch: 8 } }, channels);
    const [promise] = report.promises;
    expect(promise).toMatchObject({ kind: 'latency', of: 'batch 8, 1 thread' });
    const [low = 0, high = 0] = promise?.spread ?? [];
    expect(low).toBeLessThanOrEqual(promise?.after ?? 0);
    expect(high).toBeGreaterThanOrEqual(promise?.after ?? 0);
    // Clocks of a busy machine are no clocks, and steps have their own ideas of what saves time: smaller it is in any case.
    expect(report.compressed.macs).toBeLessThan(report.dense?.macs ?? 0);
  });

  it.each<[string, RecipeInput['budget'], Partial<RecipeInput>, string]>([
    ['sparsity and bytes', { sparsity: 0.5, bytes: { kept: 0.2, format: 'onnx-sparse' } }, {}, 'bytes'],
    ['MACs and parameters', { macs: 0.5, parameters: 0.1 }, channels, 'parameters'],
    ['MACs and memory', { macs: 0.25, memory: 0.9 }, channels, 'macs'],
  ])('of %s at once, by what takes most', async (_words, budget, change, binding) => {
    const { report } = await run(budget, change);
    expect(report.promises).toHaveLength(2);
    for (const promise of report.promises) expect(used(promise)).toBeLessThanOrEqual(1 + NEAR);
    const most = report.promises.toSorted((a, b) => used(b) - used(a))[0];
    expect(most?.kind).toBe(binding);
    expect(used(most as never)).toBeGreaterThan(1 - 2 * NEAR);
  });
});

describe('a budget that only measuring tells is kept by methods that prune while they train', () => {
  const within = { network: 'lenet-300-100', paradigm: 'magnitude-gradual', prune: { epochs: 2, updatesPerEpoch: 4 } } as const; // prettier-ignore
  const bytes = { bytes: { kept: 0.25, gzip: true } } as const;

  it.each<[string, RecipeInput['budget'], Partial<RecipeInput>]>([
    ['bytes, gradually', bytes, within],
    ['a sparsity and bytes, gradually', { sparsity: 0.5, ...bytes }, within],
    [
      'a sparsity and bytes, by drop and grow',
      { sparsity: 0.5, ...bytes },
      { ...within, paradigm: 'rigl', prune: {} },
    ],
  ])('%s', async (_words, budget, change) => {
    const { report, file } = await run(budget, change);
    const promise = report.promises.find(({ kind }) => kind === 'bytes');
    expect(used(promise as never)).toBeLessThanOrEqual(1 + NEAR);
    expect(used(promise as never)).toBeGreaterThan(0.95);
    const size = gzipSync(file('model.onnx'), { level: 9 }).byteLength;
    expect(Math.abs(size - (promise?.after ?? 0))).toBeLessThan(2000);
  });

  it('memory, while a penalty wears channels down', async () => {
    const prune = { epochs: 2, structure: { kind: 'channel' } } as const;
    const { report } = await run({ memory: 0.5 }, { paradigm: 'greg-2', prune });
    const [promise] = report.promises;
    expect(promise?.kind).toBe('memory');
    expect(Math.abs(used(promise as never) - 1)).toBeLessThanOrEqual(NEAR);
  });

  it('the time of a call, by drop and grow', async () => {
    const { report } = await run(
      { latency: { kept: 0.6, target: 'wasm' } },
      { ...within, paradigm: 'rigl', prune: {} },
    );
    const [promise] = report.promises;
    expect(promise).toMatchObject({ kind: 'latency', of: 'WebAssembly, batch 1' });
    // Clocks of a busy machine are no clocks: that zeros had to come for it is certain in any case.
    expect(report.compressed.sparsity).toBeGreaterThan(0.3);
  });

  it('goes there step by step, and the same after a break', async () => {
    const recipe = recipeSchema.parse({ ...base, ...within, budget: bytes, export: ['safetensors'] });
    const at = { recipe, baseFolder: scratch, device: 'onnxruntime', threads: 1 };
    const [whole, parts] = ['gradual', 'gradual-parts'].map((name) => join(scratch, name)) as [
      string,
      string,
    ];
    const counted = new Stop();
    const report = await runSession({ ...at, folder: whole, resume: false }, counted, () => undefined);
    const sparsities = report.history.filter(({ name }) => name === 'sparsity').map(({ value }) => value);
    expect(sparsities).toEqual(sparsities.toSorted((a, b) => a - b));
    expect(sparsities.at(-1)).toBeGreaterThan(0.5);
    const stop = new Stop(Math.round(counted.gates * 0.6));
    const part = runSession({ ...at, folder: parts, resume: false }, stop, () => undefined);
    await expect(part).rejects.toThrow(CancelledError);
    await runSession({ ...at, folder: parts, resume: true }, new Control(), () => undefined);
    const [first, second] = [whole, parts].map((folder) => readFileSync(join(folder, 'weights.safetensors')));
    expect(second?.equals(first ?? Buffer.alloc(0))).toBe(true);
  });
});

describe('a budget is refused before anything is trained', () => {
  it.each<[string, RecipeInput['budget'], Partial<RecipeInput>, string]>([
    ['of too few bytes', { bytes: { kept: 100, gzip: true } }, {}, 'budget/unreachable'],
    ['of too little memory', { memory: 0.0001 }, channels, 'budget/unreachable'],
    ['of too short a time', { latency: 1e-6 }, channels, 'budget/unreachable'],
    ['that is met already', { bytes: { kept: 100_000_000, gzip: true } }, {}, 'budget/whole'],
    ['of bytes that zeros do not save', { bytes: 0.5 }, {}, 'recipe/budget'],
    ['of time that zeros do not save', { latency: 1 }, {}, 'recipe/budget'],
    [
      'of bytes whose masks come with values of their own',
      { sparsity: 0.9, bytes: { kept: 0.1, gzip: true } },
      { paradigm: 'edge-popup' },
      'recipe/budget',
    ],
  ])('%s', async (_words, budget, change, code) => {
    await expect(run(budget, change)).rejects.toThrow(problemWith({ code }));
  });
});

describe('a floor under accuracy', () => {
  const learning = {
    network: 'lenet-300-100',
    data: { kind: 'digits', train: 1000, validation: 200, test: 200 },
    dense: { epochs: 3 },
    finetune: { epochs: 1 },
  } as const satisfies Partial<RecipeInput>;

  it('takes what is asked for where that holds', async () => {
    const { report } = await run({ sparsity: 0.5, accuracyDrop: 5 }, learning);
    expect(report.sparsity).toBeCloseTo(0.5, 2);
    const [, floor] = report.promises;
    expect(floor).toMatchObject({ kind: 'accuracyDrop', asked: 0.05 });
    expect(floor?.after).toBeLessThanOrEqual(0.05);
    expect(report.findings.join()).toContain('The only attempt holds: with 50.0 % of the weights pruned');
  });

  it('goes back to the most that holds, and says what more would cost', async () => {
    const { report } = await run({ sparsity: 0.995, accuracyDrop: 2 }, learning);
    expect(report.sparsity).toBeGreaterThan(0.3);
    expect(report.sparsity).toBeLessThan(0.99);
    const [amount, floor] = report.promises;
    expect(used(amount as never)).toBeGreaterThan(1.02);
    expect(floor?.after).toBeLessThanOrEqual(0.02);
    expect(report.findings.join()).toMatch(/next step that was tried.* (points are|1 point is) lost/);
    expect(report.checks.revivedWeights).toBe(0);
  });

  it('finds how much may go of what was never asked', async () => {
    const { report } = await run({ accuracyDrop: 3 }, { ...learning, ...channels });
    expect(report.promises.map(({ kind }) => kind)).toEqual(['accuracyDrop']);
    expect(report.promises[0]?.after).toBeLessThanOrEqual(0.03);
    expect(report.compressed.macs).toBeLessThan(report.dense?.macs ?? 0);
    expect(report.removals.length).toBeGreaterThan(0);
  });

  it('goes on where it was stopped, and ends with the same bytes', async () => {
    const recipe = recipeSchema.parse({
      ...base,
      ...learning,
      ...channels,
      dense: { epochs: 2 },
      export: ['safetensors'],
      budget: { macs: 0.02, accuracyDrop: 1 },
    });
    const at = { recipe, baseFolder: scratch, device: 'onnxruntime', threads: 1 };
    const [whole, parts] = ['whole', 'parts'].map((name) => join(scratch, name)) as [string, string];
    const counted = new Stop();
    await runSession({ ...at, folder: whole, resume: false }, counted, () => undefined);
    for (const share of [0.4, 0.7, 0.95]) {
      const stop = new Stop(Math.round(counted.gates * 0.2 * share));
      const part = runSession({ ...at, folder: parts, resume: true }, stop, () => undefined);
      await expect(part).rejects.toThrow(CancelledError);
    }
    await runSession({ ...at, folder: parts, resume: true }, new Control(), () => undefined);
    const [first, second] = [whole, parts].map((folder) => readFileSync(join(folder, 'weights.safetensors')));
    expect(second?.equals(first ?? Buffer.alloc(0))).toBe(true);
  });

  it('needs samples to judge by', async () => {
    await expect(run({ sparsity: 0.5, accuracyDrop: 5 })).rejects.toThrow(
      problemWith({ field: 'budget.accuracyDrop' }),
    );
  });
});

describe('a budget of time', () => {
  it('is told with what the run took', async () => {
    const { report } = await run({ sparsity: 0.5, time: 3600 });
    expect(report.promises[1]).toMatchObject({ kind: 'time', asked: 3600 });
    expect(report.promises[1]?.after).toBe(report.timings.total);
  });

  it('refuses a plan that takes longer, by some steps of it', async () => {
    await expect(run({ sparsity: 0.5, time: 0.5 }, { dense: { epochs: 10_000 } })).rejects.toThrow(
      problemWith({ code: 'budget/time', field: 'budget.time' }),
    );
  });
});
