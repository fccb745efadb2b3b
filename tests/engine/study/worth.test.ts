import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Control } from '../../../main/engine/base/control.ts';
import { runStudy } from '../../../main/engine/study/frame/session.ts';
import { figuresOf } from '../../../main/engine/study/worth/index.ts';
import { published } from '../../../main/engine/study/worth/published.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { sampleReport } from '../report/sample.ts';

const silent = { progress: () => undefined, result: () => undefined };
const study = (baseFolder: string, parameters: unknown) =>
  runStudy(
    {
      study: 'worth-of-pruning',
      parameters,
      seed: 1,
      folder: join(baseFolder, 'out'),
      shown: 'out',
      baseFolder,
      resume: false,
    },
    new Control(),
    silent,
  );

describe('what a pruning method is worth', () => {
  it('counts compression and speed-up of the whole network', () => {
    const sample = sampleReport();
    const { compression, speedUp, accuracy } = figuresOf(sample);
    expect(compression).toBeCloseTo((sample.dense?.parameters ?? 0) / sample.compressed.nonzero, 9);
    expect(speedUp).toBeCloseTo((sample.dense?.macs ?? 0) / sample.compressed.effectiveMacs, 9);
    expect(accuracy).toBe(sample.compressed.accuracy);
  });

  it('has published curves that are shares and fall in the end', () => {
    for (const { points } of published) {
      for (const { compression, accuracy } of points) {
        expect(compression).toBeGreaterThanOrEqual(1);
        expect(accuracy).toBeGreaterThanOrEqual(0.1);
        expect(accuracy).toBeLessThan(1);
      }
      expect(points.at(-1)?.accuracy).toBeLessThan(points[0]?.accuracy ?? 0);
    }
  });

  it('makes curves of runs, and says what the comparison lacks', async () => {
    const base = temporaryFolder();
    const sample = sampleReport();
    for (const seed of [1, 2, 3]) {
      await mkdir(join(base, `run${seed}`));
      await writeFile(join(base, `run${seed}`, 'report.json'), JSON.stringify({ ...sample, seed }));
    }
    const result = await study(base, { runs: ['run1', 'run2', 'run3'], network: 'lenet-300-100' });
    const [table] = result.tables;
    expect(table?.rows).toHaveLength(1);
    expect(table?.rows[0]?.[1]).toBe(3);
    expect(result.differs.join(' ')).toContain('1 operating points, fewer than 5');
    expect(result.differs.join(' ')).not.toContain('seeds; below');
    expect(result.charts).toHaveLength(2);
  });

  it('takes seeds that drew their own samples for one curve, and another criterion or control for another', async () => {
    const base = temporaryFolder();
    const sample = sampleReport();
    const { recipe, data } = sample;
    const prunes = [{}, { criterion: 'fisher' }, { control: 'shuffle' }];
    const folders = prunes.flatMap((prune, kind) =>
      [1, 2].map((seed) => ({
        folder: `run${kind}${seed}`,
        report: {
          ...sample,
          seed,
          data: { ...data, fingerprint: `of seed ${seed}` },
          recipe: { ...recipe, paradigm: 'magnitude-one-shot', prune: { ...recipe.prune, ...prune } },
        },
      })),
    );
    for (const { folder, report } of folders) {
      await mkdir(join(base, folder));
      await writeFile(join(base, folder, 'report.json'), JSON.stringify(report));
    }
    const { tables, differs } = await study(base, { runs: folders.map(({ folder }) => folder) });
    expect(tables[0]?.rows.map(([, seeds]) => seeds)).toEqual([2, 2, 2]);
    expect(tables[0]?.rows.map(([method]) => String(method).split(', lenet')[0])).toEqual([
      'magnitude-one-shot',
      'magnitude-one-shot, criterion fisher',
      'magnitude-one-shot, shuffle',
    ]);
    expect(differs.join(' ')).not.toContain('no magnitude');
    const [only] = folders.slice(2);
    expect(only && figuresOf(only.report as ReturnType<typeof sampleReport>).baseline).toBeNull();
  });

  it('shows published curves alone, and refuses folders without a finished run', async () => {
    const alone = await study(temporaryFolder(), {});
    expect(alone).toMatchObject({ steps: 0, done: 0 });
    expect(alone.charts).toHaveLength(1);
    const base = temporaryFolder();
    await expect(study(base, { runs: ['nowhere'] })).rejects.toMatchObject({ problem: { kind: 'input' } });
    await mkdir(join(base, 'empty'));
    await expect(study(base, { runs: ['empty'] })).rejects.toMatchObject({ problem: { kind: 'input' } });
  });
});
