import { criteria } from '../criteria/index.ts';
import type { Stage } from '../framework.ts';

/** Whether a plan needs the weights that it begins with later on: to go back to them, or to score by what became of them. */
export function needsInitial(stages: readonly Stage[]): boolean {
  return stages.some((stage) => {
    if (stage.kind === 'restore') return stage.from === 'init';
    const selection =
      stage.kind === 'prune'
        ? stage.selection
        : stage.kind === 'train'
          ? stage.dynamics?.selection
          : undefined;
    return selection !== undefined && criteria.get(selection.criterion).comparesWithInitial === true;
  });
}
