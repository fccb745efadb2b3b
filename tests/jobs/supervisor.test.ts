import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StudioEvent } from '../../main/contract/api.ts';
import type { RunState } from '../../main/contract/run.ts';
import { childHost } from '../../main/jobs/child-host.ts';
import { Supervisor } from '../../main/jobs/supervisor.ts';
import type { SupervisorOptions } from '../../main/jobs/supervisor.ts';
import { openStore } from '../../main/store/store.ts';
import type { Store } from '../../main/store/store.ts';
import { temporaryFolder } from '../support/folder.ts';
import { problemWith } from '../support/problem.ts';
import { runQuerySchema } from '../../main/contract/run-list.ts';
import { sampleRecipe } from '../support/samples.ts';

const engine = fileURLToPath(new URL('../support/fake-engine.ts', import.meta.url));
const root = temporaryFolder();
let counter = 0;
let folder: string;
let store: Store;
let supervisor: Supervisor;
let project: number;
let events: StudioEvent[];
let listeners: Set<() => void>;

function open(options: Partial<SupervisorOptions> = {}): void {
  store = openStore(join(folder, 'espalier.db'));
  supervisor = new Supervisor({
    store,
    startEngine: () => childHost(engine),
    runsFolder: join(folder, 'runs'),
    baseFolder: folder,
    tell: (event) => {
      events.push(event);
      for (const listener of [...listeners]) listener();
    },
    ...options,
  });
}

beforeEach(() => {
  folder = join(root, String(++counter));
  events = [];
  listeners = new Set();
  open();
  project = store.projects.create('p').id;
});
afterEach(async () => {
  await supervisor.close();
  store.close();
});

async function reopen(options: Partial<SupervisorOptions> = {}): Promise<void> {
  await supervisor.close();
  store.close();
  open(options);
}

const start = (name: string) => supervisor.start(project, sampleRecipe({ name }), 'auto', name).id;
const state = (id: number) => store.runs.get(id).state;
const log = (id: number) =>
  store.logs
    .ofRun(id)
    .map(({ text }) => text)
    .join('\n');
const steps = (id: number) => store.metrics.ofRun(id).map(({ step }) => step);

/** The states that the events told, without repetitions. */
function told(id: number): RunState[] {
  const states = events.flatMap((event) =>
    event.type === 'run' && event.run.id === id ? [event.run.state] : [],
  );
  return states.filter((value, i) => value !== states[i - 1]);
}

async function until(condition: () => boolean): Promise<void> {
  if (condition()) return;
  await new Promise<void>((resolve) => {
    const look = () => {
      if (!condition()) return;
      listeners.delete(look);
      // Out of the turn in which the event was told.
      setImmediate(resolve);
    };
    listeners.add(look);
  });
}
const reaches = (id: number, wanted: RunState) => until(() => state(id) === wanted);

const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

test('a run goes from the queue to its result, and everything it said is kept', async () => {
  const id = start('finish');
  await reaches(id, 'finished');
  expect(told(id)).toEqual(['queued', 'preparing', 'running', 'finished']);
  expect(steps(id)).toEqual(all);
  expect(store.layers.ofRun(id)).toHaveLength(2);
  const run = store.runs.get(id);
  expect(run).toMatchObject({ device: 'fake', problem: null, resumable: false, result: { accuracy: 0.97 } });
  expect(run.progress?.fraction).toBe(1);
  expect(run.startedAt).not.toBeNull();
  expect(run.endedAt).not.toBeNull();
  expect(store.runs.report(id)?.recipe).toEqual(run.recipe);
  const kinds = new Set(events.map(({ type }) => type));
  expect([...kinds].sort()).toEqual(['layers', 'metrics', 'run']);
});

test("what a run leaves can be exported without the run's folder", async () => {
  const id = start('finish');
  await reaches(id, 'finished');
  rmSync(join(folder, 'runs'), { recursive: true });
  const [report, model] = store.artifacts.ofRun(id);
  expect(model).toMatchObject({ name: 'model.onnx', kind: 'onnx', bytes: 1000 });
  expect(Buffer.from(await store.artifacts.content(model?.id ?? 0)).toString()).toBe(
    'the model '.repeat(100),
  );
  expect(JSON.parse(Buffer.from(await store.artifacts.content(report?.id ?? 0)).toString())).toEqual(
    store.runs.report(id),
  );
});

