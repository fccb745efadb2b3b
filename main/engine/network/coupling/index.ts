import type { CouplingOptions } from '../../../contract/groups.ts';
import type { Network } from '../graph.ts';
import { choose } from './choose.ts';
import type { Axis } from './coupler.ts';
import { componentsOf, type Component } from './components.ts';
import { groupsOf, type Group, type Held } from './groups.ts';
import { CouplingRecord } from './record.ts';

/** Which channels of a network go together, and which cannot go. */
export interface Coupling {
  /** Channels that may go, those of the same role together; in the order in which the network first needs them. */
  readonly groups: readonly Group[];
  /** Channels that stay, with the reasons. */
  readonly held: readonly Held[];
  /** What the layers said of their slots, for those that look further. */
  readonly record: CouplingRecord;
  /**
   * The indices of every axis that stay when components leave.
   * @param removed components of this coupling's groups
   */
  without(removed: Iterable<Component>): Kept;
}

/** Which indices of the axes of a network's values and parameters stay. */
export interface Kept {
  /** Of a value of one sample (axis 0 is the batch), in ascending order. */
  value(name: string, axis: number): readonly number[];
  /** Of a parameter, in ascending order. */
  param(name: string, axis: number): readonly number[];
}

const known = new WeakMap<Network, Map<string, Coupling>>();

/**
 * The channels of a network that must leave together, from what each layer says of its own slots: a slot is one index of one
 * axis of a value or parameter, and slots that are tied by any layer form a component. There are no rules for whole networks,
 * no tracing and no names; a layer that says nothing holds what it touches. Found once for a network, which never changes.
 */
export function coupling(network: Network, options: CouplingOptions = {}): Coupling {
  const made = known.get(network) ?? new Map<string, Coupling>();
  known.set(network, made);
  const key = JSON.stringify([options.attention, options.grouped]);
  const found = made.get(key) ?? find(network, options);
  made.set(key, found);
  return found;
}

function find(network: Network, options: CouplingOptions): Coupling {
  const record = new CouplingRecord(network, options);
  choose(record);
  record.holdSums();
  holdWholeAxes(record);
  const components = componentsOf(network, record);
  const { groups, held } = groupsOf(network, record, components);
  return {
    groups,
    held,
    record,
    without(removed) {
      const gone = new Set<number>();
      for (const component of removed) gone.add(record.slots.find(component.slot));
      const kept = (axis: Axis | undefined): number[] => {
        if (axis === undefined) return [];
        const indices = Array.from({ length: axis.size }, (_, i) => i);
        return indices.filter((i) => !gone.has(record.slots.find(axis.first + i)));
      };
      return {
        value: (name, axis) => kept(record.values.get(name)?.[axis]),
        param: (name, axis) => kept(record.params.get(name)?.[axis]),
      };
    },
  };
}

/** Nothing may be without any channel: slots that are all there is of an axis stay. */
function holdWholeAxes(record: CouplingRecord): void {
  for (const axis of record.axes) {
    const root = record.slots.find(axis.first);
    let whole = record.pinOf(root) === undefined;
    for (let i = 1; whole && i < axis.size; i++) whole = record.slots.find(axis.first + i) === root;
    if (whole) record.pin({ kind: 'only', axis, reason: '' });
  }
}
