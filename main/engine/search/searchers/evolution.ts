import { z } from 'zod';
import { SEARCH_NAMES } from '../../../words/search.ts';
import type { Random } from '../../base/random.ts';
import { better, type SearcherKind } from '../searcher.ts';
import { logit, sigmoid, type Space } from '../space.ts';

const memberSchema = z.object({ counts: z.array(z.number()), accuracy: z.number(), loss: z.number() });
const savedSchema = z
  .object({ born: z.number().int(), living: z.array(memberSchema) })
  .catch(() => ({ born: 0, living: [] }));
type Member = z.infer<typeof memberSchema>;

/** A population is at most this large, and at most this share of all evaluations. */
const POPULATION = 20;
const SHARE = 0.2;
/** Members that compete to be a parent, as a share of the population. */
const TOURNAMENT = 0.3;
/** Deviation of a mutation in logits, and how many of the groups mutate on average. */
const MUTATION = 0.7;
const MUTATING = 2;
/** Deviation of the first population around uniform widths, in logits. */
const SPREAD = 1;

/**
 * Regularised evolution (Real et al. 2019, arXiv 1802.01548): the best of a random few becomes a parent, its child is the
 * youngest member, and the oldest dies. A child mixes two parents half of the time; some of its groups get other widths.
 */
export const evolution: SearcherKind = {
  id: 'evolution',
  label: SEARCH_NAMES.evolution,
  summary: 'Keeps a population of widths: the best of some have changed children, the oldest die.',
  create({ space, evaluations, random }, saved) {
    const size = Math.max(2, Math.min(POPULATION, Math.round(SHARE * evaluations)));
    let { born, living } = savedSchema.parse(saved?.json);
    return {
      async propose() {
        const numbers = random(`child/${born}`);
        const ratios = born < size ? founder(space, born, numbers) : child(space, living, numbers);
        return { ratios, projected: true };
      },
      async observe({ counts, accuracy, loss }) {
        born++;
        living = [...living, { counts: [...counts], accuracy, loss }].slice(-size);
      },
      save: async () => ({ json: { born, living }, tensors: new Map() }),
      dispose: () => undefined,
    };
  },
};

/** The first has uniform widths, the others lie around it. */
function founder(space: Space, index: number, random: Random): number[] {
  const middle = logit(space.limit);
  return space.groups.map(() => sigmoid(middle + (index === 0 ? 0 : SPREAD * random.normal())));
}

function child(space: Space, living: readonly Member[], random: Random): number[] {
  const [mother, father] = [parent(living, random), parent(living, random)];
  const mixed = random.float() < 0.5;
  const rate = Math.min(1, MUTATING / space.groups.length);
  // One group changes in any case: a copy would be no try.
  const always = random.int(space.groups.length);
  return space.groups.map(({ units }, g) => {
    const from = mixed && random.float() < 0.5 ? father : mother;
    const ratio = (from.counts[g] ?? units) / units;
    const step = MUTATION * random.normal();
    return g === always || random.float() < rate ? sigmoid(logit(ratio) + step) : ratio;
  });
}

/** The best of a random few. */
function parent(living: readonly Member[], random: Random): Member {
  const order = random.shuffle([...living.keys()]);
  const few = order.slice(0, Math.max(2, Math.round(TOURNAMENT * living.length)));
  const members = few.flatMap((index) => living[index] ?? []);
  return members.reduce((best, one) => (better(one, best) ? one : best));
}
