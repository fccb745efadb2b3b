import { student95 } from '../../../words/estimate.ts';

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
export interface PowerLaw {
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
