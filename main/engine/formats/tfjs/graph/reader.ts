import type { GraphImporter } from './importer.ts';
import type { GraphNode } from './nodes.ts';

/** Turns one operation of a graph into our layers, or works it out when all it reads is stored. */
export type GraphReader = (importer: GraphImporter, node: GraphNode) => void;
