import type { SearchMethod, SearchReport } from '../contract/search.ts';
import { formatCount, formatPercent, formatPlural, formatShare } from './format.ts';

/** What methods that search for widths are called. */
export const SEARCH_NAMES: Readonly<Record<SearchMethod, string>> = {
  'constrained-rl': 'Constrained reinforcement learning',
  amc: 'AMC',
  evolution: 'Evolutionary search',
  random: 'Random search',
  solver: 'Sensitivity and solver',
  uniform: 'Uniform widths',
};

/** How a search was done and who won. */
export function searchWords({
  evaluations,
  samples,
  fineTune,
  whole,
  winner,
  methods,
  asked,
}: SearchReport): string {
  const trained =
    fineTune === 0
      ? 'with batch norms recalibrated and nothing trained'
      : `after ${formatPlural(fineTune, 'step')} of fine-tuning`;
  const rivals = methods.length === 1 ? '' : `, of ${methods.length} methods`;
  return `Each method could try ${formatCount(evaluations)} networks that keep ${formatShare(asked)}, on ${formatCount(samples)} samples, ${trained}; the whole network gets ${formatPercent(whole.accuracy)} of them right. ${SEARCH_NAMES[winner]} won${rivals}.`;
}

/** A row of a table of methods. */
interface SearchRow {
  readonly label: string;
  readonly evaluations: string;
  readonly accuracy: string;
  readonly left: string;
  readonly taken: string;
}

/** What each method found, as a table has it. */
export function searchRows({ methods, winner }: SearchReport): SearchRow[] {
  return methods.map(({ method, evaluations, best }) => ({
    label: SEARCH_NAMES[method],
    evaluations: formatCount(evaluations),
    accuracy: best === null ? '–' : formatPercent(best.accuracy),
    left: best === null ? '–' : formatPercent(best.left),
    taken: method === winner ? 'yes' : '',
  }));
}
