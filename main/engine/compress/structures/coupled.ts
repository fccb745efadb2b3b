import type { CouplingOptions } from '../../../contract/groups.ts';
import type { StructureSpec } from '../../../contract/structure.ts';
import { coupling, type Coupling } from '../../network/coupling/index.ts';
import type { Network } from '../../network/graph.ts';

/** What of a structure's settings says what leaves together. */
export function couplingOptionsOf({ attention, grouped }: StructureSpec): CouplingOptions {
  return { ...(attention && { attention }), ...(grouped && { grouped }) };
}

const known = new WeakMap<Network, Map<string, Coupling>>();

/** The coupling of a network, made once. */
export function couplingOf(network: Network, options: CouplingOptions = {}): Coupling {
  const made = known.get(network) ?? new Map<string, Coupling>();
  known.set(network, made);
  const key = JSON.stringify(options);
  const found = made.get(key) ?? coupling(network, options);
  made.set(key, found);
  return found;
}
