import type { AmountKind } from '../contract/amount.ts';

/** What is known of network and goal that speaks for one method or another. */
export interface MethodFacts {
  /** The network comes with trained weights. */
  readonly trained: boolean;
  /** Whole channels leave the network; else weights become zero. */
  readonly leaves: boolean;
  /** What the goal is of first. */
  readonly kind: AmountKind;
  /** The share of it that stays, 0..1; undefined where a number is asked for. */
  readonly kept: number | undefined;
  /** The run has to end in time. */
  readonly hurry: boolean;
}

export interface Recommendation {
  readonly id: string;
  /** One sentence. */
  readonly why: string;
}

interface Rule extends Recommendation {
  readonly when: (facts: MethodFacts) => boolean;
}

const MOST = 3;

/** Where so little may stay, what is taken counts more than how fast it is found. */
const little = ({ kept = 1 }: MethodFacts) => kept <= 0.05;
/** Little enough that a selection at once empties layers. */
const next = ({ kept = 1 }: MethodFacts) => kept <= 0.01;
const zeros = ({ leaves }: MethodFacts) => !leaves;
const measured = ({ kind }: MethodFacts) => kind === 'latency' || kind === 'bytes';

/** In order: what comes first, is recommended first. What is said of results is in docs/results.md. */
const rules: readonly Rule[] = [
  {
    id: 'layer-fusion',
    when: ({ kind }) => kind === 'layers',
    why: 'Puts one layer in place of two neighbours, chosen by what that loses: the only method that makes a network shallower.',
  },
  {
    id: 'taylor',
    when: (facts) => zeros(facts) && little(facts),
    why: 'Goes by what removing a weight would do to the loss: ahead of plain magnitudes in our runs where 5 % or less may stay.',
  },
  {
    id: 'lr-rewinding',
    when: (facts) => zeros(facts) && little(facts) && !facts.hurry,
    why: 'Trains again after every round: the least loss of accuracy in our runs at high sparsity, for many times the training.',
  },
  {
    id: 'synflow',
    when: (facts) => zeros(facts) && next(facts) && !facts.trained,
    why: 'Leaves something of every layer even where hardly anything may stay, and trains only once.',
  },
  {
    id: 'magnitude-gradual',
    when: (facts) => zeros(facts) && !measured(facts),
    why: 'Prunes a little at a time while the network trains, and is the usual first choice.',
  },
  {
    id: 'magnitude-iterative',
    when: (facts) => zeros(facts),
    why: 'Prunes and trains in rounds, so that the network recovers before the next part goes.',
  },
  {
    id: 'rigl',
    when: (facts) => zeros(facts) && !facts.trained && !measured(facts),
    why: 'Your network is not trained yet: this trains it sparse from the start, without a dense training first.',
  },
  {
    id: 'taylor',
    when: ({ leaves }) => leaves,
    why: 'Goes by what removing a channel would do to the loss; better than random channels in our runs.',
  },
  {
    id: 'evolutionary-search',
    when: (facts) => facts.leaves && !measured(facts) && !facts.hurry,
    why: 'Searches for how wide every layer should be, by trying networks on your validation data.',
  },
  {
    id: 'magnitude-one-shot',
    when: () => true,
    why: 'Costs least: everything goes at once, and one fine-tuning follows.',
  },
  {
    id: 'magnitude-iterative',
    when: ({ leaves }) => leaves,
    why: 'Removes channels in rounds with training between them, so that the network recovers in time.',
  },
];

/**
 * The methods to begin with, three at most, each with the reason.
 * @param can whether a method can prune this network to this goal
 */
export function recommendedMethods(facts: MethodFacts, can: (id: string) => boolean): Recommendation[] {
  const fitting = rules.filter((rule) => rule.when(facts) && can(rule.id));
  const once = new Map(fitting.toReversed().map((rule) => [rule.id, rule]));
  return fitting
    .filter((rule) => once.get(rule.id) === rule)
    .slice(0, MOST)
    .map(({ id, why }) => ({ id, why }));
}