test('runs take turns in the order in which they came', async () => {
  const ids = ['a', 'b', 'c'].map(start);
  await Promise.all(ids.map((id) => reaches(id, 'finished')));
  const order = events.flatMap((event) =>
    event.type === 'run' && ['preparing', 'finished'].includes(event.run.state)
      ? [`${event.run.state} ${event.run.id}`]
      : [],
  );
  expect([...new Set(order)]).toEqual(ids.flatMap((id) => [`preparing ${id}`, `finished ${id}`]));
});

test('pause holds a run at its step, resume goes on in place', async () => {
  const id = start('slow');
  await reaches(id, 'running');
  supervisor.pause(id);
  expect(state(id)).toBe('pausing');
  await reaches(id, 'paused');
  const held = steps(id);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(steps(id)).toEqual(held);
  supervisor.resume(id);
  await reaches(id, 'finished');
  expect(steps(id)).toEqual(all);
  expect(told(id)).toEqual(['queued', 'preparing', 'running', 'pausing', 'paused', 'running', 'finished']);
});

test('a pause that is taken back before it took effect does not hang', async () => {
  const id = start('slow');
  await reaches(id, 'running');
  supervisor.pause(id);
  supervisor.resume(id);
  expect(state(id)).toBe('running');
  await reaches(id, 'finished');
});

test('cancel ends a run; it can be resumed from its checkpoint', async () => {
  const id = start('slow');
  await until(() => store.runs.get(id).checkpoint !== null);
  supervisor.cancel(id);
  await reaches(id, 'cancelled');
  expect(store.runs.get(id)).toMatchObject({ resumable: true, problem: null });
  supervisor.resume(id);
  await reaches(id, 'finished');
  expect(log(id)).toContain('resumed at 5');
  expect(steps(id)).toEqual(all);
});

test('a paused run can be cancelled', async () => {
  const id = start('slow');
  await reaches(id, 'running');
  supervisor.pause(id);
  await reaches(id, 'paused');
  supervisor.cancel(id);
  await reaches(id, 'cancelled');
  expect(() => supervisor.resume(id)).toThrow(problemWith({ code: 'run/not-resumable' }));
});

test('a run that waits is cancelled without ever starting', async () => {
  const [first, second] = [start('slow'), start('finish')];
  supervisor.cancel(second);
  expect(state(second)).toBe('cancelled');
  await reaches(first, 'finished');
  expect(told(second)).toEqual(['queued', 'cancelled']);
});

test('a run can be cancelled in the moment in which it starts', async () => {
  const id = start('finish');
  supervisor.cancel(id);
  const next = start('finish');
  await reaches(next, 'finished');
  expect(told(id)).toEqual(['queued', 'cancelled']);
});

test('a process that does not obey is killed after the grace period', async () => {
  await reopen({ graceMs: 50 });
  const id = start('stubborn');
  await reaches(id, 'running');
  supervisor.cancel(id);
  await reaches(id, 'cancelled');
  expect(steps(id).length).toBeLessThan(10);
});

test('a process that does not leave after its work is done is ended, and the work counts', async () => {
  await reopen({ graceMs: 50 });
  const id = start('lingering');
  await reaches(id, 'finished');
});

test('a bad exit code after the report does not undo the work', async () => {
  const id = start('bad-goodbye');
  await reaches(id, 'finished');
});

test('a failure is told in its own words', async () => {
  const id = start('fail');
  await reaches(id, 'failed');
  expect(store.runs.get(id)).toMatchObject({
    problem: { code: 'train/diverged', message: 'The loss is not a number.' },
    resumable: true,
  });
});

test('a crash keeps the last words, is no failure, and can be resumed', async () => {
  const id = start('crash');
  await reaches(id, 'crashed');
  expect(store.runs.get(id).problem).toMatchObject({ code: 'run/crashed' });
  expect(store.runs.get(id).problem?.message).toContain('134');
  expect(log(id)).toContain('the last words');
  expect(log(id).length).toBeLessThan(80_000);
  supervisor.resume(id);
  await reaches(id, 'finished');
  expect(steps(id)).toEqual(all);
  expect(store.runs.get(id).problem).toBeNull();
});

