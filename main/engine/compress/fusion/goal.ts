import type { Term } from '../../../contract/amount.ts';
import { inputError } from '../../../contract/errors.ts';
import { amountWords, thingsOf } from '../../../words/amounts.ts';
import { formatPlural, formatShare } from '../../../words/format.ts';
import { pairsOf } from '../../network/fuse/pairs.ts';
import type { Network } from '../../network/graph.ts';
import { countedKind, limitOf, wholeOf } from '../budgets/terms.ts';
import { routesOf } from './routes.ts';

/** What fusing is to come to, of everything that can be counted. */
interface Limit {
  readonly term: Term;
  readonly before: number;
  /** The most that may be left. */
  readonly most: number;
  readonly of: (network: Network) => number;
}

function limitsOf(terms: readonly Term[], base: Network): Limit[] {
  return terms.flatMap((term) => {
    const kind = countedKind(term);
    if (kind === undefined) return [];
    const before = wholeOf(kind, base);
    const limit = limitOf(term, before);
    // Of layers there are whole numbers, and one at least.
    const most = term.kind === 'layers' ? Math.max(1, Math.floor(limit)) : limit;
    return [{ term, before, most, of: (network: Network) => wholeOf(kind, network) }];
  });
}

/** Whether a network has no more than may be left of everything that can be counted. @param base the network as it came */
export function isShallowEnough(network: Network, base: Network, terms: readonly Term[]): boolean {
  return limitsOf(terms, base).every(({ most, of }) => of(network) <= most);
}

/** Whether further fusions of a network can meet what can be counted. @param base the network as it came */
export function leadsThere(
  network: Network,
  base: Network,
  terms: readonly Term[],
  exclude: readonly string[],
): boolean {
  const limits = limitsOf(terms, base);
  if (limits.length === 0) return true;
  const depth = limits.find(({ term }) => term.kind === 'layers');
  const others = limits.filter((limit) => limit !== depth);
  const routes = (others.length === 0 ? limits : others).map(({ of }) => routesOf(network, of, exclude));
  const fewest = depth === undefined ? 0 : Math.max(0, depth.of(network) - depth.most);
  const most = Math.min(...routes.map(({ length }) => length - 1));
  return range(fewest, most).some((count) =>
    others.every(({ most: limit }, i) => (routes[i]?.[count]?.amount ?? Infinity) <= limit),
  );
}

/**
 * How many fusions a budget may take at the most: as many as layers are to go, or all where something else is to get less.
 * @throws EspalierError where no fusions meet it, saying what they come to, and where nothing is asked for
 */
export function fusionsFor(terms: readonly Term[], base: Network, exclude: readonly string[]): number {
  const limits = limitsOf(terms, base);
  const most = mostFusions(base, exclude);
  const [first] = terms;
  if (most === 0) {
    throw inputError('fusion/none', `No two layers of ${base.name} can be fused.${whyNone(base, exclude)}`, {
      field: 'paradigm',
      remedy: 'Choose another paradigm.',
    });
  }
  for (const limit of limits) refuseOutOfReach(limit, base, exclude, most);
  if (limits.length > 0 && !leadsThere(base, base, terms, exclude)) {
    const kinds = limits.map(({ term }) => thingsOf(term.kind)).join(' and ');
    throw inputError(
      'budget/unreachable',
      `No fusions of ${base.name} meet the budget of ${kinds} together.`,
      {
        field: `budget.${first?.kind ?? 'layers'}`,
        remedy: 'Ask for less of one of them.',
      },
    );
  }
  const depth = limits.find(({ term }) => term.kind === 'layers');
  return depth !== undefined && terms.length === 1 ? depth.before - depth.most : most;
}

function refuseOutOfReach(
  { term, before, most: limit, of }: Limit,
  base: Network,
  exclude: readonly string[],
  most: number,
): void {
  const { kind } = term;
  const field = `budget.${kind}`;
  if (limit >= before) {
    throw inputError(
      'budget/whole',
      `${base.name} has ${amountWords(kind, before)}, and the budget keeps as many.`,
      {
        field,
        remedy: 'Ask for less.',
      },
    );
  }
  const amounts = routesOf(base, of, exclude).map(({ amount }) => amount);
  const least = Math.min(...amounts);
  if (least <= limit) return;
  const fewest = amounts.indexOf(least);
  const larger = kind !== 'layers' && least >= before;
  throw inputError(
    'budget/unreachable',
    larger
      ? `Fusing layers of ${base.name} makes their kernels larger: no fusion leaves fewer than its ${amountWords(kind, before)}.`
      : `Fusing layers leaves ${base.name} with ${amountWords(kind, least)} at the least (${formatShare(least / before)}, after ${formatPlural(fewest, 'fusion')} of ${most} that are possible), and the budget keeps ${amountWords(kind, limit)}.`,
    {
      field,
      remedy: larger
        ? 'Ask for layers, or choose a paradigm whose channels leave.'
        : `Ask for ${formatShare(least / before)} or more.`,
    },
  );
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

/** How many layers fusions can take away at the most. */
export const mostFusions = (network: Network, exclude: readonly string[]): number =>
  routesOf(network, () => 0, exclude).length - 1;

/** Reasons that are named where nothing can be fused. */
const NAMED = 3;

function whyNone(base: Network, exclude: readonly string[]): string {
  const { pairs, alone } = pairsOf(base, exclude);
  const reasons = [
    ...pairs.map(({ first, second, refused }) => `'${first}' and '${second}': ${refused ?? ''}.`),
    ...alone.map(({ layer, reason }) => `'${layer}': ${reason}.`),
  ];
  return reasons.length === 0 ? '' : ` ${reasons.slice(0, NAMED).join(' ')}`;
}
