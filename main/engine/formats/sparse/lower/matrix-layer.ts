import type { Node, TensorData } from '../../../network/graph.ts';
import { sizeOf } from '../../../network/graph.ts';
import { LANES } from '../kernel.ts';
import type { Arg } from '../plan.ts';
import { rows as rowsKernel } from '../kernels/rows.ts';
import type { Value } from '../value.ts';
import { isCompact } from '../value.ts';
import { copy } from './copy.ts';
import { stored, weightBytes } from './eight-bits.ts';
import { countsStored, gapsOf } from './gaps.ts';
import { boundaries, entriesBy, listsOf, type SparseRows } from './lists.ts';
import type { LowerContext, Tuning } from './lowering.ts';
import { at, whole } from './lowering.ts';
import { splitOf } from './split.ts';

export interface MatrixLayer {
  readonly input: Value;
  /** [out, in, ...ones] */
  readonly weight: TensorData;
  readonly bias: Float32Array | undefined;
  /** How many vectors are multiplied, one behind the other. */
  readonly vectors: number;
}

/** Calls the kernel of a sparse matrix times vectors, with what comes behind it. */
export function matrixLayer(context: LowerContext, node: Node, layer: MatrixLayer): void {
  const { weight, vectors } = layer;
  const [out = 0] = weight.shape;
  const features = weight.data.length / out;
  const { post, added, output } = context.tail(node);
  const { rows, scales, weightsOf } = stored(context, sparseRows(weight.data, out, features));
  const block = fastestBlock(rows, context.tuning);
  const ways = waysOf(block);
  const gaps = context.tuning.gaps !== undefined;
  const lists = listsIn(context, rows, { block, ways });
  const blocks = Math.ceil(rows.length / block);
  const filledUp = (values: ArrayLike<number>) => {
    const all = new Float32Array(blocks * block);
    all.set(values);
    return context.floats(all);
  };
  const target = context.value(output);
  const result = isCompact(target) ? target : context.temporary(target.shape);
  const other = added === undefined ? [] : [at(compacted(context, node, context.value(added)))];
  const kernel = rowsKernel({ block, ways, gaps, scaled: scales !== undefined, post });
  // What the last block writes beyond the last row belongs to the next vector.
  const apart = vectors === 1 || out % block === 0;
  // Lists of gaps have no beginnings to start from elsewhere.
  const split = splitOf(kernel, {
    units: apart && !gaps ? blocks : 1,
    products: lists.weights.length * vectors,
    moves: { y: block, added: block, first: 1, scales: block, bias: block },
    count: ['blocks', 1],
  });
  const args = [
    at(compacted(context, node, layer.input)),
    at(result),
    ...other,
    weightsOf(lists.weights),
    ...lists.tables,
    ...(scales === undefined ? [] : [filledUp(scales)]),
    filledUp(layer.bias ?? []),
    ...[blocks, vectors, features, out].map(whole),
  ];
  context.call(node, kernel, args, split);
  if (result !== target) copy(context, node, result, target);
  const kept = rows.reduce((sum, row) => sum + row.length, 0);
  context.note({ layer: node.name, weights: weight.data.length, kept, stored: lists.weights.length, block });
}

/** Rows as lists in the target's form: the weights, and the tables of columns and of where lists lie. */
function listsIn(
  context: LowerContext,
  rows: SparseRows,
  { block, ways }: { readonly block: number; readonly ways: number },
): { readonly weights: readonly number[]; readonly tables: readonly Arg[] } {
  const { gaps: form } = context.tuning;
  if (form === undefined) {
    const lists = listsOf(rows, block, ways, false);
    return {
      weights: lists.weights,
      tables: [context.table(lists.columns), context.table(boundaries(lists))],
    };
  }
  const { gaps, bits, counts, weights } = gapsOf(listsOf(rows, block, 1, false), {
    weightBytes: weightBytes(context),
    worth: form.worth,
    least: ways,
  });
  return {
    weights,
    tables: [context.table(gaps, { bits }), context.table(counts, countsStored(counts))],
  };
}

/** The value without gaps: itself, or a copy. */
export function compacted(context: LowerContext, node: Node, value: Value): Value {
  if (isCompact(value)) return value;
  const packed = context.temporary(value.shape);
  copy(context, node, value, packed);
  return packed;
}

function sparseRows(data: Float32Array, out: number, features: number): SparseRows {
  return Array.from({ length: out }, (_, o) => {
    const row: [number, number][] = [];
    for (let i = 0; i < features; i++) {
      const weight = data[o * features + i] ?? 0;
      if (weight !== 0) row.push([i, weight]);
    }
    return row;
  });
}

/** How many columns are added up side by side, so that the adders are busy. */
const waysOf = (block: number): number => (block >= 8 ? 2 : 4);

/** How many rows are computed together: so that the whole takes the least time, of what does not store too many zeros. */
function fastestBlock(rows: SparseRows, { rows: blocks, matrix, spare }: Tuning): number {
  const kept = entriesBy(rows, 1);
  const costs = blocks
    .map((block) => ({ block, entries: entriesBy(rows, block) }))
    .filter(({ block, entries }) => block === 1 || entries * block <= spare * kept)
    .map(({ block, entries }) => ({
      block,
      cost: entries * (matrix.entry + Math.max(1, block / LANES) * matrix.vector),
    }));
  return costs.reduce(
    (best, next) => (next.cost < best.cost ? next : best),
    costs[0] ?? { block: 1, cost: 0 },
  ).block;
}

/** How many vectors lie in a value whose last axis is multiplied. */
export const vectorsIn = ({ shape }: Value): number => sizeOf(shape.slice(0, -1));
