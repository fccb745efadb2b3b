/** Numbers, sizes and times as people read them. One locale everywhere, so that a figure looks the same on every screen. */

const nbsp = '\u00a0';
const minus = '\u2212';
const integer = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

const sign = (text: string) => text.replace('-', minus);

/** 266610 -> '266,610'. */
export const formatCount = (value: number): string => sign(integer.format(value));

const scaled = (value: number, units: readonly string[], base: number): string => {
  let rest = value;
  let unit = 0;
  while (Math.abs(rest) >= base && unit < units.length - 1) {
    rest /= base;
    unit += 1;
  }
  const digits = unit === 0 || Math.abs(rest) >= 100 ? 0 : Math.abs(rest) >= 10 ? 1 : 2;
  return sign(`${rest.toFixed(digits)}${units[unit] ?? ''}`);
};

/** 266610 -> '267 k', 40551040 -> '40.6 M'. */
export const formatShort = (value: number): string =>
  scaled(value, ['', `${nbsp}k`, `${nbsp}M`, `${nbsp}G`, `${nbsp}T`], 1000);

/** Bytes in powers of 1000: 1066440 -> '1.07 MB'. */
export const formatBytes = (value: number): string =>
  scaled(
    value,
    ['bytes', 'kB', 'MB', 'GB', 'TB'].map((unit) => nbsp + unit),
    1000,
  );

/** A fraction as a percentage: 0.9 -> '90.0 %'. */
export const formatPercent = (fraction: number, digits = 1): string =>
  sign(`${(fraction * 100).toFixed(digits)}${nbsp}%`);

/** A fraction as a percentage with no more decimals than it needs: 0.9 -> '90 %', 0.985 -> '98.5 %'. */
export const formatShare = (fraction: number): string =>
  sign(`${Number((fraction * 100).toFixed(2))}${nbsp}%`);

/** A difference of two fractions in percentage points: -0.002 -> '−0.2 points'. */
export function formatPoints(difference: number, digits = 1): string {
  const text = (difference * 100).toFixed(digits);
  const shown = Number(text) === 0 ? '±0' : difference > 0 ? `+${text}` : text;
  return sign(`${shown}${nbsp}points`);
}

/** How many times smaller: (266200, 26620) -> '10×'. */
export function formatFactor(before: number, after: number): string {
  if (after <= 0) return '∞×';
  const factor = before / after;
  return `${factor >= 20 ? factor.toFixed(0) : Number(factor.toFixed(factor >= 10 ? 1 : 2))}×`;
}

/** Seconds as '48 s', '3 min 20 s', '2 h 5 min'. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds < 1 ? seconds.toFixed(1) : Math.round(seconds)}${nbsp}s`;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (hours > 0) return `${hours}${nbsp}h ${minutes}${nbsp}min`;
  if (minutes > 0) return `${minutes}${nbsp}min ${rest}${nbsp}s`;
  return `${rest}${nbsp}s`;
}

/** Milliseconds as '0.31 ms'. */
export const formatMs = (ms: number): string => `${ms >= 100 ? ms.toFixed(0) : ms.toPrecision(3)}${nbsp}ms`;

/** Billions of operations a second: 184.2 -> '184 GFLOP/s'. */
export const formatSpeed = (gflops: number): string =>
  `${gflops < 10 ? Number(gflops.toPrecision(2)) : gflops.toFixed(0)}${nbsp}GFLOP/s`;

/** A measured value of no unit, such as a loss: four significant digits. */
export const formatValue = (value: number): string =>
  value === 0 ? '0' : sign(String(Number(value.toPrecision(4))));

/** [1, 28, 28] -> '1 × 28 × 28'. */
export const formatShape = (shape: readonly number[]): string => shape.join(`${nbsp}×${nbsp}`);

/** Singular or plural with its count: (1, 'run') -> '1 run'. */
export const formatPlural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** A moment relative to now while it is near, else its date. */
export function formatWhen(iso: string, now = Date.now()): string {
  const seconds = (now - Date.parse(iso)) / 1000;
  if (!Number.isFinite(seconds)) return iso;
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${nbsp}min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}${nbsp}h ago`;
  return day.format(new Date(iso));
}

export const formatMoment = (iso: string): string =>
  Number.isNaN(Date.parse(iso)) ? iso : full.format(new Date(iso));

export const formatClock = (iso: string): string =>
  Number.isNaN(Date.parse(iso)) ? iso : clock.format(new Date(iso));
