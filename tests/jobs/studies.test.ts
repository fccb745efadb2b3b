import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ApiArgs } from '../../main/contract/api.ts';
import type { RunState } from '../../main/contract/run.ts';
import { studyResultSchema } from '../../main/contract/study.ts';
import { Control } from '../../main/engine/base/control.ts';
import { runStudy } from '../../main/engine/study/frame/session.ts';
import { childHost } from '../../main/jobs/child-host.ts';
import { engineEntry } from '../../main/jobs/entry.ts';
import type { EngineHost } from '../../main/jobs/host.ts';
import { temporaryFolder } from '../support/folder.ts';
import { problemWith } from '../support/problem.ts';
import { testStudio } from '../support/studio.ts';
import type { TestStudio } from '../support/studio.ts';

const tiny = {
  study: 'pruning-and-generalisation',
  seed: 3,
  parameters: {
    keep: [1, 0.5, 0.3, 0.2, 0.1],
    draws: 2,
    dimension: 40,
    neurons: 8,
    samples: 20,
    testSamples: 50,
    maxIterations: 1500,
    stopAt: 0.0001,
    data: '',
  },
} satisfies ApiArgs<'studies.start'>;

const hosts: EngineHost[] = [];
let studio: TestStudio | undefined;
function open(folder: string): TestStudio {
  studio = testStudio(folder, {
    startEngine: () => {
      const host = childHost(engineEntry());
      hosts.push(host);
      return host;
    },
  });
  return studio;
}
afterEach(async () => {
  await studio?.close();
  studio = undefined;
});

const reaches = (one: TestStudio, id: number, ...states: RunState[]) =>
  one.event((event) => event.type === 'study' && event.study.id === id && states.includes(event.study.state));
const stepsDone = (one: TestStudio, done: number) =>
  one.event((event) => event.type === 'study' && (event.study.progress?.done ?? 0) >= done);

test('a study that is paused, closed with the studio, killed and resumed comes to the same numbers', async () => {
  const folder = temporaryFolder();
  const first = open(folder);
  const paused = first.event((event) => event.type === 'study' && event.study.state === 'paused');
  const { id, title } = await first.ask('studies.start', tiny);
  expect(title).toBe('Pruning and generalisation');
  await reaches(first, id, 'running');
  await first.ask('studies.pause', { id });
  await paused;
  expect(first.busy).toBe(true);
  await expect(first.ask('studies.remove', { id })).rejects.toEqual(problemWith({ code: 'study/active' }));
  await first.close();

  const second = open(folder);
  expect((await second.ask('studies.list', null)).map(({ state }) => state)).toEqual(['interrupted']);
  const further = stepsDone(second, 2);
  await second.ask('studies.resume', { id });
  await further;
  const ended = reaches(second, id, 'crashed', 'finished');
  hosts.at(-1)?.kill();
  await ended;
  const crashed = await second.ask('studies.get', { id });
  expect(crashed.run.problem).toMatchObject({ code: 'study/crashed' });
  expect(crashed.result?.done).toBeGreaterThan(1);
  const finished = reaches(second, id, 'finished');
  await second.ask('studies.resume', { id });
  await finished;

  const options = {
    ...tiny,
    seed: 3,
    folder: join(folder, 'whole'),
    shown: '',
    baseFolder: folder,
    resume: false,
  };
  const silent = { progress: () => undefined, result: () => undefined };
  const whole = await runStudy(options, new Control(), silent);
  expect((await second.ask('studies.get', { id })).result?.records).toEqual(whole.records);
}, 300_000);

test('one waits for the other, is taken out of the queue, and both are removed with their folders', async () => {
  const folder = temporaryFolder();
  const here = open(folder);
  const done = stepsDone(here, 1);
  // So long that it is not over before it is cancelled.
  const one = await here.ask('studies.start', { ...tiny, parameters: { ...tiny.parameters, draws: 50 } });
  const two = await here.ask('studies.start', tiny);
  expect(two.state).toBe('queued');
  await here.ask('studies.cancel', { id: two.id });
  await expect(here.ask('studies.save', { id: two.id, file: 'study.json' })).rejects.toEqual(
    problemWith({ code: 'study/no-results' }),
  );
  await done;
  const cancelled = reaches(here, one.id, 'cancelled');
  await here.ask('studies.cancel', { id: one.id });
  await cancelled;
  const place = join(folder, 'data', 'studies', String(one.id));
  expect(
    studyResultSchema.parse(JSON.parse(readFileSync(join(place, 'study.json'), 'utf8'))).done,
  ).toBeGreaterThan(0);
  expect(await here.ask('studies.save', { id: one.id, file: 'results.csv' })).toMatchObject({
    how: 'download',
  });
  for (const { id } of [one, two]) await here.ask('studies.remove', { id });
  expect(await here.ask('studies.list', null)).toEqual([]);
  expect(existsSync(place)).toBe(false);
}, 240_000);

test('wrong parameters, data outside of what may be read, and a study that is none are refused before anything starts', async () => {
  const here = open(temporaryFolder());
  const start = (parameters: Record<string, unknown>) => here.ask('studies.start', { ...tiny, parameters });
  const wrong = await here.ask('studies.check', { study: tiny.study, parameters: { draws: 0, keep: ['x'] } });
  expect(wrong.problems.map(({ field }) => field)).toEqual(['keep[0]', 'draws']);
  const { study, parameters } = tiny;
  expect((await here.ask('studies.check', { study, parameters })).steps).toBe(10);
  await expect(start({ draws: 0 })).rejects.toMatchObject({ problem: { field: 'draws' } });
  await expect(start({ data: 'csv:/etc/passwd' })).rejects.toMatchObject({
    problem: { code: 'files/outside' },
  });
  for (const run of ['/etc', '77']) {
    const asked = { study: 'worth-of-pruning', parameters: { runs: [run] } };
    await expect(here.ask('studies.start', asked)).rejects.toThrow(/no finished run|There is no run 77/);
  }
  await expect(here.ask('studies.start', { study: 'none', parameters: {} })).rejects.toThrow(/none/);
  expect(await here.ask('studies.list', null)).toEqual([]);
}, 240_000);
