import { shareKept, termsOf, type Budget, type Promised, type Term } from '../../../contract/amount.ts';
import { inputError } from '../../../contract/errors.ts';
import { amountWords, measuredWords } from '../../../words/amounts.ts';
import type { Network } from '../../network/graph.ts';
import type { CountedKind, Measured, Sized, Subject, Tools } from './budget.ts';
import { budgets } from './index.ts';

/** The kind of a term that a network's graph and masks tell; undefined where it must be measured. */
export function countedKind({ kind }: Term): CountedKind | undefined {
  const budget = budgets.get(kind);
  return 'of' in budget ? budget : undefined;
}

/** The term that the shares to prune are of, the first that can be counted; undefined where all must be measured. */
export function leadingTerm(budget: Budget): Term | undefined {
  return termsOf(budget).find((term) => countedKind(term) !== undefined);
}

/** How much of what a counted amount is of a network has before anything is pruned. */
export function wholeOf(kind: CountedKind, network: Network): number {
  return kind.of({ network, masks: new Map() });
}

/**
 * How much of what a term is of was there, and is left.
 * @param known how much was there, where that was measured already
 */
export async function measureTerm(
  term: Term,
  subject: Subject,
  tools: Tools,
  known?: number,
): Promise<Measured> {
  const budget = budgets.get(term.kind);
  if ('measure' in budget) return budget.measure(subject, term, tools, known);
  const model: Sized = subject.model;
  return { before: wholeOf(budget, subject.whole.network), after: budget.of(model) };
}

/** The most that a term leaves of what was there before. */
export function limitOf(term: Term, before: number): number {
  const share = shareKept(term);
  return share === undefined ? term.value : share * before;
}

/** @throws EspalierError when a network has no more of what a term is of than may stay */
export function refuseWhole(term: Term, before: number, name: string): void {
  if (limitOf(term, before) <= before) return;
  const of = measuredWords(term);
  const had = amountWords(term.kind, before);
  throw inputError(
    'budget/whole',
    `${name} has ${had}${of === '' ? '' : ` (${of})`}, and the budget keeps ${amountWords(term.kind, term.value)}.`,
    { field: `budget.${term.kind}`, remedy: `Choose less than ${had}, or a share.` },
  );
}

/** By what an amount that was there before is remembered. */
export function keyOf(term: Term): string {
  return [term.kind, measuredWords(term)].join(' ').trim();
}

/**
 * What a budget asked for, and what came of it: everything of it that is of an amount.
 * @param known amounts before anything was pruned, where they were measured
 */
export async function promisesOf(
  budget: Budget,
  subject: Subject,
  tools: Tools,
  known: Readonly<Record<string, number>> = {},
): Promise<Promised[]> {
  const promises: Promised[] = [];
  for (const term of termsOf(budget)) {
    const { after, before, spread } = await measureTerm(term, subject, tools, known[keyOf(term)]);
    const of = measuredWords(term);
    promises.push({
      kind: term.kind,
      before,
      asked: limitOf(term, before),
      after,
      ...(spread && { spread: [...spread] as [number, number] }),
      ...(of !== '' && { of }),
    });
  }
  return promises;
}
