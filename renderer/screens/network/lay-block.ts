import dagre from '@dagrejs/dagre';
import { BOX, ROW_GAP, type Edge, type GraphLayout } from './box.ts';

/** Between boxes beside each other. */
const COLUMN_GAP = 26;
/** With more nodes the best ranks take too long, and good ones do. */
const LARGE = 200;

/** Lays a part of a network out by itself, in layers from top to bottom (Sugiyama's method, by dagre). */
export function layBlock(count: number, edges: readonly Edge[]): GraphLayout {
  // Two layers of a chain.
  if (count === 2) {
    const below = { x: 0, y: BOX.height + ROW_GAP };
    return { nodes: [{ x: 0, y: 0 }, below], edges: edges.map(() => [{ x: 0, y: 0 }, below]) };
  }
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({
    rankdir: 'TB',
    nodesep: COLUMN_GAP,
    ranksep: ROW_GAP,
    edgesep: COLUMN_GAP,
    ranker: count > LARGE ? 'longest-path' : 'network-simplex',
  });
  for (let node = 0; node < count; node++) graph.setNode(String(node), { ...BOX });
  edges.forEach(([from, to], edge) => {
    graph.setEdge(String(from), String(to), {}, String(edge));
  });
  dagre.layout(graph);
  return {
    nodes: Array.from({ length: count }, (_, node) => {
      const { x, y } = graph.node(String(node));
      return { x, y };
    }),
    edges: edges.map(([from, to], edge) =>
      graph.edge(String(from), String(to), String(edge)).points.map(({ x, y }) => ({ x, y })),
    ),
  };
}
