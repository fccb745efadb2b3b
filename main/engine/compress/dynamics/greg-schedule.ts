/** The growing penalty of GReg (Wang et al. 2021), fitted to a number of steps. */
export interface GRegSchedule {
  /** Steps between two increases of the penalty: K_u in the paper. */
  readonly every: number;
  /** Step before which the weights to remove are picked; up to then the penalty grows on all. */
  readonly pickAt: number;
  /** Step from which on the penalty no longer grows. */
  readonly stabiliseAt: number;
  /** Penalty of the steps after `done` others, on weights that are to go; before the pick, on all. */
  readonly penalty: (done: number) => number;
}

/** Ceiling of the penalty: tau. */
const CEILING = 1;
/** Ceiling while GReg-2 has not picked yet: tau'. */
const PICK_CEILING = 0.01;
/** Steps between increases, and what one adds: K_u, delta lambda, and delta lambda before GReg-2's pick. */
const EVERY = 10;
const RISE = 1e-4;
const PICK_RISE = 1e-5;
/** What a training too short for the paper's numbers is divided into. */
const STABLE_SHARE = 1 / 11;
const PICK_SHARE = 1 / 4;
/** A short training still has this many increases, as far as it has steps. */
const INCREASES = 100;

/**
 * With the paper's numbers for CIFAR the penalty rises to tau = 1 by 1e-4 every 10 steps, 100,000 steps in all; GReg-2 first
 * lets it rise to 0.01 by 1e-5, 10,000 steps, and goes on from there once it has picked, 99,000 steps; 10,000 steps at the
 * ceiling follow. A training with fewer steps keeps both ceilings and rises faster: the last eleventh is for the ceiling, of
 * the rest GReg-2 takes a quarter for its pick.
 * @param total steps of the whole training.
 * @param pickFirst GReg-1 picks before the first step; GReg-2 after the penalty has grown on all weights.
 */
export function gregSchedule(total: number, pickFirst: boolean): GRegSchedule {
  const reached = pickFirst ? 0 : PICK_CEILING;
  const increases = Math.round((CEILING - reached) / RISE);
  const pickIncreases = pickFirst ? 0 : Math.round(PICK_CEILING / PICK_RISE);
  const stable = Math.round(total * STABLE_SHARE);
  if (total - stable >= EVERY * (increases + pickIncreases)) {
    const pickAt = EVERY * pickIncreases;
    const stabiliseAt = pickAt + EVERY * increases;
    return schedule({ every: EVERY, pickAt, stabiliseAt, reached, rise: RISE, pickRise: PICK_RISE });
  }
  const growing = Math.max(1, total - stable);
  const every = Math.min(EVERY, Math.max(1, Math.floor(growing / INCREASES)));
  const pickAt = pickFirst ? 0 : every * Math.max(1, Math.round((growing * PICK_SHARE) / every));
  const rises = Math.max(1, Math.floor((growing - pickAt) / every));
  return schedule({
    every,
    pickAt,
    stabiliseAt: pickAt + rises * every,
    reached,
    rise: (CEILING - reached) / rises,
    pickRise: pickAt === 0 ? 0 : (PICK_CEILING * every) / pickAt,
  });
}

function schedule(plan: {
  every: number;
  pickAt: number;
  stabiliseAt: number;
  /** Penalty at the moment of the pick. */
  reached: number;
  rise: number;
  pickRise: number;
}): GRegSchedule {
  const { every, pickAt, stabiliseAt, reached, rise, pickRise } = plan;
  return {
    every,
    pickAt,
    stabiliseAt,
    penalty: (done) =>
      done < pickAt
        ? (Math.floor(done / every) + 1) * pickRise
        : Math.min(CEILING, reached + (Math.floor((done - pickAt) / every) + 1) * rise),
  };
}
