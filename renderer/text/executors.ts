import type { ExecutorKind, ExecutorStatus, WorkerFacts } from '../../main/contract/executors.ts';
import type { RunState } from '../../main/contract/run.ts';
import { runStateSchema } from '../../main/contract/run.ts';
import type { SweepStates } from '../../main/contract/sweep-list.ts';
import { formatCount, formatDuration, formatPlural } from './format.ts';

interface Words {
  readonly label: string;
  readonly about: string;
  /** Who takes runs there, one of them. */
  readonly one: string;
}

export const executorWords: Readonly<Record<ExecutorKind, Words>> = {
  local: {
    label: 'This machine',
    about: 'The runs wait in the queue and run here one after another.',
    one: 'run at a time',
  },
  redis: {
    label: 'Redis',
    about:
      'Workers on other machines take the runs from a Redis server, as many at a time as there are workers.',
    one: 'worker',
  },
  slurm: {
    label: 'Slurm',
    about: 'The runs are submitted to a Slurm cluster as an array job.',
    one: 'node',
  },
};

/** '3 workers, 12 runs waiting, 3 at work'. */
export function statusWords({ kind, workers, waiting, active }: ExecutorStatus): string {
  const takers =
    kind === 'local'
      ? `${workers} ${executorWords.local.one}`
      : formatPlural(workers, executorWords[kind].one);
  return `${takers}, ${formatPlural(waiting, 'run')} waiting, ${formatCount(active)} at work`;
}

/** 'just now', '12 s ago'; '' where nobody counts. */
export function heardWords({ heard }: WorkerFacts): string {
  if (heard === null) return '';
  if (heard < 2) return 'just now';
  return heard < 60 ? `${Math.round(heard)} s ago` : `${formatDuration(heard)} ago`;
}

/** The states that runs of a sweep are in, in the order of a run's life, with how many. */
export function statesInOrder(states: SweepStates): { state: RunState; runs: number }[] {
  return runStateSchema.options.flatMap((state) => {
    const runs = states[state] ?? 0;
    return runs === 0 ? [] : [{ state, runs }];
  });
}
