import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EngineMessage } from '../../../main/contract/messages.ts';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { reportSchema, type Report } from '../../../main/contract/report.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { readSafetensors } from '../../../main/engine/formats/safetensors/read.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { CHECKPOINT_FILE } from '../../../main/files/checkpoint-file.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';
import { Stop } from './stop.ts';

const scratch = temporaryFolder();

const base: RecipeInput = {
  network: 'vgg-like',
  narrow: 0.995,
  data: { kind: 'digits', train: 192, test: 60, validation: 20 },
  seed: 3,
  dense: { epochs: 1, batchSize: 32 },
  paradigm: 'layer-fusion',
  prune: { epochs: 1 },
  budget: { layers: 5 },
  finetune: { epochs: 1, batchSize: 32 },
  export: ['onnx', 'safetensors'],
};

function run(
  recipe: RecipeInput,
  folder: string,
  control = new Control(),
  resume = false,
  emit: (message: EngineMessage) => void = () => undefined,
): Promise<Report> {
  const options = { recipe: recipeSchema.parse(recipe), folder, baseFolder: scratch, device: 'onnxruntime' };
  return runSession({ ...options, threads: 1, resume }, control, emit);
}

const weightsOf = (folder: string) => readFileSync(join(folder, 'weights.safetensors'));

