import { Random } from '../../main/engine/base/random.ts';
import { selectedBy, unitsOf } from '../../main/engine/compress/select.ts';
import type { Selection } from '../../main/engine/compress/selection.ts';
import { applyCut, cutBy } from '../../main/engine/network/cut-by-masks.ts';
import { cutWeights } from '../../main/engine/network/cut.ts';
import type { MaskSet } from '../../main/engine/network/graph.ts';
import type { Weighed } from '../../main/engine/network/model.ts';

/** A network that channels have left, and the masks that the whole one would train under in its place. */
export interface Narrower extends Weighed {
  readonly masks: MaskSet;
}

/**
 * The network as a recipe makes it with `budget: {macs: 1 / fewer}`, `scope: layerwise` and `structure: {kind: channel, multiple}`:
 * of every group the same share stays, of random channels, since times do not depend on which.
 */
export function narrower({ network, weights }: Weighed, fewer: number, multiple: number): Narrower {
  const selection: Selection = {
    criterion: 'random',
    scope: 'layerwise',
    exclude: [],
    regrow: false,
    invert: false,
    protect: true,
    measure: 'macs',
    structure: { kind: 'channel', multiple },
  };
  const units = unitsOf(network, selection);
  const random = Random.from(1, 'scores');
  const drawn = units.groups.map((group): [string, Float32Array] => [
    group.name,
    Float32Array.from({ length: group.units }, () => random.float()),
  ]);
  const { masks } = selectedBy(network, selection, units.spread(new Map(drawn)), 1 - 1 / fewer);
  const shrunk = applyCut(network, cutBy(masks, network));
  return { network: shrunk.network, weights: cutWeights(weights, shrunk), masks };
}
