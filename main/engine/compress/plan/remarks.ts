import type { Network } from '../../network/graph.ts';
import { formatCount } from '../../../words/format.ts';
import type { Stage } from '../framework.ts';
import { criteria } from '../criteria/index.ts';
import { dynamicsKinds } from '../dynamics/index.ts';
import { fitted, unitsOf } from '../select.ts';
import { structures } from '../structures/index.ts';
import type { Selection } from '../selection.ts';
import { SCRATCH } from './scratch.ts';

/** How a plan's structure and budget are to be read in this network, each remark once. */
export function remarksOn(stages: readonly Stage[], network: Network): string[] {
  const found = stages.flatMap((stage) => {
    if (stage.kind === 'train' && stage.id === SCRATCH) return [scratchWords(stage.spec.epochs)];
    const selection = selectionOf(stage);
    if (selection === undefined) return [];
    const remark = unitsOf(network, selection).remark?.();
    return [
      ...otherwise(network, selection),
      ...(remark === undefined ? [] : [remark]),
      ...leavingLate(stage, network, selection),
    ];
  });
  return [...new Set(found)];
}

/** Says what is done instead where a network has no batch norms to go by. */
function otherwise(network: Network, selection: Selection): string[] {
  const { criterion, structure } = fitted(network, selection);
  if (criterion === selection.criterion) return [];
  const what = structures.get(structure?.kind ?? 'element').label.toLowerCase();
  return [
    `${network.name} has no batch norms whose channels may leave: instead of channels by the scales of their norms, ${what} are pruned by ${criteria.get(criterion).label.toLowerCase()}.`,
  ];
}

/** Says why a network stays whole while it is pruned. */
function leavingLate(stage: Stage, network: Network, selection: Selection): string[] {
  if (stage.kind !== 'train' || stage.dynamics === undefined) return [];
  const { structure } = fitted(network, selection);
  const { leaveLate } = dynamicsKinds.get(stage.dynamics.id);
  if (leaveLate === null || structures.get(structure?.kind ?? 'element').leaves !== true) return [];
  return [`Channels leave when '${stage.label}' is over: ${leaveLate}.`];
}

function selectionOf(stage: Stage): Selection | undefined {
  if (stage.kind === 'prune') return stage.selection;
  return stage.kind === 'train' ? stage.dynamics?.selection : undefined;
}

/** A report is read without the recipe, and should not be taken for that of the method whose widths it has. */
function scratchWords(epochs: number): string {
  return `A control: the pruning gives the widths alone. The smaller network's weights are drawn anew and trained for ${formatCount(epochs)} epochs, as many as the method trains in all.`;
}
