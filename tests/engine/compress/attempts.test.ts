import { describe, expect, it } from 'vitest';
import { recipeSchema } from '../../../main/contract/recipe.ts';
import { ATTEMPTS, nextShare, type Outcome } from '../../../main/engine/compress/plan/attempts.ts';
import { planOf } from '../../../main/engine/compress/plan/plan.ts';
import { problemWith } from '../../support/problem.ts';

/** Attempts where everything holds that keeps at least so much. */
function search(keeps: number, asked: number | null): Outcome[] {
  const outcomes: Outcome[] = [];
  for (;;) {
    const share = nextShare(outcomes, asked);
    if (share === undefined) return outcomes;
    outcomes.push({ share, lost: 0, holds: 1 - share >= keeps });
  }
}
const best = (outcomes: readonly Outcome[]) =>
  Math.max(0, ...outcomes.filter(({ holds }) => holds).map(({ share }) => share));

describe('the search for how much holds', () => {
  it('is over at once where what is asked for holds', () => {
    expect(search(0.2, 0.75)).toEqual([{ share: 0.75, lost: 0, holds: true }]);
  });

  it.each([0.9, 0.5, 0.26, 0.11])('comes near to %s from what is asked for', (keeps) => {
    const outcomes = search(keeps, 0.9);
    expect(outcomes.length).toBeLessThanOrEqual(ATTEMPTS);
    const kept = 1 - best(outcomes);
    expect(kept).toBeGreaterThanOrEqual(keeps);
    // Five halvings of the logarithm of ten.
    expect(kept / keeps).toBeLessThanOrEqual(Math.max(1.1, 10 ** (1 / 2 ** 5)) + 1e-9);
  });

  it('goes beyond half where nothing is asked for but what may be lost', () => {
    expect(
      search(0.07, null)
        .map(({ share }) => share)
        .slice(0, 4),
    ).toEqual([0.5, 0.75, 0.875, 0.9375]);
    expect(1 - best(search(0.07, null))).toBeLessThan(0.1);
    expect(best(search(0.8, null))).toBeCloseTo(1 - 0.8, 0);
  });

  it('finds nothing where nothing holds', () => {
    expect(best(search(1.1, 0.5))).toBe(0);
  });
});

describe('the plan of a floor under accuracy', () => {
  const recipe = recipeSchema.parse({
    network: 'lenet-300-100',
    data: { kind: 'digits' },
    dense: { epochs: 1 },
    finetune: { epochs: 1 },
    paradigm: 'magnitude-iterative',
    prune: { rounds: 2, epochs: 1 },
    budget: { sparsity: 0.9, accuracyDrop: 1 },
  });
  const targets = (outcomes: readonly Outcome[], attempt: number) =>
    planOf(recipe, undefined, outcomes).flatMap((stage) =>
      stage.kind === 'prune' && stage.attempt === attempt ? stage.targets : [],
    );

  it('has the same stages whatever attempts came to, and other targets', () => {
    const failed = { share: 0.9, lost: 0.1, holds: false };
    const ids = (outcomes: readonly Outcome[]) => planOf(recipe, undefined, outcomes).map(({ id }) => id);
    expect(ids([failed])).toEqual(ids([]));
    expect(new Set(ids([])).size).toBe(ids([]).length);
    expect(targets([], 0).at(-1)).toBe(0.9);
    expect(targets([failed], 0).at(-1)).toBe(0.9);
    expect(targets([failed], 1).at(-1)).toBeCloseTo(1 - Math.sqrt(0.1), 9);
  });

  it('needs a dense network to lose from', () => {
    const bare = { ...recipe, paradigm: 'snip', prune: {}, baseline: false };
    expect(() => planOf(bare)).toThrow(problemWith({ field: 'budget.accuracyDrop' }));
  });
});
