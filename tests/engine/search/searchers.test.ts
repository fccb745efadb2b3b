import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../main/engine/base/random.ts';
import { searchMethodSchema, type SearchMethod } from '../../../main/contract/search.ts';
import { searchers } from '../../../main/engine/search/index.ts';
import type { Measured } from '../../../main/engine/search/searcher.ts';
import type { Space } from '../../../main/engine/search/space.ts';
import { keptTrialSchema, Trial } from '../../../main/engine/search/trial.ts';
import { useBackend } from '../compress/support.ts';
import { spaceOf } from './spaces.ts';

const backend = useBackend('onnxruntime');
const EVALUATIONS = 40;

/** Four layers of which the last two matter much more, and each reads the one before. */
function chain(): Space {
  const sizes = [24, 16, 40, 12];
  const cost = (counts: readonly number[]) =>
    [3, ...counts].reduce((sum, count, i) => sum + count * (counts[i] ?? 10), 0);
  return spaceOf(sizes.map((units) => ({ units })), 0.4, cost); // prettier-ignore
}

const slopes = [0.05, 0.1, 0.5, 1];
function worth(space: Space, counts: readonly number[]): Measured {
  const loss = space.ratios(counts).reduce((sum, k, g) => sum + (slopes[g] ?? 0) * (1 - k) ** 2, 0);
  // As coarse as the accuracy of a hundred samples.
  return { accuracy: Math.round(100 * Math.exp(-loss)) / 100, loss };
}

function begun(
  method: SearchMethod,
  space: Space,
  seed = 1,
  kept?: Awaited<ReturnType<Trial['save']>>,
): Trial {
  const random = (label: string) => Random.from(seed, `${method}/${label}`);
  const task = { space, evaluations: EVALUATIONS, backend: backend(), random };
  const saved = kept && { json: kept.kept.searcher, tensors: kept.tensors };
  return new Trial(method, searchers.get(method).create(task, saved), space, EVALUATIONS, kept?.kept);
}

async function ended(trial: Trial, space: Space): Promise<Trial> {
  while (!trial.over) await trial.step(async (counts) => worth(space, counts));
  trial.dispose();
  return trial;
}

describe.each(searchMethodSchema.options)('%s', (method) => {
  it('tries no widths twice, no more than it may, and ends within the budget', async () => {
    const space = chain();
    const { tried, best } = await ended(begun(method, space), space);
    const keys = tried.map(({ counts }) => counts.join());
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeLessThanOrEqual(EVALUATIONS);
    expect(best?.share).toBeLessThanOrEqual(space.limit + 1e-12);
    for (const { counts, accuracy, loss, share, meets } of tried) {
      expect(meets).toBe(space.meets(counts));
      expect({ accuracy, loss }).toEqual(worth(space, counts));
      expect(share).toBe(space.share(counts));
      counts.forEach((count, g) => {
        expect(count).toBeGreaterThanOrEqual(1);
        expect(count).toBeLessThanOrEqual(space.groups[g]?.units ?? 0);
      });
    }
    // Only what measures without a budget goes beyond it.
    if (method !== 'solver' && method !== 'constrained-rl') {
      for (const { counts } of tried) expect(space.fits(counts)).toBe(true);
    }
  });

  it('does the same again from the same seed, and other things from another', async () => {
    const space = chain();
    const [one, same, other] = await Promise.all(
      [1, 1, 2].map((seed) => ended(begun(method, space, seed), space)),
    );
    expect(same?.tried).toEqual(one?.tried);
    if (method === 'uniform' || method === 'solver') expect(other?.tried).toEqual(one?.tried);
    else expect(other?.tried).not.toEqual(one?.tried);
  });

  it('goes on from what a checkpoint has of it as if nothing had stopped it', async () => {
    const space = chain();
    const whole = await ended(begun(method, space), space);
    for (const stop of [1, 6, 13, 29]) {
      const first = begun(method, space);
      while (!first.over && first.tried.length < stop) {
        await first.step(async (counts) => worth(space, counts));
      }
      const { kept, tensors } = await first.save();
      first.dispose();
      const written = keptTrialSchema.parse(JSON.parse(JSON.stringify(kept)));
      const second = begun(method, space, 1, { kept: written, tensors });
      expect((await ended(second, space)).tried, `stopped after ${stop}`).toEqual(whole.tried);
    }
  });
});

describe('methods that learn from what they see', () => {
  it.each(['evolution', 'solver'] as const)('%s finds better widths than uniform ones', async (method) => {
    const space = chain();
    const [learned, uniform] = [
      await ended(begun(method, space), space),
      await ended(begun('uniform', space), space),
    ];
    expect(learned.best?.loss).toBeLessThan(uniform.best?.loss ?? 0);
  });

  it('an evolution keeps its population and children of the living alone', async () => {
    const space = chain();
    const trial = begun('evolution', space);
    while (!trial.over) {
      await trial.step(async (counts) => worth(space, counts));
      const { kept } = await trial.save();
      const { living, born } = kept.searcher as { living: { counts: number[] }[]; born: number };
      expect(living.length).toBe(Math.min(born, 8));
      expect(living.at(-1)?.counts.join()).toBeDefined();
    }
    trial.dispose();
  });
});
