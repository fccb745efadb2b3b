import { knapsack } from './knapsack.ts';

/** Shares between those that were measured: losses there are read off the straight line. */
const STEP = 0.025;
/** Halvings of a limit where what groups save hangs on each other. */
const HALVINGS = 20;

/** Shares to remove of every group. */
interface Shares {
  readonly shares: ReadonlyMap<string, number>;
  /** The predicted rise of the loss, if what groups lose adds up. */
  readonly loss: number;
  /** No shares that meet the budget are predicted to lose less. */
  readonly bound: number;
  /** What is left of what the budget is of. */
  readonly amount: number;
}

/** What each group alone loses when shares of it are removed, in any order. */
interface Curves {
  readonly groups: readonly {
    readonly name: string;
    readonly points: readonly { readonly share: number; readonly rise: { readonly mean: number } }[];
  }[];
}

/** A group's shares, what each is predicted to lose, and what it saves alone. */
interface Table {
  readonly name: string;
  readonly rows: readonly { readonly share: number; readonly loss: number; readonly saved: number }[];
}

/**
 * The shares a group that meet a budget at the least predicted loss, with the curves of a sensitivity analysis as value and what is
 * left as weight. What groups save together is at most what they save one by one, so that the knapsack with those savings
 * bounds all answers from below; its limit is tightened until what is really left meets the budget. Where savings add up,
 * as weights do, the first answer is the best there is.
 * @param amountOf how much is left when these shares of the groups are gone
 * @param limit the most that may be left
 * @param allowed whether this share of a group may be removed; any may when left out
 * @returns undefined where no shares that were measured meet it
 */
export function bestShares(
  { groups }: Curves,
  amountOf: (shares: ReadonlyMap<string, number>) => number,
  limit: number,
  allowed: (group: string, share: number) => boolean = () => true,
): Shares | undefined {
  const whole = amountOf(new Map());
  const tables = groups.map((group): Table => {
    const rows = risingLosses(group)
      .filter(({ share }) => allowed(group.name, share))
      .map((row) => ({ ...row, saved: whole - amountOf(new Map([[group.name, row.share]])) }));
    return { name: group.name, rows };
  });
  const first = solve(tables, whole - limit);
  if (first === undefined) return undefined;
  const ask = { amountOf, limit, bound: first.bound };
  // Of one product what is left multiplies, so that the logarithms of savings add up; networks lie between.
  const logs = tables.map(({ name, rows }) => ({
    name,
    rows: rows.map((row) => ({ ...row, saved: -Math.log(Math.max(1e-9, 1 - row.saved / whole)) })),
  }));
  const found = [tightened(tables, whole - limit, ask), tightened(logs, -Math.log(limit / whole), ask)]
    .flatMap((one) => one ?? [])
    .map((one) => exchanged(one, tables, ask));
  return found.toSorted((one, other) => one.loss - other.loss)[0];
}

interface Ask {
  readonly amountOf: (shares: ReadonlyMap<string, number>) => number;
  readonly limit: number;
  readonly bound: number;
}

/** Asks the knapsack for more savings until what is really left meets the budget. */
function tightened(
  tables: readonly Table[],
  least: number,
  { amountOf, limit, bound }: Ask,
): Shares | undefined {
  let best: Shares | undefined;
  let [low, high] = [least, mostSaved(tables)];
  for (let i = 0; i <= HALVINGS; i++) {
    const saving = i === 0 ? low : i === 1 ? high : (low + high) / 2;
    const found = solve(tables, saving);
    const amount = found === undefined ? Infinity : amountOf(found.shares);
    if (found !== undefined && amount <= limit) {
      if (best === undefined || found.loss < best.loss) best = { ...found, bound, amount };
      if (i === 0) return best;
      high = saving;
    } else {
      if (i === 1) return undefined;
      low = saving;
    }
  }
  return best;
}

/**
 * The same with less of one group and more of another, as long as that is predicted to lose less and meets the budget: what groups
 * save hangs on each other, so that the knapsack's answer has room left.
 */
function exchanged(from: Shares, tables: readonly Table[], { amountOf, limit }: Ask): Shares {
  const rowOf = ({ name, rows }: Table, shares: ReadonlyMap<string, number>) =>
    rows.findIndex(({ share }) => share === shares.get(name));
  let best = from;
  for (let better = true; better;) {
    better = false;
    for (const less of tables) {
      for (const more of [undefined, ...tables]) {
        if (more === less) continue;
        const [down, up] = [
          rowOf(less, best.shares) - 1,
          more === undefined ? 0 : rowOf(more, best.shares) + 1,
        ];
        const [row, other] = [less.rows[down], more?.rows[up]];
        if (row === undefined || (more !== undefined && other === undefined)) continue;
        const gain = (less.rows[down + 1]?.loss ?? 0) - row.loss;
        const price = more === undefined ? 0 : (other?.loss ?? 0) - (more.rows[up - 1]?.loss ?? 0);
        if (gain <= price + 1e-12) continue;
        const shares = new Map(best.shares).set(less.name, row.share);
        if (more !== undefined && other !== undefined) shares.set(more.name, other.share);
        const amount = amountOf(shares);
        if (amount > limit) continue;
        best = { ...best, shares, amount, loss: best.loss - gain + price };
        better = true;
      }
    }
  }
  return best;
}

/** Shares that save at least so much, one by one, at the least loss. */
function solve(tables: readonly Table[], saving: number): Omit<Shares, 'amount'> | undefined {
  const most = tables.map(({ rows }) => Math.max(0, ...rows.map(({ saved }) => saved)));
  const room = most.reduce((sum, each) => sum + each, 0) - saving;
  if (room < 0) return undefined;
  const options = tables.map(({ rows }, g) =>
    rows.map(({ loss, saved }) => ({ loss, cost: (most[g] ?? 0) - saved })),
  );
  const picked = knapsack(options, room);
  if (picked === undefined) return undefined;
  const shares = picked.picks.map(
    (pick, g) => [tables[g]?.name ?? '', tables[g]?.rows[pick]?.share ?? 0] as const,
  );
  return { shares: new Map(shares), loss: picked.loss, bound: picked.bound };
}

const mostSaved = (tables: readonly Table[]): number =>
  tables.reduce((sum, { rows }) => sum + Math.max(0, ...rows.map(({ saved }) => saved)), 0);

/** The predicted loss of every share, on straight lines between those measured; a dip in a measured curve is noise, and is levelled. */
function risingLosses({ points }: Curves['groups'][number]): { share: number; loss: number }[] {
  let most = 0;
  const measured = [
    { share: 0, loss: 0 },
    ...points
      .toSorted((a, b) => a.share - b.share)
      .map(({ share, rise }) => ({ share, loss: (most = Math.max(most, rise.mean)) })),
  ];
  return measured.flatMap((to, i) => {
    const from = measured[i - 1];
    if (from === undefined) return [to];
    const steps = Math.max(1, Math.round((to.share - from.share) / STEP));
    return Array.from({ length: steps }, (_, k) => {
      const at = (k + 1) / steps;
      return {
        share: from.share + at * (to.share - from.share),
        loss: from.loss + at * (to.loss - from.loss),
      };
    });
  });
}
