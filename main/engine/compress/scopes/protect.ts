import type { MaskSet } from '../../network/graph.ts';
import type { ScoreSet } from '../scores.ts';
import { countKept } from '../masks.ts';

/** Layers of which a mask keeps nothing: no signal passes them, and the network answers the same for every input. */
export function emptyLayers(masks: MaskSet): string[] {
  return [...masks].filter(([, mask]) => mask.length > 0 && countKept(mask) === 0).map(([name]) => name);
}

/**
 * Gives every emptied layer back its best-scored weight, in place. To keep the number of weights, the lowest-scored one goes
 * from the layers that have more than one; nothing goes where no layer has.
 * @returns the layers that would have been empty.
 */
export function protectLayers(masks: MaskSet, scores: ScoreSet): string[] {
  const empty = emptyLayers(masks);
  for (const name of empty) {
    const part = scores.get(name);
    const mask = masks.get(name);
    if (part === undefined || mask === undefined) continue;
    mask[bestOf(part)] = 1;
    const given = lowestKept(masks, scores, name);
    if (given !== undefined) given.mask[given.index] = 0;
  }
  return empty;
}

function bestOf(part: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < part.length; i++) if ((part[i] as number) > (part[best] as number)) best = i;
  return best;
}

/** The kept weight of the lowest score in layers that can spare one; among equals the last, as in every selection. */
function lowestKept(
  masks: MaskSet,
  scores: ScoreSet,
  except: string,
): { mask: Uint8Array; index: number } | undefined {
  let found: { mask: Uint8Array; index: number } | undefined;
  let lowest = Infinity;
  for (const [name, mask] of masks) {
    const part = scores.get(name);
    if (name === except || part === undefined || countKept(mask) < 2) continue;
    for (let index = 0; index < mask.length; index++) {
      const score = part[index] as number;
      if (mask[index] === 1 && score <= lowest) {
        lowest = score;
        found = { mask, index };
      }
    }
  }
  return found;
}
