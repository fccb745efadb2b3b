import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../main/contract/report.ts';
import { curvesOf, readEvents } from '../support/event-file.ts';
import { temporaryFolder } from '../support/folder.ts';
import { cli, ROOT } from './harness.ts';

const ENGINE = join(ROOT, 'main', 'engine', 'process', 'entry.ts');
const folder = temporaryFolder();
const run = (...argv: string[]) => cli(argv, { cwd: folder, entry: ENGINE });
const curve = (events: string, name: string) => curvesOf(readEvents(join(folder, events))).get(name);

const TRAINING = `
network: lenet-300-100
data: { kind: digits, train: 200, validation: 50, test: 50 }
dense: { epochs: 1 }
export: [safetensors]
`;

beforeAll(() => {
  writeFileSync(
    join(folder, 'recipe.yaml'),
    `${TRAINING}paradigm: magnitude-one-shot\nbudget: { sparsity: 0.5 }\n`,
  );
  writeFileSync(
    join(folder, 'grid.yaml'),
    `base: ${JSON.stringify({ network: 'lenet-300-100', data: { kind: 'digits', train: 200, validation: 50, test: 50 }, dense: { epochs: 1 }, finetune: { epochs: 1 }, export: ['safetensors'] })}
paradigms: [magnitude-one-shot]
budgets: [0.5, 0.8]
seeds: [1]
`,
  );
});

describe('espalier log', () => {
  let report: Report;
  beforeAll(async () => {
    const { code, stdout, stderr } = await run('compress', 'recipe.yaml', '--out', 'plain', '--json');
    expect(stderr).not.toContain('Warning');
    expect(code).toBe(0);
    report = JSON.parse(stdout) as Report;
  });

  it('asks which logs are meant where the recipe names none', async () => {
    const { code, stderr } = await run('log', 'plain');
    expect(code).toBe(2);
    expect(stderr).toContain('--log');
    expect(readdirSync(join(folder, 'plain'))).not.toContain('tensorboard');
  });

  it('names what there is where another is asked for', async () => {
    const { code, stderr } = await run('log', 'plain', '--log', 'tensorbored');
    expect(code).toBe(2);
    expect(stderr).toContain('tensorboard');
  });

  it('writes the logs of a run that had none, and again without anything twice', async () => {
    for (let turn = 0; turn < 2; turn++) {
      const { code, stdout } = await run('log', 'plain', '--log', 'tensorboard');
      expect(code).toBe(0);
      expect(stdout).toContain(join(folder, 'plain', 'tensorboard'));
      const losses = report.history.filter(({ name }) => name === 'train/loss');
      expect(curve('plain/tensorboard', 'train/loss')).toEqual(
        losses.map(({ step, value }) => [step, Math.fround(value)]),
      );
      expect(curve('plain/tensorboard', 'compressed/accuracy')).toHaveLength(1);
    }
  });
});

describe('a sweep with a log', () => {
  it('logs every run, those that share a dense training with its curves too, and takes a run without a log for the same', async () => {
    const first = await run('sweep', 'grid.yaml', '--out', 'sweep', '--log', 'tensorboard,mlflow');
    expect(first.code).toBe(0);
    const runs = readdirSync(join(folder, 'sweep', 'runs'));
    expect(runs).toHaveLength(2);
    for (const one of runs) {
      const losses = curve(join('sweep', 'runs', one, 'tensorboard'), 'train/loss');
      expect(losses?.[0]?.[0]).toBeLessThanOrEqual(1);
      expect(losses?.length).toBeGreaterThan(4);
    }
    const store = join(folder, 'sweep', 'mlruns');
    const [experiment = '', ...others] = readdirSync(store);
    expect(others).toEqual([]);
    expect(readdirSync(join(store, experiment))).toHaveLength(1 + runs.length);
    const again = await run('sweep', 'grid.yaml', '--out', 'sweep');
    expect(again.stderr).toContain('2 runs, 2 of them finished already');
    rmSync(join(folder, 'sweep'), { recursive: true });
  });
});
