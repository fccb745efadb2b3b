import type { LayerOverlap } from '../../contract/mask-overlap.ts';
import { keptMasks, type KeptMask } from './kept-masks.ts';

/**
 * Layer by layer, how many of the weights that two runs keep are the same: |A and B| / |A or B| (Jaccard 1912). Layers whose
 * shapes are not the same, because channels have left one of the networks or the networks are others, cannot be laid over each other.
 * @param folders of the two runs
 * @throws EspalierError 'run/no-masks' where a folder holds no masks any more
 */
export async function maskOverlap(folders: readonly [string, string]): Promise<LayerOverlap[]> {
  const [a, b] = [await keptMasks(folders[0]), await keptMasks(folders[1])];
  return [...new Set([...a.keys(), ...b.keys()])].map((name) => overlapOf(name, a.get(name), b.get(name)));
}

function overlapOf(name: string, a: KeptMask | undefined, b: KeptMask | undefined): LayerOverlap {
  const shapes: LayerOverlap['shapes'] = [a ? [...a.shape] : null, b ? [...b.shape] : null];
  if (a === undefined || b === undefined || String(a.shape) !== String(b.shape))
    return { name, shapes, kept: null, both: null, jaccard: null, byChance: null };
  let [keptA, keptB, both] = [0, 0, 0];
  for (let i = 0; i < a.data.length; i++) {
    const [inA, inB] = [Number(a.data[i]) !== 0, Number(b.data[i]) !== 0];
    if (inA) keptA++;
    if (inB) keptB++;
    if (inA && inB) both++;
  }
  const expected = (keptA * keptB) / a.data.length;
  return {
    name,
    shapes,
    kept: [keptA, keptB],
    both,
    jaccard: share(both, keptA + keptB - both),
    byChance: share(expected, keptA + keptB - expected),
  };
}

const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);