describe('a run that fuses layers', () => {
  const undisturbed = join(scratch, 'undisturbed');
  const whole = run(base, undisturbed);

  it('ends with as many layers as were asked for, and tells what each fusion came to', async () => {
    const report = reportSchema.parse(await whole);
    const { fusions, promises, dense, compressed } = report;
    expect(fusions.map(({ amounts }) => [amounts.before.layers, amounts.after.layers])).toEqual([
      [7, 6],
      [6, 5],
    ]);
    expect(promises).toMatchObject([{ kind: 'layers', before: 7, asked: 5, after: 5 }]);
    // The best pair went first.
    for (const { rho, others } of fusions)
      for (const other of others) expect(rho).toBeLessThanOrEqual(other.rho);
    expect(fusions[0]?.before).toEqual({ accuracy: dense?.accuracy, loss: dense?.loss });
    expect(fusions[0]?.trained).toEqual(fusions[1]?.before);
    expect(fusions[1]?.trained).toEqual({ accuracy: compressed.accuracy, loss: compressed.loss });
    expect(fusions[1]?.amounts.after.macs).toBe(compressed.macs);
    expect(fusions[1]?.amounts.after.parameters).toBe(compressed.parameters);
    expect(report.verdict).toContain('7 layers became 5');
    expect(report.checks.onnxMaxDifference).toBeLessThan(1e-4);
    const page = readFileSync(join(undisturbed, 'report.html'), 'utf8');
    expect(page).toContain('Fused layers');
    const { tensors } = readSafetensors(weightsOf(undisturbed), 'weights.safetensors');
    expect(tensors.filter(({ name, shape }) => name.endsWith('.weight') && shape.length > 1)).toHaveLength(5);
  });

  it('tells how far it is within a fusion, too, and comes to the end exactly', async () => {
    const told: EngineMessage[] = [];
    await run(base, join(scratch, 'told'), new Control(), false, (message) => told.push(message));
    const plan = told.find((message) => message.type === 'plan');
    const kinds = plan?.type === 'plan' ? plan.stages.map(({ id }) => id) : [];
    const progress = told.flatMap((message) => (message.type === 'progress' ? [message.progress] : []));
    const within = progress.filter(({ stage }) => kinds[stage] === 'fuse-1');
    expect(within.length).toBeGreaterThan(2);
    expect(within.at(-1)?.fraction).toBeGreaterThan(within[0]?.fraction ?? 1);
    expect(within.at(-1)?.etaSeconds).toBeGreaterThan(0);
    const fractions = progress.map(({ fraction }) => fraction);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(progress.at(-1)?.fraction).toBeCloseTo(1, 9);
  });

  it('gives the same bytes when it is cancelled anywhere and goes on', async () => {
    await whole;
    const count = new Stop();
    await run(base, join(scratch, 'counted'), count);
    for (const share of [0.45, 0.8]) {
      const folder = join(scratch, `cancelled-${share}`);
      await expect(run(base, folder, new Stop(Math.round(share * count.gates)))).rejects.toThrow();
      await run(base, folder, new Control(), existsSync(join(folder, CHECKPOINT_FILE)));
      expect(weightsOf(folder).equals(weightsOf(undisturbed))).toBe(true);
    }
  });

  it('gives the same bytes when its process is killed and it goes on', async () => {
    await whole;
    const folder = join(scratch, 'killed');
    const entry = new URL('../../../main/engine/process/entry.ts', import.meta.url);
    const engine = (resume: boolean, checkpoints: number) =>
      new Promise<NodeJS.Signals | null>((resolve) => {
        const child = fork(entry, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
        let left = checkpoints;
        child.on('message', (raw) => {
          const message = raw as EngineMessage;
          const recipe = recipeSchema.parse(base);
          const start = {
            type: 'start',
            recipe,
            folder,
            baseFolder: scratch,
            device: 'onnxruntime',
            threads: 1,
          };
          if (message.type === 'ready') child.send({ ...start, resume });
          if (message.type === 'checkpoint' && --left === 0) child.kill('SIGKILL');
        });
        child.on('exit', (_code, signal) => resolve(signal));
      });
    // After the first fusion, after the training behind it, and then to the end.
    expect(await engine(false, 4)).toBe('SIGKILL');
    expect(await engine(true, 2)).toBe('SIGKILL');
    expect(await engine(true, Infinity)).toBeNull();
    expect(weightsOf(folder).equals(weightsOf(undisturbed))).toBe(true);
  });

  it('draws the shallow network anew for the control, of the same shapes and other numbers', async () => {
    await whole;
    const folder = join(scratch, 'control');
    const report = await run({ ...base, prune: { epochs: 1, control: 'reinitialize' } }, folder);
    const fused = (await whole).fusions;
    expect(report.fusions.map(({ first }) => first)).toEqual(fused.map(({ first }) => first));
    const [a, b] = [folder, undisturbed].map((where) => readSafetensors(weightsOf(where), 'w').tensors);
    expect(a?.map(({ name, shape }) => [name, shape])).toEqual(b?.map(({ name, shape }) => [name, shape]));
    expect(weightsOf(folder).equals(weightsOf(undisturbed))).toBe(false);
  });

  it('fuses inside the branches of a residual network', async () => {
    const report = await run(
      {
        ...base,
        network: 'resnet-20',
        narrow: 0.99,
        data: { kind: 'digits', train: 64, test: 40 },
        prune: { epochs: 0 },
        budget: { layers: 20 },
      },
      join(scratch, 'resnet'),
    );
    expect(report.fusions).toHaveLength(2);
    for (const { first, second, kernel } of report.fusions) {
      expect(second).toBe(first.replace('conv1', 'conv2'));
      expect(kernel?.[0]).toBeGreaterThanOrEqual(5);
    }
    expect(report.checks.onnxMaxDifference).toBeLessThan(1e-4);
  });

  it('stops when a budget of MACs is met, and refuses one that no fusions meet before anything is trained', async () => {
    const mlp: RecipeInput = {
      ...base,
      network: 'lenet-300-100',
      data: { kind: 'digits', train: 256, test: 40 },
      budget: { macs: 0.9 },
      prune: { epochs: 0 },
    };
    const report = await run(mlp, join(scratch, 'macs'));
    expect(report.compressed.macs).toBeLessThanOrEqual(0.9 * (report.dense?.macs ?? 0));
    expect(report.promises[0]).toMatchObject({ kind: 'macs' });
    await expect(run({ ...mlp, budget: { macs: 0.01 } }, join(scratch, 'little'))).rejects.toThrow(
      problemWith({ code: 'budget/unreachable', field: 'budget.macs' }),
    );
  });
});
