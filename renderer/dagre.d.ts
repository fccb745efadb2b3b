/** The part of dagre that is used; its own types leave labels open. */
declare module '@dagrejs/dagre' {
  interface Point {
    readonly x: number;
    readonly y: number;
  }
  class Graph {
    constructor(options?: { readonly multigraph?: boolean });
    setGraph(label: {
      readonly rankdir: 'TB';
      readonly nodesep: number;
      readonly ranksep: number;
      readonly edgesep: number;
      readonly ranker: 'network-simplex' | 'tight-tree' | 'longest-path';
    }): void;
    setNode(name: string, label: { readonly width: number; readonly height: number }): void;
    setEdge(from: string, to: string, label: Record<string, never>, name: string): void;
    node(name: string): Point;
    edge(from: string, to: string, name: string): { readonly points: readonly Point[] };
  }
  const dagre: {
    readonly graphlib: { readonly Graph: typeof Graph };
    layout(graph: Graph): void;
  };
  export default dagre;
}
