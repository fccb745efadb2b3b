import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import type { LogSpec } from '../../../../main/contract/logs.ts';
import type { Report } from '../../../../main/contract/report.ts';
import type { MetricPoint } from '../../../../main/contract/run.ts';
import { resultsOf } from '../../../../main/engine/run/logs/results.ts';
import { RunLogs } from '../../../../main/engine/run/logs/run-logs.ts';
import { temporaryFolder } from '../../../support/folder.ts';
import { missingMlflow, readByMlflow, startMlflow } from '../../../support/mlflow.ts';
import { StandInServer } from '../../../support/mlflow-server.ts';
import { sampleReport } from '../../report/sample.ts';

const scratch = temporaryFolder();
const missing = missingMlflow();
const titled = (title: string) => `${title}${missing === undefined ? '' : ` (skipped: ${missing})`}`;

let count = 0;
/** A run's folder with a file and a report in it. */
function runFolder(): string {
  const folder = join(scratch, `run-${count++}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'model.onnx'), 'a model');
  writeFileSync(join(folder, 'report.json'), '{}');
  return folder;
}

const point = (step: number, value: number, name: MetricPoint['name'] = 'train/loss'): MetricPoint => ({
  name,
  step,
  value,
  epoch: step / 10,
  stage: 0,
});

const first = [point(1, 2.5), point(1, 0.1, 'train/accuracy'), point(1, 0.5, 'seconds'), point(2, 2.25)];
const later = [point(3, 1.125), point(3, 0.2, 'train/accuracy')];
const history = [...first.filter(({ name }) => name !== 'seconds'), ...later];

function reportOf(): Report {
  const model = { path: 'model.onnx', kind: 'onnx', format: 'onnx', bytes: 7, gzipBytes: 7, sha256: '' };
  return { ...sampleReport(), history, files: [model] };
}

interface Logged {
  readonly logs: RunLogs;
  readonly told: string[];
}

async function open(
  folder: string,
  spec: LogSpec,
  kept: MetricPoint[] = [],
  resume = false,
  name = 'Größe A, 90 %',
): Promise<Logged> {
  const told: string[] = [];
  const logs = await RunLogs.open({
    recipe: { ...sampleReport().recipe, logs: [spec] },
    name,
    folder,
    shared: folder,
    resume,
    history: kept,
    tell: (level, text) => told.push(`${level}: ${text}`),
  });
  return { logs, told };
}

/** Metrics by name as [step, value]. */
const curves = (metrics: readonly { key: string; step: number; value: number }[]) =>
  Object.fromEntries(
    [...Map.groupBy(metrics, ({ key }) => key)].map(([key, of]) => [
      key,
      of.map(({ step, value }) => [step, value]),
    ]),
  );

beforeEach(() => {
  for (const name of ['URI', 'TOKEN', 'USERNAME', 'PASSWORD']) vi.stubEnv(`MLFLOW_TRACKING_${name}`, '');
});
afterEach(() => vi.unstubAllEnvs());

/** A run in a file store, read by the layout alone. */
function readStore(root: string) {
  const files = (folder: string): [string, string][] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [relative(folder, join(folder, name)), readFileSync(join(folder, name), 'utf8')]);
  const [experiment = '', ...others] = readdirSync(root);
  expect(others).toEqual([]);
  const runs = readdirSync(join(root, experiment)).filter((name) => name !== 'meta.yaml');
  expect(runs).toHaveLength(1);
  const run = join(root, experiment, runs[0] ?? '');
  const meta = (folder: string) =>
    parse(readFileSync(join(folder, 'meta.yaml'), 'utf8'), { version: '1.1' }) as Record<string, unknown>;
  return {
    experiment: meta(join(root, experiment)),
    meta: meta(run),
    params: new Map(files(join(run, 'params'))),
    tags: new Map(files(join(run, 'tags'))),
    artifacts: new Map(files(join(run, 'artifacts'))),
    metrics: files(join(run, 'metrics')).flatMap(([key, text]) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => {
          expect(line).toMatch(/^\d{13} -?\d+(\.\d+)?(e[+-]?\d+)? \d+$/);
          const [timestamp, value, step] = line.split(' ').map(Number);
          return { key, timestamp, value: value ?? NaN, step: step ?? NaN };
        }),
    ),
  };
}

describe('a folder mlruns', () => {
  it('has the run in the layout of the file store, and what a killed process wrote beyond its checkpoint once', async () => {
    const folder = runFolder();
    const begun = await open(folder, 'mlflow');
    begun.logs.add(first);
    begun.logs.add([point(3, 9)]);
    await begun.logs.end('cancelled');
    const root = join(folder, 'mlruns');
    expect(readStore(root).meta).toMatchObject({ status: 5 });
    const report = reportOf();
    const { logs, told } = await open(folder, 'mlflow', history.slice(0, 3), true);
    expect(readStore(root).meta).toMatchObject({ status: 1, end_time: null });
    logs.add(later);
    await logs.finish(report);
    const store = readStore(root);
    expect(store.experiment).toMatchObject({ name: 'Espalier', lifecycle_stage: 'active' });
    expect(typeof store.experiment['experiment_id']).toBe('string');
    expect(store.meta).toMatchObject({
      experiment_id: store.experiment['experiment_id'],
      run_name: 'Größe A, 90 %',
      status: 3,
      lifecycle_stage: 'active',
      artifact_uri: expect.stringMatching(/^file:\/\/\/.*\/artifacts$/) as unknown,
    });
    expect(store.params.get('budget.sparsity')).toBe(String(report.recipe.budget.sparsity));
    expect(store.tags.get('mlflow.runName')).toBe('Größe A, 90 %');
    expect(store.tags.get('mlflow.note.content')).toBe(report.verdict);
    expect([...store.artifacts.keys()].sort()).toEqual(['model.onnx', 'recipe.yaml', 'report.json']);
    expect(store.artifacts.get('model.onnx')).toBe('a model');
    const results = [...resultsOf(report)].map(([key, value]) => [key, [[3, value]]]);
    expect(curves(store.metrics)).toEqual({
      'train/loss': [
        [1, 2.5],
        [2, 2.25],
        [3, 1.125],
      ],
      'train/accuracy': [
        [1, 0.1],
        [3, 0.2],
      ],
      seconds: [[1, 0.5]],
      ...(Object.fromEntries(results) as object),
    });
    expect(told.join()).toContain(root);
  });

  it('has names that YAML takes for truth values or numbers as texts', async () => {
    for (const name of ['no', '1e3', '12:30']) {
      const folder = runFolder();
      const { logs } = await open(folder, { kind: 'mlflow', experiment: name }, [], false, name);
      await logs.finish(reportOf());
      const store = readStore(join(folder, 'mlruns'));
      expect([store.meta['run_name'], store.experiment['name']]).toEqual([name, name]);
    }
  });

  it('is written where the run is now, once, where its folder has come from elsewhere', async () => {
    const old = runFolder();
    const begun = await open(old, 'mlflow');
    begun.logs.add(first);
    await begun.logs.end('cancelled');
    const moved = join(scratch, 'moved');
    renameSync(old, moved);
    const { logs } = await open(moved, 'mlflow', history.slice(0, 3), true);
    await logs.finish(reportOf());
    expect(existsSync(old)).toBe(false);
    expect(readStore(join(moved, 'mlruns')).meta).toMatchObject({ status: 3 });
  });

  it('is shared by runs that begin at the same time: one experiment', async () => {
    vi.stubEnv('MLFLOW_TRACKING_URI', join(scratch, 'shared store'));
    const opened = await Promise.all(
      [runFolder(), runFolder(), runFolder()].map((folder) => open(folder, 'mlflow')),
    );
    await Promise.all(opened.map(({ logs }) => logs.finish(reportOf())));
    const root = join(scratch, 'shared store');
    expect(readdirSync(root)).toHaveLength(1);
    expect(readdirSync(join(root, readdirSync(root)[0] ?? ''))).toHaveLength(4);
  });

  it.skipIf(missing !== undefined)(titled('is read by MLflow itself'), async () => {
    const folder = runFolder();
    const { logs } = await open(folder, { kind: 'mlflow', experiment: 'Read by itself' });
    logs.add(history);
    const report = reportOf();
    await logs.finish(report);
    expectRead(readByMlflow(join(folder, 'mlruns'), 'Read by itself'), report);
  });
});

function expectRead(read: ReturnType<typeof readByMlflow>, report: Report): void {
  expect(read).toMatchObject({ name: 'Größe A, 90 %', status: 'FINISHED' });
  expect(read.params['paradigm']).toBe(report.recipe.paradigm);
  expect(read.tags['mlflow.note.content']).toBe(report.verdict);
  expect(read.metrics['train/loss']?.map(([step, value]) => [step, value])).toEqual([
    [1, 2.5],
    [2, 2.25],
    [3, 1.125],
  ]);
  expect(read.metrics['compressed/accuracy']?.[0]?.[1]).toBe(report.compressed.accuracy);
  expect(read.artifacts).toEqual(['model.onnx', 'recipe.yaml', 'report.json']);
}

describe('a tracking server', () => {
  let server: StandInServer;
  beforeEach(async () => {
    server = await StandInServer.start();
  });
  afterEach(() => server.stop());
  const at = (experiment = 'E'): LogSpec => ({ kind: 'mlflow', server: server.url, experiment });
  const only = () => {
    expect(server.runs).toHaveLength(1);
    const [run] = server.runs;
    if (run === undefined) throw new Error('no run');
    return run;
  };

  it('gets parameters, measurements, tags and files, in requests within its limits', async () => {
    const many = Array.from({ length: 2500 }, (_, i) => point(i + 1, 1 / (i + 1)));
    const { logs, told } = await open(runFolder(), at());
    logs.add(many);
    const report = { ...reportOf(), history: many };
    await logs.finish(report);
    const run = only();
    expect(told.filter((text) => text.startsWith('warning'))).toEqual([]);
    expect(run).toMatchObject({ name: 'Größe A, 90 %', status: 'FINISHED' });
    expect(run.endTime).toBeGreaterThan(Date.now() - 60_000);
    expect(run.params.get('seed')).toBe(String(report.recipe.seed));
    expect(run.tags.get('mlflow.note.content')).toBe(report.verdict);
    const found = curves(run.metrics);
    expect(found['train/loss']).toEqual(many.map(({ step, value }) => [step, value]));
    for (const [key, value] of resultsOf(report)) expect(found[key]).toEqual([[2500, value]]);
    expect([...run.artifacts.keys()].sort()).toEqual(['model.onnx', 'recipe.yaml', 'report.json']);
    expect(run.artifacts.get('model.onnx')?.toString()).toBe('a model');
  });

  it('gets nothing twice from a run that goes on, nor from espalier log', async () => {
    const folder = runFolder();
    const begun = await open(folder, at());
    begun.logs.add([...first, point(3, 1.125)]);
    await begun.logs.end('cancelled');
    expect(only().status).toBe('KILLED');
    for (let turn = 0; turn < 2; turn++) {
      const { logs } = await open(folder, at(), turn === 0 ? history.slice(0, 3) : history, true);
      if (turn === 0) logs.add(later);
      await logs.finish(reportOf());
    }
    const run = only();
    expect(run.status).toBe('FINISHED');
    expect(curves(run.metrics)).toMatchObject({
      'train/loss': [
        [1, 2.5],
        [2, 2.25],
        [3, 1.125],
      ],
      'train/accuracy': [
        [1, 0.1],
        [3, 0.2],
      ],
      'compressed/accuracy': [[3, reportOf().compressed.accuracy]],
    });
    // The first process's files are there once; a run begun anew in the folder is another one.
    expect(server.heard.filter(({ what }) => what.endsWith('model.onnx'))).toHaveLength(1);
    const { logs } = await open(folder, at());
    await logs.end('failed');
    expect(server.runs.map(({ status }) => status)).toEqual(['FINISHED', 'FAILED']);
  });

  it('that is away does not end a run: it is told, kept, and sent when it answers', async () => {
    const folder = runFolder();
    server.away = true;
    const { logs, told } = await open(folder, at());
    logs.add(first);
    await vi.waitFor(() => expect(told.join('\n')).toContain('kept and sent later'), { timeout: 5000 });
    logs.add(later);
    await logs.finish(reportOf());
    expect(server.runs).toEqual([]);
    expect(told.at(-1)).toContain(`espalier log ${folder}`);
    expect(told.filter((text) => text.includes('sent later'))).toHaveLength(1);
    server.away = false;
    const again = await open(folder, at(), history, true);
    await again.logs.finish(reportOf());
    expect(curves(only().metrics)['train/loss']).toEqual([
      [1, 2.5],
      [2, 2.25],
      [3, 1.125],
    ]);
    // What was measured while it was away has the time of the measurement.
    expect(only().metrics[0]?.timestamp).toBeLessThan(Date.now());
    expect(only().status).toBe('FINISHED');
  });

  it('whose answer was lost has the run once', async () => {
    const folder = runFolder();
    server.loses = '/runs/create';
    const { logs } = await open(folder, at());
    logs.add(first);
    await delay(50);
    await logs.end('cancelled');
    server.loses = null;
    const again = await open(folder, at(), history, true);
    await again.logs.finish(reportOf());
    expect(only().status).toBe('FINISHED');
  });

  it('that wants to know who writes is told by the environment, and the log is given up where it is not', async () => {
    server.secret = 'Bearer t0ken';
    const { logs, told } = await open(runFolder(), at());
    await logs.finish(reportOf());
    expect(told.join('\n')).toMatch(/warning: The log for MLflow is given up.*MLFLOW_TRACKING_TOKEN/);
    vi.stubEnv('MLFLOW_TRACKING_URI', server.url);
    vi.stubEnv('MLFLOW_TRACKING_TOKEN', 't0ken');
    const folder = runFolder();
    const allowed = await open(folder, 'mlflow');
    allowed.logs.add(history);
    await allowed.logs.finish(reportOf());
    expect(only().status).toBe('FINISHED');
    for (const name of readdirSync(folder).filter((one) => one.startsWith('log-')))
      expect(readFileSync(join(folder, name), 'utf8')).not.toContain('t0ken');
    expect(allowed.told.join()).not.toContain('t0ken');
  });

  it('that keeps files elsewhere gets none, and that is told', async () => {
    server.artifacts = 's3://bucket';
    const { logs, told } = await open(runFolder(), at());
    await logs.finish(reportOf());
    expect(only().status).toBe('FINISHED');
    expect(only().artifacts.size).toBe(0);
    expect(told.join('\n')).toContain("The run's files stay in");
  });

  it('that is something else is told of, and the log given up', async () => {
    const wrong: LogSpec = { kind: 'mlflow', server: `${server.url}/elsewhere`, experiment: 'E' };
    const { logs, told } = await open(runFolder(), wrong);
    await logs.finish(reportOf());
    expect(told.join('\n')).toContain('The log for MLflow is given up');
  });

  it.skipIf(missing !== undefined)(
    titled('of MLflow itself takes a run'),
    async () => {
      const home = join(scratch, 'server');
      mkdirSync(home);
      const real = await startMlflow(home);
      try {
        const spec: LogSpec = { kind: 'mlflow', server: real.url, experiment: 'Sent' };
        const folder = runFolder();
        const begun = await open(folder, spec);
        begun.logs.add(first);
        await begun.logs.end('cancelled');
        const { logs } = await open(folder, spec, history.slice(0, 3), true);
        logs.add(later);
        const report = reportOf();
        await logs.finish(report);
        expectRead(readByMlflow(real.url, 'Sent'), report);
      } finally {
        real.stop();
      }
    },
    300_000,
  );
});
