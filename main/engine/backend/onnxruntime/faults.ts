import type { GraphNode, Value } from './graph.ts';
import { type Lowered, nodeName } from './lowered.ts';

/**
 * What onnxruntime's execution providers claim and then refuse or compute wrongly, found by tfjs-core's specs
 * (`npm run conformance:webgpu`). Such operations stay on onnxruntime's CPU provider; what a provider does not claim is
 * placed there by onnxruntime itself.
 */
interface Fault {
  readonly provider: string;
  /** What is wrong with it in onnxruntime 1.30. */
  readonly reason: string;
  hits(node: GraphNode, isRead: (value: Value) => boolean): boolean;
}

const faults: readonly Fault[] = [
  {
    provider: 'webgpu',
    reason: 'MaxPool with positions: "The Indices output is not supported yet"',
    hits: ({ op, outputs: [, positions] }, isRead) =>
      op === 'MaxPool' && positions !== undefined && isRead(positions),
  },
  {
    provider: 'webgpu',
    reason:
      'Conv with 5, 6, 7, 9, ... filters a group: four at a time are computed, across the end of a group',
    hits: (node) => {
      const filters = (node.inputs[1]?.shape[0] ?? 0) / groupOf(node);
      return node.op === 'Conv' && groupOf(node) > 1 && filters !== wholeFilters('webgpu', filters);
    },
  },
  {
    provider: 'webgpu',
    reason: 'Conv with a filter as large as the image and padding after it only: taken for a single product',
    hits: ({ op, inputs: [image, filter], attrs }) => {
      if (op !== 'Conv' || image === undefined || filter === undefined) return false;
      const [top, left, bottom, right] = attrs['pads'] as [number, number, number, number];
      const same = image.shape[2] === filter.shape[2] && image.shape[3] === filter.shape[3];
      return same && top === 0 && left === 0 && bottom + right > 0;
    },
  },
  {
    provider: 'webgpu',
    reason: 'ConvTranspose with several channels a group: some of them are left out',
    hits: (node) => {
      const group = groupOf(node);
      return node.op === 'ConvTranspose' && group > 1 && node.inputs[0]?.shape[1] !== group;
    },
  },
];

function groupOf({ attrs }: GraphNode): number {
  return typeof attrs['group'] === 'number' ? attrs['group'] : 1;
}

/** Filters of one group of a convolution, rounded up to a number that the provider computes rightly. */
export function wholeFilters(provider: string, filters: number): number {
  return provider === 'webgpu' && filters > 4 ? 4 * Math.ceil(filters / 4) : filters;
}

/**
 * Whether what follows ArgMax can stay where it is: WebGPU computes positions as int64 and has no operation that goes on from
 * there, so that a step would wait for the device once more only to count right answers.
 */
export function computesPositions(provider: string): boolean {
  return provider !== 'webgpu';
}

/** Whether the provider has IsNaN, and NaNs at all. */
export function keepsNaN(provider: string): boolean {
  return provider !== 'webgpu';
}

/** Names of the operations in a graph that must not run on `provider`. */
export function cpuNodes({ nodes, outputs }: Lowered, provider: string): string[] {
  const known = faults.filter((fault) => fault.provider === provider);
  if (known.length === 0) return [];
  const read = new Set<Value | undefined>([...nodes.flatMap(({ inputs }) => inputs), ...outputs]);
  return nodes.flatMap((node, i) =>
    known.some((fault) => fault.hits(node, (value) => read.has(value))) ? [nodeName(i)] : [],
  );
}
