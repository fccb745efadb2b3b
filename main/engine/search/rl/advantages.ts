/** Generalised advantage estimation (Schulman et al. 2016, arXiv 1506.02438). */

/**
 * Advantages of an episode's actions, A_t = sum_k (gamma lambda)^k delta_(t+k) with delta_t = r_t + gamma V(s_(t+1)) - V(s_t); behind
 * the last step the value is zero.
 * @param rewards of every step
 * @param values V(s_t) of every step
 */
export function advantagesOf(
  rewards: readonly number[],
  values: readonly number[],
  gamma: number,
  lambda: number,
): number[] {
  const advantages = new Array<number>(rewards.length).fill(0);
  let next = 0;
  for (let t = rewards.length - 1; t >= 0; t--) {
    const delta = (rewards[t] ?? 0) + gamma * (values[t + 1] ?? 0) - (values[t] ?? 0);
    next = delta + gamma * lambda * next;
    advantages[t] = next;
  }
  return advantages;
}

/** The same numbers with mean 0 and deviation 1. */
export function standardised(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length);
  return values.map((value) => (value - mean) / (Math.sqrt(variance) + 1e-8));
}
