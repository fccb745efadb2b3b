/** Rows and columns that one pass of the innermost loop computes at once, so that each number is read for four products. */
const TILE = 4;

/** A number of rows, made a multiple of the tile: rows beyond the last are zeros. */
export const tiled = (rows: number): number => Math.ceil(rows / TILE) * TILE;

/**
 * Adds a b^T to `target`, in double precision and always in the same order.
 * @param target [rows of a, rows of b], row-major
 * @param a [tiled rows, count], row-major
 * @param b [tiled rows, count], row-major
 * @param lower only on and below the diagonal, of tiles
 */
export function addProducts(
  target: Float64Array,
  a: Float64Array,
  b: Float64Array,
  count: number,
  lower = false,
): void {
  const rows = a.length / count;
  const columns = b.length / count;
  for (let i = 0; i < rows; i += TILE) {
    const end = lower ? i + TILE : columns;
    for (let j = 0; j < end; j += TILE) addTile(target, columns, a, i, b, j, count);
  }
}

function addTile(
  target: Float64Array,
  columns: number,
  a: Float64Array,
  row: number,
  b: Float64Array,
  column: number,
  count: number,
): void {
  const [a0, a1, a2, a3] = [row * count, (row + 1) * count, (row + 2) * count, (row + 3) * count];
  const [b0, b1, b2, b3] = [column * count, (column + 1) * count, (column + 2) * count, (column + 3) * count];
  let [c00, c01, c02, c03] = [0, 0, 0, 0];
  let [c10, c11, c12, c13] = [0, 0, 0, 0];
  let [c20, c21, c22, c23] = [0, 0, 0, 0];
  let [c30, c31, c32, c33] = [0, 0, 0, 0];
  for (let k = 0; k < count; k++) {
    const x0 = a[a0 + k] as number;
    const x1 = a[a1 + k] as number;
    const x2 = a[a2 + k] as number;
    const x3 = a[a3 + k] as number;
    const y0 = b[b0 + k] as number;
    const y1 = b[b1 + k] as number;
    const y2 = b[b2 + k] as number;
    const y3 = b[b3 + k] as number;
    c00 += x0 * y0;
    c01 += x0 * y1;
    c02 += x0 * y2;
    c03 += x0 * y3;
    c10 += x1 * y0;
    c11 += x1 * y1;
    c12 += x1 * y2;
    c13 += x1 * y3;
    c20 += x2 * y0;
    c21 += x2 * y1;
    c22 += x2 * y2;
    c23 += x2 * y3;
    c30 += x3 * y0;
    c31 += x3 * y1;
    c32 += x3 * y2;
    c33 += x3 * y3;
  }
  const sums = [c00, c01, c02, c03, c10, c11, c12, c13, c20, c21, c22, c23, c30, c31, c32, c33];
  for (let r = 0; r < TILE; r++) {
    const at = (row + r) * columns + column;
    for (let c = 0; c < TILE; c++)
      target[at + c] = (target[at + c] as number) + (sums[r * TILE + c] as number);
  }
}
