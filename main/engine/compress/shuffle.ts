import { Random } from '../base/random.ts';
import type { MaskSet } from '../network/graph.ts';
import { unitsOf, type Selected, type SelectionContext } from './select.ts';
import type { Selection } from './selection.ts';

/**
 * The sanity control that shuffles what is kept within every layer (Frankle et al. 2021, arXiv 2009.08576): each keeps its
 * number of units and loses the choice of which.
 */
export function shuffledMasks(
  { network, recipe }: Pick<SelectionContext, 'network' | 'recipe'>,
  selection: Selection,
  { kept }: Selected,
  label: string,
): MaskSet {
  const units = unitsOf(network, selection);
  return units.expand(shuffled(kept, recipe.seed, label));
}

/** The same number of ones in every mask, at other places. */
export function shuffled(masks: MaskSet, seed: number, label: string): MaskSet {
  return new Map(
    [...masks].map(([name, mask]) => {
      const random = Random.from(seed, `${label}/shuffle/${name}`);
      const order = random.shuffle(Uint32Array.from(mask, (_, i) => i));
      return [name, Uint8Array.from(order, (i) => mask[i] ?? 0)];
    }),
  );
}
