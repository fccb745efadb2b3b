import type { ScoreSet } from '../../../main/engine/compress/scores.ts';
import { keepBest } from '../../../main/engine/compress/cutoff.ts';
import type { Shares, Scope } from '../../../main/engine/compress/scopes/scope.ts';
import type { MaskSet, Network } from '../../../main/engine/network/graph.ts';

/** What a scope keeps of single weights with these scores. */
export function keptBy(
  scope: Scope,
  scores: ScoreSet,
  sparsity: number,
  network: Network,
  shares?: Shares,
): MaskSet {
  const groups = [...scores].map(([name, part]) => {
    const shape = network.params[name]?.shape ?? [part.length];
    return { name, shape, units: part.length, costs: 1 };
  });
  return keepBest(groups, scope.share(groups, sparsity, network, shares), scores);
}
