import type { RunSummary } from '../../../main/contract/api.ts';
import { askedToGo } from '../../../main/words/amounts.ts';
import type { RunState } from '../../../main/contract/run.ts';
import { accuracyDifference } from '../../text/result.ts';
import { stateLook } from '../../text/run-state.ts';

type RunColumn = 'name' | 'state' | 'budget' | 'accuracy' | 'drop' | 'created';
export interface RunSort {
  column: string;
  down: boolean;
}
export interface RunFilter {
  readonly text: string;
  /** 'all', 'live', 'ended', or one state. */
  readonly state: string;
}

const keys: Record<RunColumn, (run: RunSummary) => string | number | null> = {
  name: (run) => run.name.toLowerCase(),
  state: (run) => stateLook(run.state).word,
  budget: (run) => askedToGo(run.recipe.budget),
  accuracy: (run) => run.result?.accuracy ?? null,
  drop: accuracyDifference,
  created: (run) => run.createdAt,
};

/** Sorted by a column; runs that have no value there come last, whichever way it is sorted. */
export function sortRuns(runs: readonly RunSummary[], sort: RunSort): RunSummary[] {
  const key = keys[sort.column as RunColumn];
  return [...runs].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === null || y === null) return x === y ? b.id - a.id : x === null ? 1 : -1;
    const order = x < y ? -1 : x > y ? 1 : 0;
    return (sort.down ? -order : order) || b.id - a.id;
  });
}

/** Every word must be somewhere in the run's name, network, data, paradigm or state. */
export function filterRuns(runs: readonly RunSummary[], filter: RunFilter): RunSummary[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return runs.filter((run) => {
    const { recipe } = run;
    const data = recipe.data === 'digits' ? 'digits' : JSON.stringify(recipe.data);
    const text = [run.name, recipe.network, recipe.paradigm, data, stateLook(run.state).word]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word)) && hasState(run.state, filter.state);
  });
}

function hasState(state: RunState, wanted: string): boolean {
  switch (wanted) {
    case 'all':
      return true;
    case 'live':
      return stateLook(state).live;
    case 'finished':
      return state === 'finished';
    default:
      return !stateLook(state).live && state !== 'finished';
  }
}