test('kill -9 is a crash; the next in the queue gets its turn', async () => {
  const [first, second] = [start('kill'), start('finish')];
  await reaches(first, 'crashed');
  expect(store.runs.get(first).problem?.message).toContain('SIGKILL');
  await reaches(second, 'finished');
});

test('messages that do not fit are logged a few times and otherwise ignored', async () => {
  const id = start('malformed');
  await reaches(id, 'finished');
  const complaints = store.logs.ofRun(id).filter(({ level }) => level === 'warning');
  expect(complaints).toHaveLength(10);
  expect(complaints[0]?.text).toContain('points');
  expect(steps(id)).toEqual(all);
});

test('silence is noticed, and so is its end', async () => {
  await reopen({ stallMs: 100 });
  const id = start('silent');
  await reaches(id, 'finished');
  expect(log(id)).toMatch(/Nothing was heard[\s\S]*answers again/);
});

test.each([
  ['no-report', 'run/no-report'],
  ['escape', 'files/outside'],
  ['changed', 'run/changed-file'],
])('a run whose result is not what it says fails: %s', async (name, code) => {
  const id = start(name);
  await reaches(id, 'failed');
  expect(store.runs.get(id)).toMatchObject({ problem: { code }, result: null });
});

test('an engine that cannot be started is a crash, and the queue goes on', async () => {
  let first = true;
  await reopen({
    startEngine: () => {
      const entry = first ? join(folder, 'absent.js') : engine;
      first = false;
      return childHost(entry);
    },
  });
  const [broken, sound] = [start('a'), start('b')];
  await reaches(broken, 'crashed');
  expect(log(broken)).toContain('absent.js');
  await reaches(sound, 'finished');
});

test('a folder that cannot be made fails the run, and names it', async () => {
  writeFileSync(join(folder, 'runs'), 'a file in the way');
  const id = start('finish');
  await reaches(id, 'failed');
  expect(store.runs.get(id).problem?.file).toContain('runs');
});

test('closing interrupts what runs; opening again resumes nothing by itself, but who waited gets a turn', async () => {
  const [running, waiting] = [start('slow'), start('finish')];
  await until(() => store.runs.get(running).checkpoint !== null);
  await reopen();
  expect(state(running)).toBe('interrupted');
  await reaches(waiting, 'finished');
  expect(store.runs.get(running)).toMatchObject({ state: 'interrupted', resumable: true });
  supervisor.resume(running);
  await reaches(running, 'finished');
  expect(steps(running)).toEqual(all);
});

test('a program that died leaves interrupted runs', async () => {
  const id = store.runs.create(project, 'r', sampleRecipe(), 'auto').id;
  store.runs.update(id, { state: 'running' });
  await reopen();
  expect(state(id)).toBe('interrupted');
  expect(store.runs.get(id).resumable).toBe(false);
});

test('a checkpoint that the store had not heard of is gone on from', async () => {
  const id = store.runs.create(project, 'r', sampleRecipe(), 'auto').id;
  const runFolder = join(folder, 'runs', String(id));
  mkdirSync(runFolder, { recursive: true });
  writeFileSync(join(runFolder, 'checkpoint.safetensors'), 'where it stands');
  store.runs.update(id, { state: 'running', folder: runFolder });
  await reopen();
  expect(store.runs.get(id)).toMatchObject({ state: 'interrupted', resumable: true });
});

test('removing takes the row, the files and the folder; not while it runs', async () => {
  const id = start('slow');
  await reaches(id, 'running');
  await expect(supervisor.remove(id)).rejects.toEqual(problemWith({ code: 'run/active' }));
  await expect(supervisor.removeProject(project)).rejects.toEqual(problemWith({ code: 'run/active' }));
  await reaches(id, 'finished');
  const runFolder = join(folder, 'runs', String(id));
  expect(existsSync(runFolder)).toBe(true);
  const other = start('finish');
  await reaches(other, 'finished');
  await supervisor.remove(id);
  expect(existsSync(runFolder)).toBe(false);
  expect(() => store.runs.get(id)).toThrow(problemWith({ code: 'run/missing' }));
  await supervisor.removeProject(project);
  expect(store.runs.query(runQuerySchema.parse({})).total).toBe(0);
  expect(events.filter(({ type }) => type === 'run-removed')).toHaveLength(2);
});

