import type { Arg } from '../plan.ts';
import type { SparseRows } from './lists.ts';
import type { LowerContext } from './lowering.ts';
import { rounded } from '../rounded.ts';

/** A layer's weights as its kernels are given them. */
export interface StoredRows {
  readonly rows: SparseRows;
  /** What the weights of each row are times; undefined where they are what they are. */
  readonly scales: Float32Array | undefined;
  /** Lists of these weights as constants. */
  readonly weightsOf: (weights: readonly number[]) => Arg;
}

/** What a weight of a list takes. */
export const weightBytes = ({ eightBits }: LowerContext): number => (eightBits ? 1 : 4);

/** Rows as they are, or in eight bits where the plan wants that: what becomes zero is left out. */
export function stored(context: LowerContext, rows: SparseRows): StoredRows {
  if (!context.eightBits) {
    return { rows, scales: undefined, weightsOf: (weights) => context.floats(Float32Array.from(weights)) };
  }
  const found = rows.map((row) => rounded(row.map(([, weight]) => weight)));
  return {
    rows: rows.map((row, i) =>
      row.flatMap(([column], at) => {
        const whole = found[i]?.whole[at] ?? 0;
        return whole === 0 ? [] : [[column, whole] as const];
      }),
    ),
    scales: Float32Array.from(found, ({ scale }) => scale),
    weightsOf: (weights) => context.bytes(Int8Array.from(weights)),
  };
}
