import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { reportSchema } from '../../main/contract/report.ts';
import { CHECKPOINT_FILE } from '../../main/files/checkpoint-file.ts';
import { pairedChange, unpairedChange } from '../../main/words/noise.ts';
import { cli, ROOT } from './harness.ts';

const ENGINE = join(ROOT, 'main', 'engine', 'process', 'entry.ts');
const recipe = (name: string, sparsity: number) => `
name: ${name}
network: lenet-300-100
data: { kind: digits, train: 800, validation: 100, test: 400 }
dense: { epochs: 2 }
paradigm: magnitude-one-shot
budget: { sparsity: ${sparsity} }
finetune: { epochs: ${sparsity < 0.9 ? 1 : 2} }
`;
const changeSchema = z
  .object({
    difference: z.number(),
    low: z.number(),
    high: z.number(),
    measurable: z.boolean(),
    paired: z.boolean(),
  })
  .nullable();
const comparedSchema = z.object({
  sameData: z.boolean(),
  runs: z.array(
    z.object({
      name: z.string(),
      accuracy: z.object({ value: z.number(), low: z.number(), high: z.number(), samples: z.number() }),
      againstFirst: changeSchema,
    }),
  ),
  recipeDifferences: z.array(z.object({ field: z.string(), values: z.array(z.string()) })),
});

let folder: string;
const run = (...argv: string[]) => cli(argv, { cwd: folder, entry: ENGINE });
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espalier-compare-'));
  for (const [name, sparsity] of [
    ['mild', 0.5],
    ['hard', 0.98],
  ] as const) {
    await writeFile(join(folder, `${name}.yaml`), recipe(name, sparsity));
    expect((await run('compress', `${name}.yaml`, '--out', name, '--quiet')).code).toBe(0);
  }
  // As a run on other samples leaves it.
  await cp(join(folder, 'mild'), join(folder, 'elsewhere'), { recursive: true });
  const { data, ...others } = await reportOf('mild');
  const other = { ...others, name: 'elsewhere', data: { ...data, fingerprint: 'f'.repeat(64) } };
  await writeFile(join(folder, 'elsewhere', 'report.json'), JSON.stringify(other));
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

const compared = async (...names: string[]) =>
  comparedSchema.parse(JSON.parse((await run('compare', ...names, '--json')).stdout));
const reportOf = async (name: string) =>
  reportSchema.parse(JSON.parse(await readFile(join(folder, name, 'report.json'), 'utf8')));

describe('compare', () => {
  it('lays runs beside each other, sample by sample where the samples are the same', async () => {
    const [mild, hard] = [await reportOf('mild'), await reportOf('hard')];
    const { sameData, runs, recipeDifferences } = await compared('mild', 'hard');
    expect(sameData).toBe(true);
    const [first, second] = runs;
    expect(first?.againstFirst).toBe(null);
    expect(first?.accuracy).toMatchObject({ value: mild.compressed.accuracy, samples: 400 });
    const against = second?.againstFirst;
    expect(against?.paired).toBe(true);
    expect(against?.difference).toBeCloseTo(hard.compressed.accuracy - mild.compressed.accuracy, 12);
    // Both runs have the same dense network: who gets which sample right against it bounds who does against each other.
    const pairs = { mild: mild.pairs, hard: hard.pairs };
    const most = (pairs.mild?.lost ?? 0) + (pairs.hard?.lost ?? 0) + (pairs.mild?.gained ?? 0) + (pairs.hard?.gained ?? 0); // prettier-ignore
    const flips = Math.round((against?.difference ?? 0) * 400);
    const widths = Array.from({ length: most + 1 }, (_, both) => both)
      .filter((both) => (both - flips) % 2 === 0 && both >= Math.abs(flips))
      .map((both) => pairedChange({ lost: (both - flips) / 2, gained: (both + flips) / 2, samples: 400 }));
    expect(widths.map(({ low }) => low.toFixed(10))).toContain(against?.low.toFixed(10));
    expect(recipeDifferences).toEqual([{ field: 'finetune.epochs', values: ['1', '2'] }]);
  });

  it('prints a table, and writes a page that needs nothing else', async () => {
    const { code, stdout, stderr } = await run('compare', 'mild', 'hard', '--html', 'page.html');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const text of ['LeNet-300-100', 'Multiply-accumulates', 'finetune.epochs', 'hard against mild: '])
      expect(stdout).toContain(text);
    const page = await readFile(join(folder, 'page.html'), 'utf8');
    expect(page).toContain('sample by sample');
    expect(page.replaceAll('\u00a0', ' ')).toContain((await reportOf('hard')).verdict);
    expect(page).not.toMatch(/<script|https?:|src=|@import|url\(/);
  });

  it('never compares accuracies on different data', async () => {
    const { sameData, runs } = await compared('mild', 'elsewhere');
    expect([sameData, runs[1]?.againstFirst]).toEqual([false, null]);
    const { stdout } = await run('compare', 'mild', 'elsewhere');
    expect(stdout).toContain('their accuracies cannot be compared');
    expect(stdout).not.toContain('elsewhere against mild');
  });

  it('refuses what is no finished run, and one alone', async () => {
    for (const [argv, text] of [
      [['mild'], 'One run alone is compared with nothing.'],
      [['mild', 'nowhere'], 'nowhere: This folder has no report.json.'],
    ] as const) {
      const { code, stderr } = await run('compare', ...argv);
      expect(code).toBe(2);
      expect(stderr).toContain(text);
    }
  });

  it('says that a difference is not of single samples where a checkpoint is gone', async () => {
    const [mild, hard] = [await reportOf('mild'), await reportOf('hard')];
    await rm(join(folder, 'hard', CHECKPOINT_FILE));
    const { runs } = await compared('mild', 'hard');
    const unpaired = unpairedChange(mild.compressed.accuracy, hard.compressed.accuracy, 400);
    expect(runs[1]?.againstFirst).toEqual({ ...unpaired, paired: false });
  });
});
