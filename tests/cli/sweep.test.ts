import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SweepResults } from '../../main/engine/sweep/results.ts';
import { cli } from './harness.ts';

const ENGINE = join(import.meta.dirname, '..', '..', 'main', 'engine', 'process', 'entry.ts');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espalier-sweep-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function grid(changes: object = {}): Promise<void> {
  const value = {
    name: 'Small',
    base: {
      network: 'lenet-300-100',
      data: { kind: 'digits', train: 128, test: 60 },
      dense: { epochs: 1 },
      export: ['safetensors'],
    },
    paradigms: ['random-uniform', { paradigm: 'magnitude-one-shot', set: { finetune: { epochs: 1 } } }],
    budgets: [0.9],
    seeds: [1],
    ...changes,
  };
  await writeFile(join(folder, 'grid.yaml'), JSON.stringify(value));
}
const sweep = (extra: string[] = [], onText?: (stderr: string, interrupt: () => void) => void) =>
  cli(['sweep', 'grid.yaml', '--out', 'out', '--device', 'onnxruntime', '--threads', '1', ...extra], {
    cwd: folder,
    entry: ENGINE,
    ...(onText !== undefined && { onText }),
  });
const results = async () =>
  JSON.parse(await readFile(join(folder, 'out', 'results.json'), 'utf8')) as SweepResults;

describe('sweep', () => {
  it('does every run once, and only what is missing when the grid grows', async () => {
    await grid();
    const first = await sweep(['--jobs', '2']);
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/random-uniform .* \(1\)/);
    const { runs, cells, dense } = await results();
    expect(runs.map((run) => run.state)).toEqual(['finished', 'finished']);
    expect(cells).toHaveLength(2);
    expect(dense?.n).toBe(1);
    for (const name of ['results.csv', 'results.html', 'chart.svg']) {
      expect((await stat(join(folder, 'out', name))).size, name).toBeGreaterThan(100);
    }
    const times = await Promise.all(
      runs.map(async (run) => (await stat(join(folder, 'out', 'runs', run.folder, 'report.json'))).mtimeMs),
    );
    await grid({ budgets: [0.9, 0.5] });
    const second = await sweep();
    expect(second.stderr).toContain('4 runs, 2 of them finished already');
    expect((await results()).runs.map((run) => run.state)).toEqual(Array(4).fill('finished'));
    const after = await Promise.all(
      runs.map(async (run) => (await stat(join(folder, 'out', 'runs', run.folder, 'report.json'))).mtimeMs),
    );
    expect(after).toEqual(times);
    // One seed, one dense training.
    expect(await readdir(join(folder, 'out', 'dense'))).toHaveLength(1);
  });

  it('keeps what was interrupted and goes on with it', async () => {
    await grid({
      base: {
        network: 'lenet-300-100',
        data: { kind: 'digits', train: 128, test: 60 },
        dense: { epochs: 3 },
      },
    });
    let stopped = false;
    const first = await sweep([], (stderr, interrupt) => {
      if (!stopped && /finished already/.test(stderr)) {
        stopped = true;
        setTimeout(interrupt, 1500);
      }
    });
    if (first.code === 130) {
      expect((await results()).runs.some((run) => run.state === 'missing')).toBe(true);
      expect(first.stdout).toContain('are missing');
    }
    expect((await sweep()).code).toBe(0);
    expect((await results()).runs.map((run) => run.state)).toEqual(['finished', 'finished']);
  });

  it('notes what fails, does the others, and exits with 1', async () => {
    await grid({ paradigms: ['bn-scale', 'random-uniform'] });
    const { code, stdout } = await sweep();
    expect(code).toBe(1);
    expect(stdout).toContain('Failed: bn-scale, seed 1');
    expect((await results()).runs.map((run) => run.state)).toEqual(['failed', 'finished']);
    expect(await readFile(join(folder, 'out', 'results.html'), 'utf8')).toContain('Failed');
  });

  it('says what is wrong with a grid, and does nothing', async () => {
    await grid({ budgets: [90] });
    const { code, stderr } = await sweep();
    expect(code).toBe(2);
    expect(stderr).toContain('grid.yaml, budgets[0]');
    expect(await readdir(folder)).toEqual(['grid.yaml']);
  });
});
