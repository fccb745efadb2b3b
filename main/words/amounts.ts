import {
  shareKept,
  termOf,
  termsOf,
  type AmountKind,
  type Budget,
  type Promised,
  type Term,
} from '../contract/amount.ts';
import { targetFacts } from '../contract/targets.ts';
import { formatBytes, formatCount, formatDuration, formatMs, formatShare, pointsInWords } from './format.ts';

/** What is counted, as it stands after 'of the'. */
const THINGS: Readonly<Record<AmountKind, string>> = {
  sparsity: 'weights',
  parameters: 'parameters',
  macs: 'MACs',
  channels: 'channels',
  layers: 'layers',
  memory: 'memory',
  bytes: 'file size',
  latency: 'latency',
};

/** 'weights', 'MACs': what an amount of this kind counts. */
export const thingsOf = (kind: AmountKind): string => THINGS[kind];

/** What less and more of an amount are called after 'so many times': things that are counted become fewer, a time becomes faster. */
export function changeWords(kind: AmountKind): readonly [less: string, more: string] {
  if (kind === 'latency') return ['faster', 'slower'];
  if (kind === 'bytes') return ['smaller', 'larger'];
  return kind === 'memory' ? ['less', 'more'] : ['fewer', 'more'];
}

/** So much of what an amount counts, with its unit: '100,000 parameters', '2.1 MB', '4.0 ms'. */
export function amountWords(kind: AmountKind, value: number): string {
  if (kind === 'latency') return `${formatMs(value)}`;
  if (kind === 'bytes') return formatBytes(value);
  if (kind === 'memory') return `${formatBytes(value)} of memory`;
  return `${formatCount(value)} ${thingsOf(kind)}`;
}

/** 'onnx, gzipped', '32 samples': what is weighed or timed, where that is not the usual. */
export function measuredWords({ file, call }: Term): string {
  if (file !== undefined) return `${file.format}${file.gzip ? ', gzipped' : ''}`;
  if (call === undefined) return '';
  const { label, oneThread } = targetFacts[call.target];
  const threads = `${call.threads} ${call.threads === 1 ? 'thread' : 'threads'}`;
  return [
    ...(call.target === 'onnxruntime' ? [] : [label]),
    `batch ${call.batch}`,
    ...(oneThread === true ? [] : [threads]),
  ].join(', ');
}

/** What a sparsity counts: weights, or channels where whole ones leave. */
export type Counted = Extract<AmountKind, 'sparsity' | 'channels'>;

/** A budget as a sentence has it: '90 % of the weights pruned', '50 % of the MACs kept', '4.00 ms kept'. */
export function askedWords(budget: Budget, counted: Counted = 'sparsity'): string {
  const words = termsOf(budget).map((term) =>
    term.kind === 'sparsity'
      ? `${formatShare(term.value)} of the ${thingsOf(counted)} pruned`
      : `${termShort(term)} kept`,
  );
  return [...words, ...limitsShort(budget)].join(', ');
}

/** A budget as a name has it: '90 %' of the weights or '50 % fewer channels', '50 % of the MACs' or '100,000 parameters' kept. */
export function askedShort(budget: Budget, counted: Counted = 'sparsity'): string {
  return [...termsOf(budget).map((term) => termShort(term, counted)), ...limitsShort(budget)].join(', ');
}

function termShort(term: Term, counted: Counted = 'sparsity'): string {
  if (term.kind === 'sparsity') {
    const share = formatShare(term.value);
    return counted === 'sparsity' ? share : `${share} fewer ${thingsOf(counted)}`;
  }
  const share = shareKept(term);
  return share === undefined
    ? amountWords(term.kind, term.value)
    : `${formatShare(share)} of the ${thingsOf(term.kind)}`;
}

function limitsShort({ accuracyDrop, time }: Budget): string[] {
  return [
    ...(accuracyDrop === undefined ? [] : [`at most ${pointsInWords(accuracyDrop / 100)} lost`]),
    ...(time === undefined ? [] : [`within ${formatDuration(time)}`]),
  ];
}

/** The share that is to go of what a budget is of; null for a number that may stay, which is a share only of a network. */
export function askedToGo(budget: Budget): number | null {
  const term = termOf(budget);
  const share = term === undefined ? undefined : shareKept(term);
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
  const [promise] = promises.flatMap(({ kind, before, after }) =>
    kind === 'accuracyDrop' || kind === 'time' ? [] : [{ kind, before, after }],
  );
  const kind = promise?.kind ?? 'sparsity';
  const gone = promise === undefined || promise.before === 0 ? sparsity : 1 - promise.after / promise.before;
  return { kind, things: thingsOf(kind), share: 1 - gone, gone };
}

/** '90 % of the weights gone'. */
export function goneWords({ gone, things }: Left): string {
  return `${formatShare(gone)} of the ${things} gone`;
}
