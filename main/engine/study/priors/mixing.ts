/** How well chains of a sampler have mixed, by what they say at one place each. */
export interface Mixing {
  /** The largest potential scale reduction over the places: 1 where chains cannot be told apart. */
  readonly rHat: number;
  /** The median over the places of how many independent samples the chains are worth. */
  readonly effective: number;
}

/** @param chains by chain, then sample: the values at all places. At least two samples a half chain are needed. */
export function mixingOf(chains: readonly (readonly Float64Array[])[]): Mixing {
  const places = chains[0]?.[0]?.length ?? 0;
  const at = (place: number) => chains.map((chain) => chain.map((values) => values[place] as number));
  const all = Array.from({ length: places }, (_, place) => at(place));
  const sizes = all.map(effectiveSize).sort((a, b) => a - b);
  return { rHat: Math.max(...all.map(splitRHat)), effective: sizes[sizes.length >> 1] ?? 0 };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function variance(values: readonly number[]): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
}

/** R-hat of the chains' halves (Gelman et al. 2013, Bayesian Data Analysis, section 11.4). */
export function splitRHat(chains: readonly (readonly number[])[]): number {
  const half = (chains[0]?.length ?? 0) >> 1;
  const parts = chains.flatMap((chain) => [chain.slice(0, half), chain.slice(chain.length - half)]);
  const within = mean(parts.map(variance));
  if (!(within > 0)) return 1;
  return Math.sqrt((half - 1) / half + variance(parts.map(mean)) / within);
}

/**
 * Samples of all chains over 1 + 2 times the sum of their autocorrelations, which ends with the first pair of lags that is not positive
 * (Geyer 1992); deviations are from the mean of all chains, so that chains apart from each other count as correlated.
 */
export function effectiveSize(chains: readonly (readonly number[])[]): number {
  const center = mean(chains.flat());
  const length = chains[0]?.length ?? 0;
  const covariance = (lag: number) =>
    mean(
      chains.map((chain) => {
        let sum = 0;
        for (let i = 0; i + lag < length; i++)
          sum += ((chain[i] as number) - center) * ((chain[i + lag] as number) - center);
        return sum / length;
      }),
    );
  const whole = covariance(0);
  const count = chains.length * length;
  if (!(whole > 0)) return count;
  let sum = -1;
  for (let lag = 0; lag + 1 < length; lag += 2) {
    const pair = (covariance(lag) + covariance(lag + 1)) / whole;
    if (pair <= 0) break;
    sum += 2 * pair;
  }
  return Math.min(count, count / Math.max(sum, 1 / count));
}
