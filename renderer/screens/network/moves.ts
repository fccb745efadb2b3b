import type { Edge, GraphLayout } from './box.ts';

export type Way = 'up' | 'down' | 'left' | 'right';

/**
 * Where an arrow leads from a node: up to what it reads and down to what reads it, the straightest way first; left and right to the
 * next box beside it.
 */
export function neighbour(
  { nodes }: GraphLayout,
  edges: readonly Edge[],
  from: number,
  way: Way,
): number | null {
  const here = nodes[from];
  if (here === undefined) return null;
  const best = (candidates: Iterable<number>, cost: (x: number, y: number) => number): number | null => {
    let [found, least]: [number | null, number] = [null, Infinity];
    for (const candidate of candidates) {
      const there = nodes[candidate];
      if (there === undefined) continue;
      const costs = cost(there.x - here.x, there.y - here.y);
      if (costs < least) [found, least] = [candidate, costs];
    }
    return found;
  };
  if (way === 'up' || way === 'down') {
    const along = edges.flatMap(([a, b]) => {
      if (way === 'down') return a === from ? [b] : [];
      return b === from ? [a] : [];
    });
    return best(along, (x, y) => Math.abs(y) + Math.abs(x));
  }
  const sign = way === 'left' ? -1 : 1;
  const along = new Set(edges.flatMap(([a, b]) => (a === from ? [b] : b === from ? [a] : [])));
  const beside = nodes.flatMap(({ x }, index) =>
    (x - here.x) * sign > 1 && !along.has(index) ? [index] : [],
  );
  return best(beside, (x, y) => (Math.abs(y) > Math.abs(x) ? Infinity : Math.abs(x) + 4 * Math.abs(y)));
}
