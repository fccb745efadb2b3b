import type { CouplingOptions, NetworkGroups } from '../../contract/groups.ts';
import { standingOf } from '../compress/excluded.ts';
import { networkCost } from '../network/cost.ts';
import type { Group } from '../network/coupling/groups.ts';
import { coupling } from '../network/coupling/index.ts';
import { prunableParams, type Network } from '../network/graph.ts';
import { shrink } from '../network/shrink.ts';
import { askedNetwork, type AskedNetwork } from './asked-network.ts';

/** Whose groups are asked for. */
interface Asked extends AskedNetwork {
  readonly options: CouplingOptions;
  /** What a recipe excludes: these groups are among those that stay. */
  readonly exclude: readonly string[];
}

/**
 * Which channels of a network may leave together, what one of each takes with it, and why the others cannot.
 * @throws EspalierError when the network cannot be read, is for other data, or has nothing of a name that is excluded
 */
export async function networkGroups(asked: Asked): Promise<NetworkGroups> {
  return describeGroups(await askedNetwork(asked), asked);
}

function describeGroups(network: Network, { options, exclude }: Asked): NetworkGroups {
  const found = coupling(network, options);
  const { groups, chosen, held } = standingOf(network, exclude, options);
  const whole = networkCost(network);
  return {
    name: network.name,
    parameters: whole.parameters,
    macs: whole.macs,
    prunable: prunableParams(network),
    groups: groups.map((group) => {
      const left = networkCost(shrink(network, found, group.components.slice(0, 1)).network);
      return {
        ...describe(group),
        parameters: whole.parameters - left.parameters,
        macs: whole.macs - left.macs,
      };
    }),
    held: [...chosen, ...held].map((group) => ({ ...describe(group), reasons: [...group.reasons] })),
  };
}

function describe({
  name,
  unit,
  makers,
  readers,
  components,
}: Group): Omit<NetworkGroups['held'][number], 'reasons'> {
  const slices = components[0]?.members.map(({ param, axis, indices, side }) => ({
    param,
    axis,
    indices: indices.length,
    side,
  }));
  return {
    name,
    unit,
    width: components.length,
    makers: [...makers],
    readers: [...readers],
    slices: slices ?? [],
  };
}
