import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ApiArgs } from '../../main/contract/api.ts';
import type { RunState } from '../../main/contract/run.ts';
import { studyResultSchema } from '../../main/contract/study.ts';
import { childHost } from '../../main/jobs/child-host.ts';
import { engineEntry } from '../../main/jobs/entry.ts';
import type { EngineHost } from '../../main/jobs/host.ts';
import { temporaryFolder } from '../support/folder.ts';
import { problemWith } from '../support/problem.ts';
import { testStudio } from '../support/studio.ts';
import type { TestStudio } from '../support/studio.ts';

const tiny: ApiArgs<'studies.start'> = {
  study: 'pruning-and-generalisation',
  seed: 3,
  parameters: {
    keep: [1, 0.5, 0.3],
    draws: 2,
    dimension: 60,
    neurons: 20,
    samples: 30,
    testSamples: 50,
    maxIterations: 4000,
    stopAt: 0.0001,
    data: '',
  },
};

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
const recordsOf = async (one: TestStudio, id: number) =>
  (await one.ask('studies.get', { id })).result?.records;

/** The numbers of an undisturbed one. */
async function undisturbed() {
  const calm = open(temporaryFolder());
  const { id } = await calm.ask('studies.start', tiny);
  await reaches(calm, id, 'finished');
  const records = await recordsOf(calm, id);
  await calm.close();
  return records;
}

test('a study that is paused, closed with the studio, killed and resumed comes to the same numbers', async () => {
  const expected = await undisturbed();
  expect(expected?.rows.length).toBe(6);
  const folder = temporaryFolder();
  const first = open(folder);
  const { id, title } = await first.ask('studies.start', tiny);
  expect(title).toBe('Pruning and generalisation');
  await stepsDone(first, 1);
  const paused = reaches(first, id, 'paused');
  await first.ask('studies.pause', { id });
  await paused;
  expect(first.busy).toBe(true);
  await expect(first.ask('studies.remove', { id })).rejects.toEqual(problemWith({ code: 'study/active' }));
  const halfway = await first.ask('studies.get', { id });
  expect(halfway.run.progress).toMatchObject({ steps: 6 });
  expect(halfway.result?.done).toBeGreaterThan(0);
  await first.close();

  const second = open(folder);
  expect((await second.ask('studies.list', null)).map((one) => one.state)).toEqual(['interrupted']);
  const further = stepsDone(second, (halfway.result?.done ?? 0) + 1);
  await second.ask('studies.resume', { id });
  await further;
  const ended = reaches(second, id, 'crashed', 'finished');
  hosts.at(-1)?.kill();
  await ended;
  const crashed = await second.ask('studies.get', { id });
  if (crashed.run.state === 'crashed') {
    expect(crashed.run.problem).toMatchObject({ code: 'study/crashed' });
    const finished = reaches(second, id, 'finished');
    await second.ask('studies.resume', { id });
    await finished;
  }
  expect(await recordsOf(second, id)).toEqual(expected);
}, 120_000);

test('one waits for the other, is taken out of the queue, and both are removed with their folders', async () => {
  const folder = temporaryFolder();
  const here = open(folder);
  const one = await here.ask('studies.start', tiny);
  const two = await here.ask('studies.start', tiny);
  expect(two.state).toBe('queued');
  await here.ask('studies.cancel', { id: two.id });
  await expect(here.ask('studies.save', { id: two.id, file: 'study.json' })).rejects.toEqual(
    problemWith({ code: 'study/no-results' }),
  );
  await stepsDone(here, 1);
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
}, 60_000);

test('wrong parameters, data outside of what may be read, and a study that is none are refused before anything starts', async () => {
  const here = open(temporaryFolder());
  const start = (parameters: Record<string, unknown>) => here.ask('studies.start', { ...tiny, parameters });
  const wrong = await here.ask('studies.check', { study: tiny.study, parameters: { draws: 0, keep: ['x'] } });
  expect(wrong.problems.map(({ field }) => field)).toEqual(['keep[0]', 'draws']);
  const { study, parameters = {} } = tiny;
  expect((await here.ask('studies.check', { study, parameters })).steps).toBe(6);
  await expect(start({ draws: 0 })).rejects.toMatchObject({ problem: { field: 'draws' } });
  await expect(start({ data: 'csv:/etc/passwd' })).rejects.toMatchObject({
    problem: { code: 'files/outside' },
  });
  await expect(here.ask('studies.start', { study: 'none', parameters: {} })).rejects.toThrow(/none/);
  expect(await here.ask('studies.list', null)).toEqual([]);
}, 60_000);
