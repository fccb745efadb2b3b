import type { Node } from '../../../network/graph.ts';
import { strip, type StripOptions } from '../kernels/strip.ts';
import type { Value } from '../value.ts';
import type { Arg } from '../plan.ts';
import { stored as storedAs, weightBytes } from './eight-bits.ts';
import { countsStored, gapsOf, periodOf } from './gaps.ts';
import { boundaries, entriesBy, listsOf, type SparseRows, withWeights } from './lists.ts';
import type { LowerContext, Tuning } from './lowering.ts';
import { at, whole } from './lowering.ts';
import { splitOf } from './split.ts';

/** A convolution of stride 1 over strips: what it reads lies as its output does. */
export interface StripLayer {
  /** What positions count from. */
  readonly input: Value;
  /** From `input` to where the first tap of the first place lies. */
  readonly start: number;
  /** For each output channel its taps: positions behind the start, and weights. */
  readonly rows: SparseRows;
  /** All positions that taps may have, pruned ones too, in ascending order. */
  readonly positions: readonly number[];
  readonly bias: Float32Array | undefined;
  /** Number of its weights, zeros among them. */
  readonly weights: number;
}

/** Calls the kernels of a convolution over strips, with what comes behind it. */
export function stripLayer(context: LowerContext, node: Node, layer: StripLayer): void {
  const { post, added, output } = context.tail(node);
  const { rows, scales, weightsOf } = storedAs(context, layer.rows);
  const { input, start } = layer;
  const out = context.value(output);
  const planes = out.planes;
  if (planes === undefined) throw new Error(`'${output}' is no image`);
  const { lanes } = context.tuning;
  const all = Math.ceil(((planes.height - 1) * planes.row + planes.width) / lanes);
  const bias = layer.bias ?? new Float32Array(rows.length);
  const block = fastestBlock(rows, all, context.tuning);
  const together = rows.length - (rows.length % block);
  const parts = [
    { first: 0, to: together, block },
    { first: together, to: rows.length, block: 1 },
  ].filter(({ first, to }) => to > first);
  let stored = 0;
  for (const { first: channel, to, block } of parts) {
    const { vectors, ways } = tileOf(all, block, context.tuning);
    const pieces = piecesOf(
      { rows: rows.slice(channel, to), positions: layer.positions },
      input,
      vectors * lanes,
      context.tuning.cache,
    );
    pieces.forEach((piece, i) => {
      const last = i === pieces.length - 1;
      const scaled = last && scales !== undefined;
      const from = i > 0 ? 'sums' : scales === undefined ? 'bias' : 'zero';
      const { weights, gaps, tables } = listsIn(context, piece, { block, ways });
      stored += weights.length;
      const kernel = strip({ lanes, vectors, all, block, ways, gaps, from, scaled, post: last ? post : [] });
      const split = splitOf(kernel, {
        // Lists of gaps have no beginnings to start from elsewhere.
        units: gaps !== undefined ? 1 : (to - channel) / block,
        products: weights.length * all * lanes,
        moves: {
          ...{ y: block * planes.plane, added: block * planes.plane },
          ...{ first: block === 1 ? 1 : 3, scales: block, bias: block },
        },
        count: ['channels', block],
      });
      const args = [
        at(input, start),
        at(out, channel * planes.plane),
        ...(added === undefined || !last ? [] : [at(context.value(added), channel * planes.plane)]),
        weightsOf(weights),
        ...tables,
        ...(scaled ? [context.floats(scales.slice(channel, to))] : []),
        ...(scaled || from === 'bias' ? [context.floats(bias.slice(channel, to))] : []),
        ...[whole(to - channel), whole(planes.plane)],
      ];
      context.call(node, kernel, args, split);
    });
  }
  const kept = rows.reduce((sum, row) => sum + row.length, 0);
  context.note({ layer: node.name, weights: layer.weights, kept, stored, block });
}

