import type { Buffer, Step } from './plan.ts';

/** Buffers begin at multiples of so many values: a cache line. */
const ALIGN = 16;

/**
 * Places buffers in one arena: two share room where no step uses both, nor any step between their first and last uses. The largest
 * are placed first, each as far in front as it fits.
 * @returns where each buffer begins, and how many values the arena holds
 */
export function placeBuffers(
  buffers: readonly Buffer[],
  steps: readonly Step[],
): { offsets: number[]; arena: number } {
  const lives = buffers.map(() => ({ first: Infinity, last: -Infinity }));
  steps.forEach(({ args }, at) => {
    for (const arg of args) {
      const life = arg.is === 'buffer' ? lives[arg.buffer] : undefined;
      if (life === undefined) continue;
      life.first = Math.min(life.first, at);
      life.last = Math.max(life.last, at);
    }
  });
  const offsets = buffers.map(() => 0);
  const placed: { from: number; to: number; first: number; last: number }[] = [];
  const order = [...buffers.keys()]
    .filter((i) => buffers[i]?.place.is === 'arena' && (lives[i]?.last ?? -1) >= 0)
    .sort((a, b) => (buffers[b]?.size ?? 0) - (buffers[a]?.size ?? 0));
  for (const i of order) {
    const { first, last } = lives[i] ?? { first: 0, last: 0 };
    const size = Math.ceil((buffers[i]?.size ?? 0) / ALIGN) * ALIGN;
    let from = 0;
    for (const other of placed) {
      const together = other.first <= last && first <= other.last;
      if (together && other.from < from + size && from < other.to) from = other.to;
    }
    offsets[i] = from;
    placed.push({ from, to: from + size, first, last });
    placed.sort((a, b) => a.from - b.from);
  }
  return { offsets, arena: Math.max(0, ...placed.map(({ to }) => to)) };
}
