import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { EspalierError } from '../../../main/contract/errors.ts';
import type { EngineMessage } from '../../../main/contract/messages.ts';
import type { RecipeInput } from '../../../main/contract/recipe.ts';
import type { Report } from '../../../main/contract/report.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { checkRecipe } from '../../../main/engine/recipe/check.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { temporaryFolder } from '../../support/folder.ts';

const scratch = temporaryFolder();
const data = { kind: 'digits', train: 600, validation: 0, test: 300 } as const;
const common = { data, budget: { sparsity: 0.5 }, export: ['onnx'] } as const;
let network = '';
let trained: Report;

async function run(
  name: string,
  change: Partial<RecipeInput>,
): Promise<{ report: Report; warnings: string[] }> {
  const { recipe, problems } = checkRecipe({ ...common, network, paradigm: 'magnitude-one-shot', ...change });
  if (recipe === null) throw new EspalierError(problems[0] ?? { code: 'none', message: '', kind: 'run' });
  const folder = join(scratch, name);
  const messages: EngineMessage[] = [];
  const options = { recipe, folder, baseFolder: scratch, device: 'onnxruntime', threads: 1, resume: false };
  const report = await runSession(options, new Control(), (message) => messages.push(message));
  const warnings = messages.flatMap((m) => (m.type === 'log' && m.level === 'warning' ? [m.text] : []));
  return { report, warnings };
}

beforeAll(async () => {
  const made = await run('maker', {
    network: 'lenet-300-100',
    dense: { epochs: 4 },
    budget: { sparsity: 0 },
  });
  trained = made.report;
  network = join(scratch, 'maker', 'model.onnx');
}, 120_000);

it('is the dense side of its run as it comes, bit for bit', async () => {
  expect(trained.compressed.accuracy).toBeGreaterThan(0.6);
  const { report, warnings } = await run('plain', { finetune: { epochs: 1 } });
  expect(report.dense?.accuracy).toBe(trained.compressed.accuracy);
  expect(report.original).toBeNull();
  expect(report.compressed.accuracy).toBeGreaterThan(trained.compressed.accuracy - 0.1);
  expect(warnings).toEqual([]);
  const { lost, gained, samples } = report.pairs ?? { lost: NaN, gained: NaN, samples: NaN };
  expect(samples).toBe(300);
  expect((gained - lost) / samples).toBeCloseTo(
    report.compressed.accuracy - (report.dense?.accuracy ?? NaN),
    9,
  );
});

it('is never trained to be compared with a method that draws weights anew', async () => {
  const { report } = await run('snip', { paradigm: 'snip', dense: { epochs: 1 } });
  expect(report.dense?.accuracy).toBe(trained.compressed.accuracy);
  const labels = report.timings.stages.map(({ label }) => label);
  expect(labels).toContain('Draw weights anew, the trained ones are thrown away');
  expect(labels.filter((label) => label.startsWith('Train'))).toEqual(['Train sparse']);
});

it('stands beside a dense network that was trained again, with a warning where that got worse', async () => {
  const { report, warnings } = await run('again', { dense: { epochs: 1, lr: 1.5, momentum: 0.5 } });
  expect(report.original?.accuracy).toBe(trained.compressed.accuracy);
  expect(report.dense?.accuracy).toBeLessThan(trained.compressed.accuracy - 0.1);
  expect(warnings.join('\n')).toMatch(/Trained again, your network gets .* leave dense out/);
  expect(report.verdict).toContain("of your file's network");
  expect(report.files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['original.onnx', 'dense.onnx']),
  );
  const { lost = 0, gained = 0 } = report.pairs ?? {};
  expect((gained - lost) / 300).toBeCloseTo(report.compressed.accuracy - trained.compressed.accuracy, 9);
});

it('names the stage that diverged and the field that changes it', async () => {
  const blown = (change: Partial<RecipeInput>) =>
    run('blown', change).then(
      () => undefined,
      (error: unknown) => (error instanceof EspalierError ? error.problem : error),
    );
  const finetune = await blown({ finetune: { epochs: 1, lr: 100, momentum: 0.99 } });
  expect(finetune).toMatchObject({ code: 'train/diverged', field: 'finetune.lr' });
  expect(JSON.stringify(finetune)).toMatch(/Fine-tune, epoch 1: /);
  expect(JSON.stringify(finetune)).toContain('finetune.lr (it is 100), for example to 10');
  const dense = await blown({ dense: { epochs: 1, lr: 100, momentum: 0.99 } });
  expect(dense).toMatchObject({ code: 'train/diverged', field: 'dense.lr' });
  expect(JSON.stringify(dense)).toContain('Train your network again, epoch 1');
});
