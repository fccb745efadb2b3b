import type { NetworkGroups } from '../../../main/contract/groups.ts';
import type { GraphNode } from '../../../main/contract/graph.ts';
import { whyExcluded } from '../../../main/words/excluded.ts';

/** What a layer has to do with the group of channels that is looked at. */
export type Part = 'makes' | 'reads';

type Held = Omit<NetworkGroups['held'][number], 'reasons'>;

/** A group of channels that a layer has a part in. */
export interface LayerGroup extends Held {
  /** What the layer has to do with them. */
  readonly part: Part;
  /** Why they stay, in sentences; none where they may leave. */
  readonly reasons: readonly string[];
  /** Whether a person may choose that they stay. */
  readonly free: boolean;
  /** What leaves with one of them, where they may. */
  readonly parameters?: number;
  readonly macs?: number;
}

/** The groups of channels that a layer makes or goes along with, then those that it reads. */
export function groupsOf(
  node: GraphNode,
  { groups, held, prunable }: NetworkGroups,
  excluded: readonly string[],
): LayerGroup[] {
  const all = [
    ...groups.map((group) => ({
      ...group,
      free: true,
      reasons: whyExcluded(
        { name: group.name, params: group.slices.map(({ param }) => param) },
        excluded,
        prunable,
      ),
    })),
    ...held.map((group) => ({ ...group, free: false, reasons: group.reasons.map(({ text }) => text) })),
  ];
  const found = all.flatMap((group) => {
    const part = partOf(node, group);
    return part === null ? [] : [{ ...group, part }];
  });
  return [...found.filter(({ part }) => part === 'makes'), ...found.filter(({ part }) => part === 'reads')];
}

/** What every layer has to do with a group, by name; those that have nothing are not in it. */
export function partsOf(nodes: readonly GraphNode[], group: Held): Map<string, Part> {
  return new Map(
    nodes.flatMap((node) => {
      const part = partOf(node, group);
      return part === null ? [] : [[node.name, part] as const];
    }),
  );
}

/** A norm goes along with what is made; a layer that makes and reads counts as one that makes. */
function partOf({ name, end, params }: GraphNode, { makers, readers, slices }: Held): Part | null {
  if (end !== null) return null;
  const along = () =>
    slices.some(({ param, side }) => side === 'along' && params.some((own) => own.name === param));
  if (makers.includes(name) || along()) return 'makes';
  return readers.includes(name) ? 'reads' : null;
}
