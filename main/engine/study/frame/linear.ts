/** Dense linear algebra of small matrices, row by row in Float64Arrays. */

/**
 * Eigenvalues of a symmetric matrix, ascending, by cyclic Jacobi rotations.
 * @param matrix [n, n]; left as it is
 */
export function eigenvalues(matrix: Float64Array, n: number): Float64Array {
  const a = matrix.slice();
  const at = (i: number, j: number) => a[i * n + j] as number;
  for (let sweep = 0; sweep < 60; sweep++) {
    let [off, diagonal] = [0, 0];
    for (let i = 0; i < n; i++) {
      diagonal += at(i, i) ** 2;
      for (let j = 0; j < i; j++) off += at(i, j) ** 2;
    }
    if (off <= 1e-26 * diagonal || off === 0) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = at(p, q);
        if (apq === 0) continue;
        const theta = (at(q, q) - at(p, p)) / (2 * apq);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let i = 0; i < n; i++) {
          const [x, y] = [at(i, p), at(i, q)];
          a[i * n + p] = c * x - s * y;
          a[i * n + q] = s * x + c * y;
        }
        for (let i = 0; i < n; i++) {
          const [x, y] = [at(p, i), at(q, i)];
          a[p * n + i] = c * x - s * y;
          a[q * n + i] = s * x + c * y;
        }
      }
    }
  }
  return Float64Array.from({ length: n }, (_, i) => at(i, i)).sort();
}

/** A D A^T for A [m, n] and a diagonal D of n, all ones if left out. */
export function gram(a: Float64Array, m: number, n: number, diagonal?: Float64Array): Float64Array {
  const out = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let c = 0; c < n; c++) {
        const weight = diagonal === undefined ? 1 : (diagonal[c] as number);
        sum += (a[i * n + c] as number) * (a[j * n + c] as number) * weight;
      }
      out[i * m + j] = sum;
      out[j * m + i] = sum;
    }
  }
  return out;
}

/** A B for A [m, n] and B [n, k]. */
export function product(a: Float64Array, b: Float64Array, m: number, n: number, k: number): Float64Array {
  const out = new Float64Array(m * k);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const value = a[i * n + j] as number;
      if (value === 0) continue;
      for (let c = 0; c < k; c++)
        out[i * k + c] = (out[i * k + c] as number) + value * (b[j * k + c] as number);
    }
  }
  return out;
}

/**
 * The lower triangle L with L L^T = a symmetric positive definite matrix [n, n].
 * @throws RangeError where it is not positive definite
 */
export function cholesky(matrix: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j] as number;
      for (let c = 0; c < j; c++) sum -= (l[i * n + c] as number) * (l[j * n + c] as number);
      if (i === j && !(sum > 0)) throw new RangeError('the matrix is not positive definite');
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / (l[j * n + j] as number);
    }
  }
  return l;
}

/** The inverse of a symmetric positive definite matrix [n, n], by its Cholesky factor. */
export function inverse(matrix: Float64Array, n: number): Float64Array {
  const l = cholesky(matrix, n);
  const out = new Float64Array(n * n);
  const column = new Float64Array(n);
  for (let e = 0; e < n; e++) {
    for (let i = 0; i < n; i++) {
      let sum = i === e ? 1 : 0;
      for (let c = 0; c < i; c++) sum -= (l[i * n + c] as number) * (column[c] as number);
      column[i] = sum / (l[i * n + i] as number);
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = column[i] as number;
      for (let c = i + 1; c < n; c++) sum -= (l[c * n + i] as number) * (column[c] as number);
      column[i] = sum / (l[i * n + i] as number);
    }
    for (let i = 0; i < n; i++) out[i * n + e] = column[i] as number;
  }
  return out;
}

/** The largest eigenvalue of a symmetric positive semidefinite matrix [n, n], by powers: for matrices too large for all of them. */
export function largestEigenvalue(matrix: Float64Array, n: number): number {
  let vector = new Float64Array(n).fill(1);
  let value = 0;
  for (let round = 0; round < 300; round++) {
    const next = product(matrix, vector, n, n, 1);
    const norm = Math.hypot(...next);
    if (norm === 0) return 0;
    vector = next.map((x) => x / norm);
    if (Math.abs(norm - value) <= 1e-9 * norm) return norm;
    value = norm;
  }
  return value;
}
