import type { Random } from '../../base/random.ts';
import { countKept } from '../masks.ts';
import { topK } from '../top-k.ts';

/** Replacing connections of one layer: how many stay active never changes. */

/**
 * RigL's update (Evci et al. 2020, algorithm 1): the `count` active weights that are smallest in magnitude leave, and of all
 * positions that are then empty, those just left included, the `count` with the largest gradients become active. Among equal
 * gradients a position that was active comes first, then the lower index.
 */
export function regrowByGradient(
  weight: Float32Array,
  gradient: Float32Array,
  mask: Uint8Array,
  count: number,
): Uint8Array {
  const magnitude = weight.map((w, i) => (mask[i] === 1 ? Math.abs(w) : -Infinity));
  const [next] = topK([magnitude], countKept(mask) - count) as [Uint8Array];
  const candidates = (active: number) =>
    gradient.map((g, i) => (next[i] === 0 && mask[i] === active ? Math.abs(g) : -1));
  const empty = next.length - countKept(next);
  const [left, others] = topK([candidates(1), candidates(0)], Math.min(count, empty)) as [
    Uint8Array,
    Uint8Array,
  ];
  return next.map((kept, i) => kept | (left[i] as number) | (others[i] as number));
}

/**
 * SET's update (Mocanu et al. 2018): the share `fraction` of the positive active weights and of the negative ones that lie
 * closest to zero leave, and as many positions drawn from those that were empty before become active. Weights that are
 * exactly zero count as positive. Where there are fewer empty positions than that, fewer weights are replaced.
 */
export function regrowAtRandom(
  weight: Float32Array,
  mask: Uint8Array,
  fraction: number,
  random: Random,
): Uint8Array {
  const empty: number[] = [];
  for (let i = 0; i < mask.length; i++) if (mask[i] === 0) empty.push(i);
  const side = (of: (w: number) => boolean) =>
    weight.map((w, i) => (mask[i] === 1 && of(w) ? Math.abs(w) : -Infinity));
  const positive = side((w) => w >= 0);
  const negative = side((w) => w < 0);
  const drops = [positive, negative].map((part) => Math.round(fraction * finite(part))) as [number, number];
  const wanted = drops[0] + drops[1];
  if (wanted > empty.length) {
    drops[0] = Math.round((drops[0] * empty.length) / wanted);
    drops[1] = empty.length - drops[0];
  }
  const [a] = topK([positive], finite(positive) - drops[0]) as [Uint8Array];
  const [b] = topK([negative], finite(negative) - drops[1]) as [Uint8Array];
  const next = a.map((kept, i) => kept | (b[i] as number));
  for (let drawn = 0; drawn < drops[0] + drops[1]; drawn++) {
    const at = drawn + random.int(empty.length - drawn);
    const chosen = empty[at] as number;
    empty[at] = empty[drawn] as number;
    next[chosen] = 1;
  }
  return next;
}

function finite(scores: Float32Array): number {
  return scores.reduce((sum, score) => sum + (score === -Infinity ? 0 : 1), 0);
}
