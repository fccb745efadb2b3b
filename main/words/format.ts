/**
 * Numbers as reports, terminals and screens show them, each in one way everywhere: English notation, SI units, a true minus
 * sign, plain spaces.
 */

const counts = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 266610 -> '266,610'. */
export function formatCount(value: number): string {
  return counts.format(value).replace('-', '−');
}

/** Singular or plural with its count: (1, 'run') -> '1 run'. */
export const formatPlural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** 12345678 -> '12.3 M'; below ten thousand every digit is shown. */
export function formatLarge(value: number): string {
  if (Math.abs(value) < 9_999.5) return formatCount(value);
  const units = ['', ' k', ' M', ' G', ' T', ' P'];
  return scaled(value, units);
}

/** 990123 -> '990 kB' (1 kB = 1000 bytes). */
export function formatBytes(bytes: number): string {
  return scaled(bytes, [' B', ' kB', ' MB', ' GB', ' TB', ' PB']);
}

function scaled(value: number, units: readonly string[]): string {
  let power = 0;
  let rest = value;
  // 999.5 would be shown as 1000 of the smaller unit.
  while (Math.abs(rest) >= 999.5 && power < units.length - 1) {
    rest /= 1000;
    power++;
  }
  return `${power === 0 ? counts.format(rest) : significant(rest, 3)}${units[power] ?? ''}`;
}

/** A fraction as percent: 0.97312 -> '97.31 %'. */
export function formatPercent(fraction: number, digits = 2): string {
  return `${signed(fraction * 100, digits)} %`;
}

/** A fraction as percent with no more decimals than it needs: 0.9 -> '90 %', 0.985 -> '98.5 %'. */
export function formatShare(fraction: number): string {
  return `${trimmed(fraction * 100, 2)} %`;
}

/** A difference of two fractions in percentage points, with its sign: '+0.10 points', '−1.25 points', '0.00 points'. */
export function formatPoints(difference: number): string {
  return `${signedPoints(difference)} points`;
}

/** The ends of an interval of such differences: '−1.25 to +0.10 points'. */
export function formatPointsRange(low: number, high: number): string {
  return `${signedPoints(low)} to ${formatPoints(high)}`;
}

/** The size of such a difference as a sentence has it: '3.3 points', '1 point'. */
export function pointsInWords(difference: number): string {
  const text = trimmed(Math.abs(difference) * 100, 2);
  return text === '0' ? 'less than 0.01 points' : `${text} ${text === '1' ? 'point' : 'points'}`;
}

function signedPoints(difference: number): string {
  const text = signed(difference * 100, 2);
  return difference > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** Milliseconds with three significant digits: '0.0213 ms', '12.4 ms'. */
export function formatMs(milliseconds: number): string {
  return `${significant(milliseconds, 3)} ms`;
}

/** How many times as much: 4.567 -> '4.6', 12.3 -> '12'. */
export function formatRatio(ratio: number): string {
  return ratio < 9.95 ? ratio.toFixed(1) : counts.format(ratio);
}

/** Seconds for people: '0.4 s', '42 s', '3 min 20 s', '2 h 5 min'. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A value of no unit, such as a loss: four significant digits or fewer, with exponents only far from 1. */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2).replaceAll('-', '−');
  return String(Number(value.toPrecision(4))).replace('-', '−');
}

/** Keeps numbers and their units on one line. */
export function unbroken(text: string): string {
  return text.replace(
    /(\d|∞) (?=%|[kMGTP]?B\b|[kMGTP]\b|ms\b|s\b|min\b|h\b|points?\b|times\b|GFLOP)/g,
    '$1\u00a0',
  );
}

function significant(value: number, digits: number): string {
  if (value === 0) return '0';
  // Rounded first: 0.9996 becomes 1.00, which has one decimal less.
  const places = digits - 1 - Math.floor(Math.log10(Math.abs(Number(value.toPrecision(digits)))));
  return signed(value, Math.min(Math.max(places, 0), 12));
}

/** With a fixed number of decimals, a true minus sign, and no minus before a zero. */
function signed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** With at most so many decimals, and no zeros at their end. */
function trimmed(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals))).replace('-', '−');
}
