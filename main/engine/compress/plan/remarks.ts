import type { Network } from '../../network/graph.ts';
import type { Stage } from '../framework.ts';
import { candidates, unitsOf } from '../select.ts';
import type { Selection } from '../selection.ts';

/** How a plan's structure and budget are to be read in this network, each remark once. */
export function remarksOn(stages: readonly Stage[], network: Network): string[] {
  const found = stages.flatMap((stage) => {
    const selection = selectionOf(stage);
    if (selection === undefined) return [];
    const remark = unitsOf(network, selection, candidates(network, selection.exclude)).remark?.();
    return remark === undefined ? [] : [remark];
  });
  return [...new Set(found)];
}

function selectionOf(stage: Stage): Selection | undefined {
  if (stage.kind === 'prune') return stage.selection;
  return stage.kind === 'train' ? stage.dynamics?.selection : undefined;
}
