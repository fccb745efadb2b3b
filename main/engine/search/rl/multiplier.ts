/**
 * The Lagrange multiplier of a constraint E[cost] <= limit after a batch: dual ascent by plain steps, lambda <- max(0, lambda + rate
 * (mean cost - limit)). It rises exactly while the constraint is broken.
 */
export function multiplierAfter(lambda: number, meanCost: number, limit: number, rate: number): number {
  return Math.max(0, lambda + rate * (meanCost - limit));
}
