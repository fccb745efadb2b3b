import * as amounts from '../../main/words/amounts.ts';
import * as words from '../../main/words/format.ts';
import * as search from '../../main/words/search.ts';

/**
 * Numbers, sizes and times as people read them: the words that report and command line use too, with spaces at which no line
 * breaks, and what only screens show.
 */

const nbsp = '\u00a0';

const glued =
  <A extends unknown[]>(format: (...args: A) => string) =>
  (...args: A): string =>
    format(...args).replaceAll(' ', nbsp);

function unbrokenWords<A extends unknown[]>(write: (...args: A) => string): (...args: A) => string {
  return (...args) => words.unbroken(write(...args));
}

export const formatCount = glued(words.formatCount);
export const formatLarge = glued(words.formatLarge);
export const formatBytes = glued(words.formatBytes);
export const formatPercent = glued(words.formatPercent);
export const formatShare = glued(words.formatShare);
export const formatPoints = glued(words.formatPoints);
export const formatMs = glued(words.formatMs);
export const formatDuration = glued(words.formatDuration);
/** What is left of work, no finer than it can be foretold: 323 -> '5 min 20 s', 2129 -> '35 min'. */
export const formatLeft = (seconds: number): string => {
  const unit = seconds < 120 ? 1 : seconds < 600 ? 10 : seconds < 7200 ? 60 : 600;
  const left = Math.max(1, Math.round(seconds / unit) * unit);
  return left < 10 ? `${left}${nbsp}s` : formatDuration(left);
};
export const formatPlural = words.formatPlural;
export const formatNumber = glued(words.formatNumber);

/** Budgets in words, their numbers unbroken. */
export const askedShort = unbrokenWords(amounts.askedShort);
export const askedWords = unbrokenWords(amounts.askedWords);
export const searchWords = unbrokenWords(search.searchWords);
export const goneWords = unbrokenWords(amounts.goneWords);

/** Billions of operations a second: 184.2 -> '184 GFLOP/s'. */
export const formatSpeed = (gflops: number): string =>
  `${gflops < 10 ? Number(gflops.toPrecision(2)) : gflops.toFixed(0)}${nbsp}GFLOP/s`;

/** [1, 28, 28] -> '1 × 28 × 28'. */
export const formatShape = (shape: readonly number[]): string => shape.join(`${nbsp}×${nbsp}`);

/** Made with the first moment that it writes: the browser takes milliseconds for each. */
function momentFormat(options: Intl.DateTimeFormatOptions): (iso: string) => string {
  let format: Intl.DateTimeFormat | undefined;
  return (iso) => (format ??= new Intl.DateTimeFormat('en-GB', options)).format(new Date(iso));
}

const day = momentFormat({ day: 'numeric', month: 'short' });
const full = momentFormat({ dateStyle: 'long', timeStyle: 'medium' });
const clock = momentFormat({ timeStyle: 'medium' });

/** A moment relative to now while it is near, else its date. */
export function formatWhen(iso: string, now = Date.now()): string {
  const seconds = (now - Date.parse(iso)) / 1000;
  if (!Number.isFinite(seconds)) return iso;
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${nbsp}min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}${nbsp}h ago`;
  return day(iso);
}

export const formatMoment = (iso: string): string => (Number.isNaN(Date.parse(iso)) ? iso : full(iso));

export const formatClock = (iso: string): string => (Number.isNaN(Date.parse(iso)) ? iso : clock(iso));
