import { describe, expect, it } from 'vitest';
import { BOX, type Edge } from '../../renderer/screens/network/box.ts';
import { layOut } from '../../renderer/screens/network/layout.ts';

/** A stem, then blocks of three layers with a shortcut around them, then a head. */
function residual(blocks: number): { count: number; edges: Edge[] } {
  const edges: Edge[] = [];
  let last = 0;
  for (let block = 0; block < blocks; block++) {
    edges.push([last, last + 1], [last + 1, last + 2], [last + 2, last + 3], [last, last + 3]);
    last += 3;
  }
  edges.push([last, last + 1]);
  return { count: last + 2, edges };
}

/** Every one reads all before it: nothing but the ends is passed by everything. */
function dense(count: number): { count: number; edges: Edge[] } {
  const edges: Edge[] = [];
  for (let to = 1; to < count; to++) for (let from = 0; from < to; from++) edges.push([from, to]);
  return { count, edges };
}

const cases = {
  'one node': { count: 1, edges: [] as Edge[] },
  'a chain': { count: 5, edges: [0, 1, 2, 3].map((i): Edge => [i, i + 1]) },
  'residual blocks': residual(20),
  'dense connections': dense(9),
  'a node that reads a value twice': {
    count: 3,
    edges: [
      [0, 1],
      [0, 1],
      [1, 2],
    ] as Edge[],
  },
  'two inputs and two outputs': {
    count: 6,
    edges: [
      [0, 2],
      [1, 3],
      [2, 3],
      [3, 4],
      [2, 5],
    ] as Edge[],
  },
  'an input that nothing reads': {
    count: 4,
    edges: [
      [0, 2],
      [2, 3],
    ] as Edge[],
  },
};

describe('the layout of a network', () => {
  for (const [name, { count, edges }] of Object.entries(cases)) {
    it(`puts readers below what they read and no box on another: ${name}`, () => {
      const layout = layOut(count, edges);
      expect(layout.nodes).toHaveLength(count);
      for (const { x, y } of layout.nodes) expect(Number.isFinite(x) && Number.isFinite(y)).toBe(true);
      for (const [from, to] of edges) {
        expect(layout.nodes[to]!.y - layout.nodes[from]!.y).toBeGreaterThan(BOX.height);
      }
      layout.nodes.forEach((a, i) => {
        for (const b of layout.nodes.slice(i + 1)) {
          const apart = Math.abs(a.x - b.x) >= BOX.width || Math.abs(a.y - b.y) >= BOX.height;
          expect(apart, `boxes of ${name} lie on each other`).toBe(true);
        }
      });
    });

    it(`leads every edge from the lower side of one box to the upper side of the other: ${name}`, () => {
      const layout = layOut(count, edges);
      layout.edges.forEach((points, edge) => {
        const [from, to] = edges[edge]!;
        const [start, end] = [layout.nodes[from]!, layout.nodes[to]!];
        expect(points[0]).toEqual({ x: start.x, y: start.y + BOX.height / 2 });
        expect(points.at(-1)).toEqual({ x: end.x, y: end.y - BOX.height / 2 });
      });
      expect(layout.edges).toHaveLength(edges.length);
    });
  }

  it('keeps the ends of residual blocks in one straight line', () => {
    const { count, edges } = residual(10);
    const { nodes } = layOut(count, edges);
    for (let end = 0; end < count; end += 3) expect(nodes[end]!.x).toBe(0);
  });
});