test('the trash keeps runs until it is emptied; what waits is cancelled, and what runs is refused', async () => {
  const [busy, waiting] = [start('slow'), start('finish')];
  await reaches(busy, 'running');
  await expect(supervisor.trash([waiting, busy])).rejects.toEqual(problemWith({ code: 'run/active' }));
  expect(store.runs.get(waiting)).toMatchObject({ state: 'queued', deletedAt: null });
  await supervisor.trash([waiting]);
  expect(store.runs.get(waiting)).toMatchObject({ state: 'cancelled' });
  expect(store.runs.get(waiting).deletedAt).not.toBeNull();
  await reaches(busy, 'finished');
  await supervisor.trash([busy]);
  supervisor.restore([waiting]);
  expect(store.projects.get(project).runs).toBe(1);
  expect(await supervisor.emptyTrash()).toBe(1);
  expect(() => store.runs.get(busy)).toThrow(problemWith({ code: 'run/missing' }));
  expect(existsSync(join(folder, 'runs', String(busy)))).toBe(false);
  expect(store.runs.get(waiting).deletedAt).toBeNull();
});

test('names, notes and tags are told to everybody; a run that is missing changes no other', () => {
  const id = store.runs.create(project, 'r', sampleRecipe(), 'auto').id;
  supervisor.edit(id, { name: 'Apple', notes: 'crisp' });
  supervisor.edit(id, { notes: 'sour' });
  expect(() => supervisor.tag([id, 9_999], ['fruit'], [])).toThrow(problemWith({ code: 'run/missing' }));
  supervisor.tag([id], ['fruit', 'autumn'], []);
  supervisor.tag([id], ['Fruit'], ['AUTUMN']);
  const told = events.flatMap((event) => (event.type === 'run' ? [event.run] : []));
  expect(told.at(-1)).toMatchObject({ id, name: 'Apple', notes: 'sour', tags: ['fruit'] });
});

test('a folder outside the runs folder is never removed', async () => {
  const outside = join(folder, 'precious');
  mkdirSync(outside);
  const id = store.runs.create(project, 'r', sampleRecipe(), 'auto').id;
  store.runs.update(id, { state: 'finished', folder: outside });
  await supervisor.remove(id);
  expect(existsSync(outside)).toBe(true);
});

test('orders that make no sense are refused in words', async () => {
  const id = start('finish');
  await reaches(id, 'finished');
  for (const order of [() => supervisor.pause(id), () => supervisor.cancel(id)]) {
    expect(order).toThrow(problemWith({ code: 'run/wrong-state', kind: 'input' }));
  }
  expect(() => supervisor.resume(id)).toThrow(problemWith({ code: 'run/not-resumable' }));
  expect(() => supervisor.pause(999)).toThrow(problemWith({ code: 'run/missing' }));
  expect(() => supervisor.start(999, sampleRecipe(), 'auto', 'x')).toThrow(
    problemWith({ code: 'project/missing' }),
  );
});

test('a failed run is tried again with its recipe, from its checkpoint where it has one', async () => {
  const id = start('fail');
  await reaches(id, 'failed');
  const { recipe, checkpoint } = store.runs.get(id);
  expect(checkpoint).not.toBeNull();
  supervisor.retry(id);
  expect(store.runs.get(id)).toMatchObject({ problem: null, endedAt: null, recipe });
  await reaches(id, 'failed');
  expect(log(id)).toContain('resumed at 5');
  const done = start('finish');
  expect(() => supervisor.retry(done)).toThrow(problemWith({ code: 'run/not-ended' }));
  await reaches(done, 'finished');
  expect(() => supervisor.retry(done)).toThrow(problemWith({ code: 'run/not-ended' }));
});

test('a checkpoint is written when it is asked for, and that it is there is told', async () => {
  const id = start('slow');
  await reaches(id, 'running');
  await until(() => steps(id).length > 1);
  await supervisor.checkpoint(id);
  expect(store.runs.get(id).checkpoint).toEqual({ stage: 0, epoch: 0 });
  await reaches(id, 'finished');
  expect(() => supervisor.checkpoint(id)).toThrow();
});
