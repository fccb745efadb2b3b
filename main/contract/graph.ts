import { z } from 'zod';

/** A network as it is drawn: what is computed, what reads what, and what each part costs. */

/** More is drawn by nobody: it would be a picture without a single readable word. */
export const MAX_GRAPH_NODES = 20_000;

const graphNodeSchema = z.object({
  name: z.string(),
  /** The op's name, or what end of the network it stands for. */
  op: z.string(),
  /** An end of the network computes nothing and has no row in the layer table. */
  end: z.enum(['input', 'output']).nullable(),
  /** Of the first output, for one sample. */
  outputShape: z.array(z.number().int()),
  /** Trained numbers, and multiply-accumulates for one sample; what layers share is counted at the first. */
  parameters: z.number().int(),
  macs: z.number().int(),
  /** Parameters that can be pruned, by name. */
  weights: z.array(z.string()),
  /** All of its parameters: what it uses them as, and their shape. */
  params: z.array(z.object({ use: z.string(), name: z.string(), shape: z.array(z.number().int()) })),
  /** Its attributes in words, cut where they are long. */
  attrs: z.array(z.object({ name: z.string(), value: z.string() })),
});
export type GraphNode = z.infer<typeof graphNodeSchema>;

export const networkGraphSchema = z.object({
  name: z.string(),
  parameters: z.number().int(),
  macs: z.number().int(),
  /** A node comes after all that it reads. */
  nodes: z.array(graphNodeSchema).max(MAX_GRAPH_NODES),
  /** Indices of nodes: the second reads what the first makes; pairs that read two values have two. */
  edges: z.array(z.tuple([z.number().int(), z.number().int()])),
});
export type NetworkGraph = z.infer<typeof networkGraphSchema>;
