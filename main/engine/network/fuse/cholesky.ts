import { runError } from '../../../contract/errors.ts';

/**
 * Factors a symmetric positive definite matrix A = L L^T in place: L is on and below the diagonal, what is above stays.
 * @param matrix rows of `stride` numbers, of which the first `size` are the matrix's
 * @param gate called between rows: pause and cancel
 * @throws EspalierError 'fuse/singular' where a pivot is not positive
 */
export async function factor(
  matrix: Float64Array,
  size: number,
  stride: number,
  gate: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  for (let i = 0; i < size; i++) {
    if (i % 64 === 0) await gate();
    const row = i * stride;
    for (let j = 0; j < i; j++) {
      const rest = (matrix[row + j] as number) - dot(matrix, row, matrix, j * stride, j);
      matrix[row + j] = rest / (matrix[j * stride + j] as number);
    }
    const pivot = (matrix[row + i] as number) - dot(matrix, row, matrix, row, i);
    if (!(pivot > 0)) {
      throw runError('fuse/singular', 'The statistics of a layer are not those of finite numbers.', {
        remedy: 'Look whether the training diverged: a lower learning rate may help.',
      });
    }
    matrix[row + i] = Math.sqrt(pivot);
  }
}

/**
 * Solves L L^T x = b for one right side, in place.
 * @param right holds b from `at` on, and then x
 */
export function solve(
  matrix: Float64Array,
  size: number,
  stride: number,
  right: Float64Array,
  at: number,
): void {
  for (let i = 0; i < size; i++) {
    const rest = (right[at + i] as number) - dot(matrix, i * stride, right, at, i);
    right[at + i] = rest / (matrix[i * stride + i] as number);
  }
  for (let i = size - 1; i >= 0; i--) {
    const value = (right[at + i] as number) / (matrix[i * stride + i] as number);
    right[at + i] = value;
    for (let j = 0; j < i; j++)
      right[at + j] = (right[at + j] as number) - value * (matrix[i * stride + j] as number);
  }
}

function dot(a: Float64Array, from: number, b: Float64Array, start: number, count: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let k = 0;
  for (; k + 3 < count; k += 4) {
    s0 += (a[from + k] as number) * (b[start + k] as number);
    s1 += (a[from + k + 1] as number) * (b[start + k + 1] as number);
    s2 += (a[from + k + 2] as number) * (b[start + k + 2] as number);
    s3 += (a[from + k + 3] as number) * (b[start + k + 3] as number);
  }
  for (; k < count; k++) s0 += (a[from + k] as number) * (b[start + k] as number);
  return s0 + s1 + s2 + s3;
}
