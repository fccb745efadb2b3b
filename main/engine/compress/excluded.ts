import { inputError } from '../../contract/errors.ts';
import type { StructureSpec } from '../../contract/structure.ts';
import { paramMeant, whyExcluded } from '../../words/excluded.ts';
import type { Group, Held } from '../network/coupling/groups.ts';
import { coupling } from '../network/coupling/index.ts';
import { prunableParams, type Network } from '../network/graph.ts';
import { couplingOptionsOf } from './structures/coupled.ts';

/** What a recipe keeps whole. */
export interface Excluded {
  /** Parameters, by name. */
  readonly params: ReadonlySet<string>;
  /** Groups of channels, by name. */
  readonly groups: ReadonlySet<string>;
}

/**
 * What the names of `prune.exclude` mean in a network: a parameter's own name, 'first' and 'last' for those at the network's
 * ends, and the name of a group of channels for that group.
 * @throws EspalierError when a name is none of these
 */
export function excludedIn(network: Network, exclude: readonly string[], spec: StructureSpec): Excluded {
  const prunable = prunableParams(network);
  const meant = exclude.map((name) => paramMeant(name, prunable));
  const [params, others] = [new Set<string>(), new Set<string>()];
  for (const name of meant) (prunable.includes(name) ? params : others).add(name);
  if (others.size === 0) return { params, groups: others };
  const known = new Set(groupsIn(network, spec).map(({ name }) => name));
  const unknown = [...others].find((name) => !known.has(name));
  if (unknown === undefined) return { params, groups: others };
  throw inputError(
    'prune/unknown-parameter',
    `'${unknown}' is neither a prunable parameter of ${network.name} nor a group of its channels.`,
    {
      field: 'prune.exclude',
      remedy: `Prunable parameters are: ${prunable.join(', ')}. Groups: espalier inspect --groups.`,
    },
  );
}

/** The weights that make the channels of these groups. */
export function makersOf(
  network: Network,
  names: ReadonlySet<string>,
  spec: StructureSpec,
): ReadonlySet<string> {
  const chosen = groupsIn(network, spec).filter(({ name }) => names.has(name));
  return new Set(
    chosen.flatMap(({ components: [first] }) =>
      (first?.members ?? []).filter(({ side }) => side === 'makes').map(({ param }) => param),
    ),
  );
}

/** A network's groups of channels: those that may leave, those that a person keeps, and those that cannot leave. */
export interface Standing {
  readonly groups: readonly Group[];
  readonly chosen: readonly Held[];
  readonly held: readonly Held[];
}

/** @throws EspalierError when an excluded name is unknown */
export function standingOf(network: Network, exclude: readonly string[], spec: StructureSpec): Standing {
  excludedIn(network, exclude, spec);
  const { groups, held } = coupling(network, couplingOptionsOf(spec));
  const prunable = prunableParams(network);
  const all = groups.map((group): Held => {
    const slices = group.components[0]?.members ?? [];
    const [{ param, axis } = { param: group.name, axis: 0 }] = slices;
    const texts = whyExcluded(
      { name: group.name, params: slices.map((one) => one.param) },
      exclude,
      prunable,
    );
    return { ...group, reasons: texts.map((text) => ({ text, of: param, axis })) };
  });
  return {
    groups: groups.filter((_, i) => all[i]?.reasons.length === 0),
    chosen: all.filter(({ reasons }) => reasons.length > 0),
    held,
  };
}

function groupsIn(network: Network, spec: StructureSpec): readonly Group[] {
  const { groups, held } = coupling(network, couplingOptionsOf(spec));
  return [...groups, ...held];
}
