import type { ApiArgs, ApiName, ApiResult } from '../../../main/contract/api.ts';
import { inputError, runError } from '../../../main/contract/errors.ts';
import { executorKindSchema } from '../../../main/contract/executors.ts';
import type { Elsewhere, ExecutorStatus, ExecutorView } from '../../../main/contract/executors.ts';

type ExecutorCalls = {
  [N in Extract<ApiName, `executors.${string}`>]: (args: ApiArgs<N>) => ApiResult<N> | Promise<ApiResult<N>>;
};

const worker = (host: string, heard: number, version = '0.1.0') => ({ host, version, heard, state: null });
const redis = (part: Partial<ExecutorStatus>): ExecutorStatus => ({
  kind: 'redis',
  place: 'rediss://queue.example:6380, queue espalier',
  workers: part.known?.length ?? 0,
  known: [],
  waiting: 0,
  active: 0,
  ...part,
});

/** How it stands with who does a sweep, in all the ways there are. */
export const executorViews = {
  local: {
    status: {
      kind: 'local',
      place: 'this machine',
      workers: 1,
      known: [{ host: 'atelier', version: '0.1.0', heard: null, state: null }],
      waiting: 5,
      active: 1,
    },
    problem: null,
  },
  waiting: { status: redis({ waiting: 27 }), problem: null },
  busy: {
    status: redis({
      known: [
        worker('bench-1', 0),
        worker('bench-2.laboratory.example', 4),
        worker('a-machine-with-quite-a-long-name-in-the-cellar.laboratory.example', 71, '0.0.9'),
      ],
      waiting: 9_874,
      active: 3,
    }),
    problem: null,
  },
  away: {
    status: null,
    problem: runError('executor/no-server', 'The Redis server does not answer (ECONNREFUSED).', {
      file: 'rediss://queue.example:6380',
      remedy: 'Check its address, and that it lets this machine in.',
    }).problem,
  },
  slurm: {
    status: {
      kind: 'slurm',
      place: 'Slurm, partition gpu',
      workers: 2,
      known: [
        { host: 'node01', version: null, heard: null, state: 'mix' },
        { host: 'node02', version: null, heard: null, state: 'idle' },
        { host: 'node03', version: null, heard: null, state: 'down*' },
      ],
      waiting: 12,
      active: 8,
    },
    problem: null,
  },
  ended: { status: null, problem: null },
} satisfies Record<string, ExecutorView>;

/** Executors that can be chosen as the settings are; a server at 'away' does not answer. */
export function fixtureExecutors(places: () => Elsewhere): ExecutorCalls {
  const notSet = () =>
    inputError('executor/not-set', 'No Redis server is set.', { remedy: 'Set its address under Settings.' });
  const noStorage = () =>
    inputError('executor/no-storage', 'No shared folder is set.', { remedy: 'Set one under Settings.' });
  const problemOf = (kind: ExecutorStatus['kind']) => {
    const { redis: address, redisFile, storage } = places();
    if (kind === 'redis' && address === null && redisFile === null) return notSet();
    if (kind === 'slurm' && storage === null) return noStorage();
    return null;
  };
  return {
    'executors.list': () =>
      executorKindSchema.options.map((kind) => ({ kind, problem: problemOf(kind)?.problem ?? null })),
    'executors.test': ({ kind }) => {
      const problem = problemOf(kind);
      if (problem !== null) throw problem;
      if (places().redis?.includes('away') === true)
        throw runError('executor/no-server', executorViews.away.problem.message, executorViews.away.problem);
      return kind === 'slurm' ? executorViews.slurm.status : executorViews.busy.status;
    },
  };
}
