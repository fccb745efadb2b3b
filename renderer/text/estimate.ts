/**
 * What a budget means in numbers, before any training. Sizes are estimates: a dense file stores zeros as it stores any
 * other number, so only compression (gzip) makes the file of an unstructured pruned network smaller.
 */

/**
 * Share of its size that a float32 tensor keeps after gzip, by its sparsity: normally distributed weights, zeroed at
 * random places, zlib's default level. Trained weights differ by a few hundredths.
 */
const gzipShare: readonly (readonly [sparsity: number, share: number])[] = [
  [0, 0.926],
  [0.25, 0.762],
  [0.5, 0.553],
  [0.6, 0.461],
  [0.7, 0.363],
  [0.8, 0.256],
  [0.85, 0.199],
  [0.9, 0.138],
  [0.925, 0.107],
  [0.95, 0.0747],
  [0.97, 0.0471],
  [0.98, 0.0327],
  [0.99, 0.0175],
  [0.995, 0.0097],
  [0.999, 0.0029],
  [1, 0.001],
];

/** Share of the bytes left after gzip, linear between the measured points. */
export function gzipShareAt(sparsity: number): number {
  const s = Math.min(1, Math.max(0, sparsity));
  const above = gzipShare.findIndex(([at]) => at >= s);
  const [x1, y1] = gzipShare[above] ?? [1, 0.001];
  const [x0, y0] = gzipShare[above - 1] ?? [x1, y1];
  return x1 === x0 ? y1 : y0 + ((y1 - y0) * (s - x0)) / (x1 - x0);
}

export interface BudgetEstimate {
  /** Prunable weights that stay. */
  readonly kept: number;
  /** All learned numbers that are not zero afterwards: kept weights, biases, norms. */
  readonly nonzero: number;
  /** Bytes of the file, the same before and after. */
  readonly fileBytes: number;
  readonly gzipBefore: number;
  readonly gzipAfter: number;
}

/** @param parameters all learned numbers @param prunable those that may become zero @param sparsity share of them, 0..1 */
export function estimateBudget(parameters: number, prunable: number, sparsity: number): BudgetEstimate {
  const kept = prunable - Math.round(prunable * sparsity);
  const rest = parameters - prunable;
  const bytes = 4;
  const plain = gzipShareAt(0);
  return {
    kept,
    nonzero: kept + rest,
    fileBytes: parameters * bytes,
    gzipBefore: Math.round(parameters * bytes * plain),
    gzipAfter: Math.round(prunable * bytes * gzipShareAt(sparsity) + rest * bytes * plain),
  };
}
