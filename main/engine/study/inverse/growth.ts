import { student95 } from '../../../words/estimate.ts';
import { formatNumber } from '../../../words/format.ts';

/** The share of draws that counts as solved. */
const ENOUGH = 0.9;

/**
 * The width from which on nine of ten draws are solved, between two measured widths on a line along the logarithm of the width; null where
 * the widest fails. A narrowest width that is enough already is taken as it is.
 * @param rows share of solved draws by width
 */
export function widthEnough(rows: readonly { readonly k: number; readonly solved: number }[]): number | null {
  const sorted = [...rows].sort((a, b) => b.k - a.k);
  const at = sorted.findIndex(({ solved }) => solved < ENOUGH);
  if (at === -1) return sorted.at(-1)?.k ?? null;
  const [failing, enough] = [sorted[at], sorted[at - 1]];
  if (failing === undefined || enough === undefined) return null;
  const part = (ENOUGH - failing.solved) / (enough.solved - failing.solved);
  return failing.k * (enough.k / failing.k) ** part;
}

/** y = factor x^power, by least squares of the logarithms. */
interface PowerLaw {
  readonly power: number;
  /** Half of the power's 95 % interval (Student t); null for two points, which any line goes through. */
  readonly half: number | null;
  readonly factor: number;
}

/** @returns null for fewer than two different x */
export function powerLaw(points: readonly { readonly x: number; readonly y: number }[]): PowerLaw | null {
  const logs = points.map(({ x, y }) => [Math.log(x), Math.log(y)] as const);
  const n = logs.length;
  const mean = (i: 0 | 1) => logs.reduce((sum, one) => sum + one[i], 0) / n;
  const [mx, my] = [mean(0), mean(1)];
  const xx = logs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  if (n < 2 || !(xx > 0)) return null;
  const power = logs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / xx;
  const rest = logs.reduce((sum, [x, y]) => sum + (y - my - power * (x - mx)) ** 2, 0);
  const half = n < 3 ? null : student95(n - 2) * Math.sqrt(rest / (n - 2) / xx);
  return { power, half, factor: Math.exp(my - power * mx) };
}

/** Whether the interval of a power tells growth with the unknowns from growth with their square. */
export const isTold = ({ half }: PowerLaw): boolean => half !== null && half < 0.5;

/** How fast the width that is enough grows, and whether that is slower than with the square of the unknowns. */
export function growthWords(law: PowerLaw): string {
  const { power, half } = law;
  const grows = `That width, between the measured ones, grows as the number of unknowns to the power of ${formatNumber(power)}`;
  if (half === null || !isTold(law)) return `${grows}${half === null ? '' : ` ± ${formatNumber(half)}`}.`;
  const than = power + half < 2 ? 'slower than' : power - half > 2 ? 'faster than' : 'not told from growth';
  return `${grows} ± ${formatNumber(half)}: ${than} with their square, over the sizes that were measured.`;
}
