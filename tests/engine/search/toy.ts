import type { Backend } from '../../../main/engine/backend/backend.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { Widths } from '../../../main/engine/compress/widths.ts';
import type { SearchMethod } from '../../../main/contract/search.ts';
import { searchers } from '../../../main/engine/search/index.ts';
import type { Measured, Searcher, SearcherState } from '../../../main/engine/search/searcher.ts';
import { Space } from '../../../main/engine/search/space.ts';
import { Trial } from '../../../main/engine/search/trial.ts';

/** Two layers of shares (.2, .8) whose accuracy falls by a_l (1 - k_l)^2, a = (1, 2), under sum w_l k_l <= .5. */
const SHARES = [0.2, 0.8];
const SLOPES = [1, 2];
export const LIMIT = 0.5;
/** k_l = 1 - nu w_l / (2 a_l) with nu = 2 (1 - b) / sum(w_l^2 / a_l). */
const NU = (2 * (1 - LIMIT)) / SHARES.reduce((sum, w, l) => sum + w ** 2 / (SLOPES[l] ?? 1), 0);
export const OPTIMUM = SHARES.map((w, l) => 1 - (NU * w) / (2 * (SLOPES[l] ?? 1)));
export const MULTIPLIER = NU;

const UNITS = 10_000;

function toySpace(): Space {
  const groups = SHARES.map((_, l) => ({ name: `layer-${l}`, shape: [UNITS], units: UNITS, costs: 1 }));
  const scores = new Map(groups.map(({ name }) => [name, new Float64Array(UNITS)]));
  const amountOf = (counts: readonly number[]) =>
    counts.reduce((sum, count, l) => sum + ((SHARES[l] ?? 0) * count) / UNITS, 0);
  return new Space(
    groups.map(({ name, units }) => ({ name, units, features: [] })),
    new Widths(groups, scores),
    amountOf,
    LIMIT,
  );
}

export function toyReward(ratios: readonly number[]): Measured {
  const accuracy = -ratios.reduce((sum, k, l) => sum + (SLOPES[l] ?? 0) * (1 - k) ** 2, 0);
  return { accuracy, loss: -accuracy };
}

/** Lets a method search the toy. @returns its trial, its state at the end, and the ratios that it tried last */
export async function toyTrial(
  method: SearchMethod,
  backend: Backend,
  evaluations: number,
  seed: number,
): Promise<{ trial: Trial; saved: SearcherState; last: number[] }> {
  const space = toySpace();
  const random = (label: string) => Random.from(seed, `${method}/${label}`);
  const searcher = searchers.get(method).create({ space, evaluations, backend, random });
  let last: number[] = [];
  const watched: Searcher = {
    propose: () => searcher.propose(),
    observe: async (outcome) => {
      last = space.ratios(outcome.counts);
      await searcher.observe(outcome);
    },
    save: () => searcher.save(),
    dispose: () => searcher.dispose(),
  };
  const trial = new Trial(method, watched, space, evaluations);
  try {
    while (!trial.over) await trial.step(async (counts) => toyReward(space.ratios(counts)));
    return { trial, saved: await searcher.save(), last };
  } finally {
    trial.dispose();
  }
}