/** A piece as lists in the target's form: the weights, and the tables of positions and of where lists lie. */
function listsIn(
  context: LowerContext,
  { rows, positions }: Piece,
  { block, ways }: { readonly block: number; readonly ways: number },
): Pick<StripOptions, 'gaps'> & { readonly weights: readonly number[]; readonly tables: readonly Arg[] } {
  const { gaps: form } = context.tuning;
  if (form === undefined) {
    const lists = listsOf(rows, block, ways, block > 1);
    const first = block === 1 ? boundaries(lists) : withWeights(lists);
    const tables = [context.table(lists.columns), context.table(first)];
    return { gaps: undefined, weights: lists.weights, tables };
  }
  const numbers = new Map(positions.map((position, number) => [position, number]));
  const numbered = rows.map((row) =>
    row.map(([column, weight]) => [numbers.get(column) ?? 0, weight] as const),
  );
  const lists = listsOf(numbered, block, 1, false);
  const goOn = lists.ranges.every(
    ([from, to], i) =>
      from === 0 || from === to || i === 0 || (lists.columns[from] ?? 0) >= (lists.columns[from - 1] ?? 0),
  );
  const { gaps, bits, counts, weights } = gapsOf(lists, {
    weightBytes: weightBytes(context),
    worth: form.worth,
    least: ways,
    goOn,
  });
  const listed = weights.length * weightBytes(context) + (gaps.length * bits) / 8;
  const period =
    positions.length * POSITION_BYTES > form.positions * listed ? periodOf(positions) : undefined;
  return {
    gaps: goOn ? 'from the list before' : 'from the beginning',
    weights,
    tables: [
      context.table(positions, period === undefined ? {} : { period }),
      context.table(gaps, { bits }),
      context.table(counts, countsStored(counts)),
    ],
  };
}

/** What a position takes in a table. */
const POSITION_BYTES = 2;

/** Some of the input channels of a layer: the taps there, and all positions that they may have. */
interface Piece {
  readonly rows: SparseRows;
  readonly positions: readonly number[];
}

/** Bytes that a cache holds or does not hold together. */
const LINE = 64;

/**
 * The rows cut into pieces by their columns, so that what a tile reads of a piece's input channels fits into a cache.
 * @param places of a tile
 */
function piecesOf(whole: Piece, { planes }: Value, places: number, cache: number): Piece[] {
  if (planes === undefined) return [whole];
  const { rows, positions } = whole;
  const { plane, channels } = planes;
  const within = new Set(rows.flatMap((row) => row.map(([column]) => column % plane)));
  const reach = Math.max(0, ...within) - Math.min(...within, Infinity);
  const bytes = Math.ceil(((places + Math.max(0, reach)) * 4) / LINE + 1) * LINE;
  const pieces = Math.ceil((channels * bytes) / cache);
  const each = Math.ceil(channels / Math.max(1, pieces)) * plane;
  const found = Array.from({ length: Math.ceil((channels * plane) / each) }, (_, i): Piece => {
    const inside = (column: number) => Math.floor(column / each) === i;
    return {
      rows: rows.map((row) => row.filter(([column]) => inside(column))),
      positions: positions.filter(inside),
    };
  }).filter((piece, i) => i === 0 || piece.rows.some((row) => row.length > 0));
  // Of a grouped convolution each row lies in one piece: cut, it would only be begun more often.
  const touched = found.reduce((sum, piece) => sum + piece.rows.filter((row) => row.length > 0).length, 0);
  return touched > rows.length ? found : [whole];
}

/** How many channels are computed together: so that the whole takes the least time, as it was measured for the target. */
function fastestBlock(rows: SparseRows, all: number, tuning: Tuning): number {
  const { entry, input, weight, product } = tuning.strip;
  const kept = entriesBy(rows, 1);
  const costs = tuning.blocks
    .filter((block) => block <= rows.length)
    .map((block) => ({ block, entries: entriesBy(rows, block) }))
    .filter(({ block, entries }) => block === 1 || entries * block <= tuning.spare * kept)
    .map(({ block, entries }) => {
      const { vectors } = tileOf(all, block, tuning);
      const each = entry + vectors * input + block * (weight + vectors * product);
      return { block, cost: (entries * each * all) / vectors };
    });
  return costs.reduce(
    (best, next) => (next.cost < best.cost ? next : best),
    costs[0] ?? { block: 1, cost: 0 },
  ).block;
}

/** How many vectors a tile has, such that all tiles are about as large, and how many sums of each are under way. */
function tileOf(
  all: number,
  block: number,
  { vectors: most, underWay }: Tuning,
): { vectors: number; ways: number } {
  const limit = most[block] ?? 1;
  const tiles = Math.ceil(all / limit);
  const vectors = Math.ceil(all / tiles);
  return { vectors, ways: Math.max(1, Math.min(4, Math.floor(underWay / (vectors * block)))) };
}
