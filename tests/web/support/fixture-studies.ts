import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiName, ApiArgs, ApiResult, StudioEvent } from '../../../main/contract/api.ts';
import { inputError } from '../../../main/contract/errors.ts';
import type { StudyRun } from '../../../main/contract/study-list.ts';
import type { StudyResult } from '../../../main/contract/study.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { answer } from '../../../main/engine/process/queries.ts';
import { runStudy } from '../../../main/engine/study/frame/session.ts';

type StudyCalls = {
  [N in Extract<ApiName, `studies.${string}`>]: (args: ApiArgs<N>) => ApiResult<N> | Promise<ApiResult<N>>;
};

const study = 'pruning-and-generalisation';
const parameters = { keep: [1, 0.5, 0.2, 0.05], draws: 2, dimension: 60, neurons: 10, samples: 20, data: '' };
const done = { label: 'Done', done: 8, steps: 8, fraction: 1, etaSeconds: 0 };

const started: readonly StudyRun[] = [
  {
    id: 1,
    study,
    title: 'Pruning and generalisation',
    seed: 1,
    parameters,
    state: 'finished',
    progress: done,
    problem: null,
    createdAt: '2026-03-01T09:00:00.000Z',
    endedAt: '2026-03-01T09:04:00.000Z',
  },
  {
    id: 2,
    study,
    title: 'Pruning and generalisation',
    seed: 2,
    parameters,
    state: 'running',
    progress: { label: 'keep 20 %, draw 1 of 2', done: 4, steps: 8, fraction: 0.54, etaSeconds: 95 },
    problem: null,
    createdAt: '2026-03-02T09:00:00.000Z',
    endedAt: null,
  },
];

/** What the real engine makes of a small study, whole or stopped half-way. */
async function resultOf({ seed, state }: StudyRun): Promise<StudyResult | null> {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-'));
  const control = new Control();
  const options = { study, parameters, seed, folder, shown: folder, baseFolder: '/', resume: false };
  let last: StudyResult | null = null;
  const watch = {
    progress: () => undefined,
    result: (result: StudyResult) => {
      last = result;
      if (state !== 'finished' && result.done === 4) control.cancel();
    },
  };
  await runStudy(options, control, watch).catch((error: unknown) => {
    if (!control.signal.aborted) throw error;
  });
  rmSync(folder, { recursive: true });
  return last;
}

/** Studies of a studio in memory: two were started, unless it is empty. */
export function fixtureStudies(full: boolean, emit: (event: StudioEvent) => void): StudyCalls {
  const list = new Map(full ? started.map((one) => [one.id, one]) : []);
  const find = (id: number): StudyRun => {
    const found = list.get(id);
    if (found === undefined) throw inputError('study/missing', `There is no study ${id}.`);
    return found;
  };
  const change = (id: number, part: Partial<StudyRun>) => {
    list.set(id, { ...find(id), ...part });
    emit({ type: 'study', study: find(id) });
    return null;
  };
  return {
    'studies.catalog': async () => (await answer('studies', null)) as ApiResult<'studies.catalog'>,
    'studies.check': async (args) => (await answer('check-study', args)) as ApiResult<'studies.check'>,
    'studies.start': (asked) => {
      const [like] = started;
      if (like === undefined) throw new Error('no study to be like');
      const begun: StudyRun = { ...like, id: 3, seed: asked.seed ?? 1, state: 'queued', progress: null };
      list.set(3, begun);
      return begun;
    },
    'studies.list': () => [...list.values()].reverse(),
    'studies.get': async ({ id }) => ({ run: find(id), result: await resultOf(find(id)) }),
    'studies.pause': ({ id }) => change(id, { state: 'paused' }),
    'studies.resume': ({ id }) => change(id, { state: 'running' }),
    'studies.cancel': ({ id }) => change(id, { state: 'cancelled' }),
    'studies.remove': ({ id }) => {
      list.delete(id);
      emit({ type: 'study-removed', id });
      return null;
    },
    'studies.save': ({ id }) => ({ how: 'download', url: `/download/study-${id}` }),
  };
}
