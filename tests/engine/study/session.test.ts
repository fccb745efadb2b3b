import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { studyResultSchema, type StudyProgress } from '../../../main/contract/study.ts';
import { CancelledError, Control } from '../../../main/engine/base/control.ts';
import { runStudy } from '../../../main/engine/study/frame/session.ts';
import { temporaryFolder } from '../../support/folder.ts';

const QUICK = {
  study: 'pruning-and-generalisation',
  parameters: {
    keep: [1, 0.3],
    draws: 2,
    dimension: 40,
    neurons: 8,
    samples: 20,
    testSamples: 50,
    maxIterations: 400,
    data: '',
  },
  seed: 3,
  shown: 'the folder',
  baseFolder: '/',
  resume: false,
};
const silent = { progress: () => undefined, result: () => undefined };

describe('a study', () => {
  it('leaves results as JSON, CSV and a page, and tells how far it is', async () => {
    const folder = temporaryFolder();
    const told: StudyProgress[] = [];
    const options = { ...QUICK, folder };
    const result = await runStudy(options, new Control(), { ...silent, progress: (at) => told.push(at) });
    expect(result).toMatchObject({ done: 4, steps: 4, seed: 3, study: QUICK.study });
    expect(told.at(-1)).toMatchObject({ fraction: 1, etaSeconds: 0 });
    const fractions = told.map(({ fraction }) => fraction);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    const kept: unknown = JSON.parse(await readFile(join(folder, 'study.json'), 'utf8'));
    expect(studyResultSchema.parse(kept)).toEqual(result);
    const csv = (await readFile(join(folder, 'results.csv'), 'utf8')).trim().split('\r\n');
    expect(csv).toHaveLength(5);
    const page = await readFile(join(folder, 'report.html'), 'utf8');
    expect(page).toContain('What the paper claims');
    expect(page).toMatch(/viewBox="0 0 520 290"/);
    expect(page).not.toMatch(/NaN|undefined|<script|https?:\/\/(?!arxiv)/);
  });

  it('gives the same numbers when it was cancelled and resumed', async () => {
    const [whole, broken] = [temporaryFolder(), temporaryFolder()];
    const expected = await runStudy({ ...QUICK, folder: whole }, new Control(), silent);
    const control = new Control();
    const stop = { ...silent, result: ({ done }: { done: number }) => void (done === 2 && control.cancel()) };
    await expect(runStudy({ ...QUICK, folder: broken }, control, stop)).rejects.toThrow(CancelledError);
    const kept: unknown = JSON.parse(await readFile(join(broken, 'study.json'), 'utf8'));
    expect(kept).toMatchObject({ done: 2, steps: 4 });
    const resumed = await runStudy({ ...QUICK, folder: broken, resume: true }, new Control(), silent);
    expect(resumed.records).toEqual(expected.records);
    expect(resumed.charts).toEqual(expected.charts);
  });

  it('waits while it is paused', async () => {
    const control = new Control();
    control.pause();
    let ended = false;
    const start = performance.now();
    const work = runStudy({ ...QUICK, folder: temporaryFolder() }, control, silent).finally(
      () => (ended = true),
    );
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(ended).toBe(false);
    control.resume();
    const { seconds } = await work;
    expect(ended).toBe(true);
    // The pause is not among the seconds that the steps took.
    expect(seconds).toBeLessThan((performance.now() - start) / 1000 - 0.25);
  });

  it('refuses a folder that has a study, or another one than asked for', async () => {
    const folder = temporaryFolder();
    await runStudy({ ...QUICK, folder }, new Control(), silent);
    await expect(runStudy({ ...QUICK, folder }, new Control(), silent)).rejects.toThrow(/already/);
    const other = runStudy({ ...QUICK, seed: 4, folder, resume: true }, new Control(), silent);
    await expect(other).rejects.toThrow(/another name, seed or parameters/);
  });

  it.each([
    [{ draws: 0 }, /draws/],
    [{ drawz: 1 }, /drawz/],
    [{ keep: [0] }, /keep/],
  ])('says what is wrong with %j', async (parameters, field) => {
    const work = runStudy({ ...QUICK, parameters, folder: temporaryFolder() }, new Control(), silent);
    await expect(work).rejects.toMatchObject({
      problem: { kind: 'input', field: expect.stringMatching(field) as string },
    });
  });
});
