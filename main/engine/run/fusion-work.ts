import type { Stage } from '../compress/framework.ts';
import type { Dataset } from '../data/dataset.ts';
import { networkCost } from '../network/cost.ts';
import { samplingOf } from '../network/fuse/observations.ts';
import { pairsOf, type Pair } from '../network/fuse/pairs.ts';
import { sizeOf, type Network } from '../network/graph.ts';
import { inferShapes } from '../network/shape.ts';
import { FORWARD } from './search-work.ts';

type FuseStage = Extract<Stage, { kind: 'fuse' }>;

/** Samples of a training step, for counting. */
const BATCH = 64;
/** How much longer a multiplication takes in a fit, in double precision, than in a training step; about. */
const SLOWER = 8;

/** Pairs that a fit is made of, with the work of each in training steps, about. */
export function fitsOf(
  network: Network,
  exclude: readonly string[],
  samples: number,
  macs: number,
): { readonly pair: Pair; readonly steps: number }[] {
  const shapes = inferShapes(network, 1);
  const ofStep = 3 * BATCH * Math.max(1, macs);
  return pairsOf(network, exclude).pairs.flatMap((pair) => {
    if (pair.refused !== null) return [];
    const second = network.nodes.find(({ name }) => name === pair.second);
    const [, , ...space] = shapes.get(second?.outputs[0] ?? '') ?? [];
    const shown = samplingOf(pair, samples, sizeOf(space));
    const { inputs, outputs } = pair;
    const sums = shown.samples * shown.places * inputs * (inputs / 2 + outputs);
    const solving = inputs ** 2 * (inputs / 3 + outputs);
    return [{ pair, steps: (FORWARD * shown.samples) / BATCH + (SLOWER * (sums + solving)) / ofStep }];
  });
}

/**
 * All that a fuse stage takes, in training steps, as it is foretold from the network as it came: every fusion before it leaves a pair less.
 */
export function fusionSteps(stage: FuseStage, base: Network, dataset: Dataset): number {
  const fits = fitsOf(base, stage.exclude, dataset.train.size, networkCost(base).macs);
  const before = Math.min(fits.length, (stage.fusion ?? 1) - 1);
  const left = fits.length === 0 ? 0 : 1 - before / fits.length;
  return left * fits.reduce((sum, { steps }) => sum + steps, 0);
}
