import { shareKept, termOf, type AmountKind, type Budget, type Promised } from '../contract/amount.ts';
import { formatCount, formatShare } from './format.ts';

/** What is counted, as it stands after 'of the'. */
const THINGS: Readonly<Record<AmountKind, string>> = {
  sparsity: 'weights',
  parameters: 'parameters',
  macs: 'MACs',
  channels: 'channels',
};

/** 'weights', 'MACs': what an amount of this kind counts. */
export const thingsOf = (kind: AmountKind): string => THINGS[kind];

/** A budget as a sentence has it: '90 % of the weights pruned', '50 % of the MACs kept', '100,000 parameters kept'. */
export function askedWords(budget: Budget): string {
  const term = termOf(budget);
  if (term.kind === 'sparsity') return `${formatShare(term.value)} of the weights pruned`;
  return `${askedShort(budget)} kept`;
}

/** A budget as a name has it: '90 %' of the weights gone, '50 % of the MACs' or '100,000 parameters' kept. */
export function askedShort(budget: Budget): string {
  const term = termOf(budget);
  if (term.kind === 'sparsity') return formatShare(term.value);
  const things = thingsOf(term.kind);
  const share = shareKept(term);
  return share === undefined
    ? `${formatCount(term.value)} ${things}`
    : `${formatShare(share)} of the ${things}`;
}

/** The share that is to go of what a budget is of; null for a number that may stay, which is a share only of a network. */
export function askedToGo(budget: Budget): number | null {
  const share = shareKept(termOf(budget));
  return share === undefined ? null : 1 - share;
}

/** How much is left of what a run's budget is of. */
export interface Left {
  readonly kind: AmountKind;
  readonly things: string;
  /** Shares of what was there before, 0..1; together 1. */
  readonly share: number;
  readonly gone: number;
}

/** How much of what its budget is of a run has left; of the prunable weights where nothing else was promised. */
export function leftOf({
  promises,
  sparsity,
}: {
  readonly promises: readonly Promised[];
  readonly sparsity: number;
}): Left {
  const [promise] = promises;
  const kind = promise?.kind ?? 'sparsity';
  const gone = promise === undefined || promise.before === 0 ? sparsity : 1 - promise.after / promise.before;
  return { kind, things: thingsOf(kind), share: 1 - gone, gone };
}

/** '90 % of the weights gone'. */
export function goneWords({ gone, things }: Left): string {
  return `${formatShare(gone)} of the ${things} gone`;
}
