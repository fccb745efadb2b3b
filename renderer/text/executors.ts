import { executorWords } from '../../main/contract/executors.ts';
import type { ExecutorStatus, WorkerFacts } from '../../main/contract/executors.ts';
import type { RunState } from '../../main/contract/run.ts';
import { runStateSchema } from '../../main/contract/run.ts';
import type { SweepStates } from '../../main/contract/sweep-list.ts';
import { formatCount, formatDuration, formatPlural } from './format.ts';

/** '3 workers, 12 runs waiting, 3 at work'. */
export function statusWords({ kind, workers, waiting, active }: ExecutorStatus): string {
  const takers =
    kind === 'local'
      ? `${workers} ${executorWords.local.one}`
      : formatPlural(workers, executorWords[kind].one);
  return `${takers}, ${formatPlural(waiting, 'run')} waiting, ${formatCount(active)} at work`;
}

/** Of a cluster that was tested: which node started the program; '' of all others. */
export function triedWords({ kind, known }: ExecutorStatus): string {
  if (kind !== 'slurm') return '';
  const node = known.find(({ version }) => version !== null);
  return node === undefined
    ? 'No node was free to start the program; the first run will tell.'
    : `${node.host} starts version ${node.version ?? ''}.`;
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
