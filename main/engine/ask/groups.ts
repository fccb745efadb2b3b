import type { CouplingOptions, NetworkGroups } from '../../contract/groups.ts';
import { isModelPath } from '../../contract/paths.ts';
import { standingOf } from '../compress/excluded.ts';
import type { Dataset } from '../data/dataset.ts';
import { fitModel } from '../evaluate/fit-model.ts';
import { readModel } from '../formats/read.ts';
import { networkCost } from '../network/cost.ts';
import type { Group } from '../network/coupling/groups.ts';
import { coupling } from '../network/coupling/index.ts';
import { asInFile } from '../network/head.ts';
import { prunableParams, type Network } from '../network/graph.ts';
import { shrink } from '../network/shrink.ts';
import { DEFAULT_CLASSES, zoo } from '../zoo/index.ts';

/** Whose groups are asked for. */
interface Asked {
  /** A name of the zoo or a file's path, from `baseFolder` on. */
  readonly network: string;
  readonly baseFolder: string;
  /** What it is fitted to; without data all answers of a file count as needed, or the one that is named. */
  readonly dataset: Dataset | null;
  readonly output?: string | undefined;
  readonly options: CouplingOptions;
  /** What a recipe excludes: these groups are among those that stay. */
  readonly exclude: readonly string[];
}

/**
 * Which channels of a network may leave together, what one of each takes with it, and why the others cannot.
 * @throws EspalierError when the network cannot be read, is for other data, or has nothing of a name that is excluded
 */
export async function networkGroups(asked: Asked): Promise<NetworkGroups> {
  return describeGroups(await networkOf(asked), asked);
}

async function networkOf({ network: name, baseFolder, dataset, output }: Asked): Promise<Network> {
  if (!isModelPath(name)) {
    const entry = zoo.get(name, 'network');
    const input = dataset?.sampleShape ?? entry.defaultInput;
    return entry.build({ input, classes: dataset?.classes.length ?? DEFAULT_CLASSES });
  }
  const model = await readModel(name, baseFolder, dataset?.sampleShape);
  return dataset === null ? asInFile(model.network) : (await fitModel(model, dataset, name, output)).network;
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
