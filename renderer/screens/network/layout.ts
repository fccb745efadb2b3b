import { BOX, type Edge, type GraphLayout, type Point } from './box.ts';
import { layBlock } from './lay-block.ts';

/**
 * Lays a network out from top to bottom. Between two nodes that everything passes (the ends of a residual block, two layers of a
 * chain) a block is laid out by itself, its ends below each other: so a deep network takes as long as its blocks do, and its
 * main line stays straight.
 * @param count how many nodes there are, each after all that it reads
 * @param edges indices of nodes, from what is read to the reader
 */
export function layOut(count: number, edges: readonly Edge[]): GraphLayout {
  const nodes = new Array<Point>(count);
  const routes = new Array<readonly Point[]>(edges.length);
  const waists = waistsOf(count, edges);
  const inside = edgesBetween(waists, edges);
  const laid = onceEach();
  let entry: Point = { x: 0, y: BOX.height / 2 };
  waists.forEach((first, at) => {
    const last = waists[at + 1];
    nodes[first] = entry;
    if (last === undefined) return;
    const members = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    const own = inside[at] ?? [];
    const block = laid(
      members.length,
      own.map((edge) => edgeOf(edges, edge, first)),
    );
    const from = block.nodes[0] ?? entry;
    const moved = ({ x, y }: Point): Point => ({ x: x - from.x + entry.x, y: y - from.y + entry.y });
    // Nothing may lie lower than the block's end, or it would lie in the next one.
    const lowest = Math.max(...block.nodes.map(({ y }) => y));
    const exit: Point = { x: entry.x, y: moved({ x: 0, y: lowest }).y };
    members.forEach((member, i) => {
      nodes[member] = member === last ? exit : moved(block.nodes[i] ?? from);
    });
    own.forEach((edge, i) => {
      routes[edge] = (block.edges[i] ?? []).map(moved);
    });
    entry = exit;
  });
  // Edges begin and end at their boxes, wherever those came to be.
  const joined = routes.map((points, edge): readonly Point[] => {
    const [from, to] = edges[edge] ?? [0, 0];
    const [start, end] = [nodes[from], nodes[to]];
    if (start === undefined || end === undefined) return points;
    return [
      { x: start.x, y: start.y + BOX.height / 2 },
      ...points.slice(1, -1),
      { x: end.x, y: end.y - BOX.height / 2 },
    ];
  });
  return { nodes, edges: joined };
}

function edgeOf(edges: readonly Edge[], index: number, first: number): Edge {
  const [from, to] = edges[index] ?? [first, first];
  return [from - first, to - first];
}

/** Deep networks repeat their blocks: equal ones are laid out once. */
function onceEach(): typeof layBlock {
  const known = new Map<string, GraphLayout>();
  return (count, edges) => {
    const key = `${count}:${edges.join(';')}`;
    const block = known.get(key) ?? layBlock(count, edges);
    known.set(key, block);
    return block;
  };
}

/** The nodes, in order, that no edge passes by: the first and the last always among them. */
function waistsOf(count: number, edges: readonly Edge[]): number[] {
  const passing = new Int32Array(count + 1);
  for (const [from, to] of edges) {
    passing[from + 1] = (passing[from + 1] ?? 0) + 1;
    passing[to] = (passing[to] ?? 0) - 1;
  }
  const waists: number[] = [];
  let over = 0;
  for (let node = 0; node < count; node++) {
    over += passing[node] ?? 0;
    if (over === 0 || node === 0 || node === count - 1) waists.push(node);
  }
  return waists;
}

/** For each block, from one waist to the next, its edges. */
function edgesBetween(waists: readonly number[], edges: readonly Edge[]): number[][] {
  const blocks = waists.map((): number[] => []);
  const blockOf = new Int32Array((waists.at(-1) ?? 0) + 1);
  waists.forEach((first, at) => blockOf.fill(at, first, waists[at + 1]));
  edges.forEach(([from], edge) => blocks[blockOf[from] ?? 0]?.push(edge));
  return blocks;
}
