import { isNear } from '../compress/budgets/fit.ts';
import type { Widths } from '../compress/widths.ts';

/** A layer or group whose width is searched for. */
export interface SearchGroup {
  readonly name: string;
  readonly units: number;
  /** What a policy knows of it, on any scale: the same numbers of every group. */
  readonly features: readonly number[];
}

/** The least that a ratio is taken for where logits are of it. */
const SMALLEST = 1e-4;
/** Shifts of all logits that a projection tries, to both sides. */
const SHIFT = 20;
const HALVINGS = 50;

/**
 * The space of widths: how many units each group keeps, and what that costs of a budget. A vector of keep ratios, each in [0, 1],
 * means the nearest widths that groups may have.
 */
export class Space {
  readonly groups: readonly SearchGroup[];
  /** What the whole network has of what the budget is of. */
  readonly whole: number;
  /** The most that may be left, as a share of that. */
  readonly limit: number;
  private readonly widths: Pick<Widths, 'least' | 'above' | 'below' | 'nearest'>;
  private readonly amountOf: (counts: readonly number[]) => number;
  private readonly known = new Map<string, number>();

  /**
   * @param amountOf how much of what the budget is of is left with these widths; more units never leave less
   * @param limit the share of it that may be left
   */
  constructor(
    groups: readonly SearchGroup[],
    widths: Pick<Widths, 'least' | 'above' | 'below' | 'nearest'>,
    amountOf: (counts: readonly number[]) => number,
    limit: number,
  ) {
    this.groups = groups;
    this.widths = widths;
    this.amountOf = amountOf;
    this.limit = limit;
    this.whole = amountOf(groups.map(({ units }) => units));
  }

  /** The nearest widths that groups may have; of none fewer than its least. */
  counts(ratios: readonly number[]): number[] {
    return this.groups.map(({ name, units }, g) =>
      this.widths.nearest(name, Math.min(units, Math.max(0, Math.round((ratios[g] ?? 1) * units)))),
    );
  }

  ratios(counts: readonly number[]): number[] {
    return this.groups.map(({ units }, g) => (counts[g] ?? units) / units);
  }

  /** Every group's smallest width. */
  least(): number[] {
    return this.groups.map(({ name }) => Math.max(1, this.widths.least(name)));
  }

  /** What widths leave of what the budget is of, as a share of the whole. */
  share(counts: readonly number[]): number {
    return this.amount(counts) / this.whole;
  }

  /** What widths leave of what the budget is of. */
  amount(counts: readonly number[]): number {
    const key = counts.join();
    const amount = this.known.get(key) ?? this.amountOf(counts);
    this.known.set(key, amount);
    return amount;
  }

  fits(counts: readonly number[]): boolean {
    // As many of a whole are no share in binary.
    return this.share(counts) <= this.limit + 1e-12;
  }

  /** Whether widths meet the budget as a projection leaves them: no group can keep a step more, and no exchange comes nearer. */
  meets(counts: readonly number[]): boolean {
    return this.full(counts) && this.nearer(counts).join() === counts.join();
  }

  /**
   * The widths nearest to ratios that meet the budget and to which no group can add a step: all logits are shifted alike, then
   * single steps are added, first where rounding took the most; what projecting gave comes back as it is.
   */
  project(ratios: readonly number[]): number[] {
    const own = this.counts(ratios);
    if (this.full(own)) return this.nearer(own);
    const logits = ratios.map((ratio) => logit(ratio));
    const at = (shift: number) => this.counts(logits.map((x) => sigmoid(x + shift)));
    let [low, high] = [-SHIFT, SHIFT];
    if (this.fits(at(high))) return this.nearer(this.filled(at(high), ratios));
    for (let i = 0; i < HALVINGS; i++) {
      const middle = (low + high) / 2;
      if (this.fits(at(middle))) low = middle;
      else high = middle;
      if (at(low).join() === at(high).join()) break;
    }
    const found = this.filled(
      at(low),
      logits.map((x) => sigmoid(x + low)),
    );
    return this.nearer(found);
  }

  /**
   * The same, where steps are so coarse that much of the budget is unused: one group keeps a step less and others more, as long as that
   * comes nearer.
   */
  private nearer(from: readonly number[]): number[] {
    let counts = [...from];
    const limit = this.limit * this.whole;
    while (this.fits(counts) && !isNear(this.amount(counts), limit)) {
      const now = counts;
      const others = this.groups.flatMap(({ name }, g) => {
        const less = this.widths.below(name, now[g] ?? 0);
        if (less === now[g]) return [];
        return [this.filled(this.filled(now.with(g, less), this.ratios(now), g), this.ratios(now))];
      });
      const best = others.reduce((one, other) => (this.amount(other) > this.amount(one) ? other : one), now);
      if (best === now) break;
      counts = best;
    }
    return counts;
  }

  /** Whether widths fit and no group can keep a step more. */
  private full(counts: readonly number[]): boolean {
    if (!this.fits(counts)) return false;
    return this.groups.every((_, g) => {
      const wider = this.wider(counts, g);
      return wider === undefined || !this.fits(wider);
    });
  }

  private wider(counts: readonly number[], g: number): number[] | undefined {
    const count = counts[g] ?? 0;
    const above = this.widths.above(this.groups[g]?.name ?? '', count);
    return above > count ? counts.with(g, above) : undefined;
  }

  /** Steps are added while one fits. @param except a group that keeps what it has */
  private filled(from: readonly number[], wanted: readonly number[], except?: number): number[] {
    let counts = [...from];
    if (!this.fits(counts)) return counts;
    const missing = (g: number) => (wanted[g] ?? 0) * (this.groups[g]?.units ?? 0) - (counts[g] ?? 0);
    let open = [...this.groups.keys()].filter((g) => g !== except);
    while (open.length > 0) {
      open.sort((a, b) => missing(b) - missing(a) || a - b);
      const [first = 0] = open;
      const wider = this.wider(counts, first);
      // More units never cost less: what does not fit now never will.
      if (wider !== undefined && this.fits(wider)) counts = wider;
      else open = open.slice(1);
    }
    return counts;
  }
}

export function logit(ratio: number): number {
  const inside = Math.min(1 - SMALLEST, Math.max(SMALLEST, ratio));
  return Math.log(inside / (1 - inside));
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
