import type { NetworkSummary, ParadigmEntry } from '../../main/contract/catalog.ts';
import type { Problem } from '../../main/contract/errors.ts';
import { settingsNow } from './settings.ts';

/** Faults of a network that no data could mend. */
const ofNetwork = new Set(['network/no-classifier', 'network/head', 'network/inputs']);

/** The field of the recipe where it is mended that a network and data do not go together. */
export function placeOfFit({ code }: Problem): 'network' | 'output' | 'data' {
  if (code === 'network/output') return 'output';
  return ofNetwork.has(code) ? 'network' : 'data';
}

/** A network without a weight that could be pruned. */
export function nothingToPrune(name: string): Problem {
  return {
    code: 'prune/nothing',
    message: `${name} has no weights that can be pruned.`,
    field: 'network',
    remedy: 'Choose a network with convolutions or dense layers.',
    kind: 'input',
  };
}

/**
 * Why a paradigm cannot prune the network, as a problem with the field that changes it.
 * @param prune what the draft sets of the pruning: a criterion of its own may be one that can
 */
export function whyUnsuited(
  unsuited: NetworkSummary['unsuited'],
  entry: ParadigmEntry,
  prune: Readonly<Record<string, unknown>> = {},
): Problem | undefined {
  const own = unsuited?.paradigms[entry.id];
  if (own !== undefined) return { ...own, field: 'paradigm' };
  const chosen = prune['criterion'];
  const set =
    typeof chosen === 'string' && settingsNow(entry, prune).some(({ field }) => field === 'criterion');
  const { criterion, otherwise } = entry.presets;
  const refused = unsuited?.criteria ?? {};
  const preset = criterion in refused ? (otherwise ?? criterion) : criterion;
  const problem = refused[set ? chosen : preset];
  return problem && { ...problem, field: set ? 'prune.criterion' : 'paradigm' };
}
