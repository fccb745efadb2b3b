/** One way of treating a group: what it is predicted to lose, and what it leaves. */
export interface Option {
  readonly loss: number;
  readonly cost: number;
}

export interface Picked {
  /** By group, the index of its option. */
  readonly picks: readonly number[];
  readonly loss: number;
  readonly cost: number;
  /** No choice within the limit loses less than this. */
  readonly bound: number;
}

/** Cells of the table: costs are counted as they are up to so many, and rounded up to so many beyond. */
const CELLS = 20_000;
/** Halvings of the price of cost. */
const HALVINGS = 60;

/**
 * One option for every group, together within a limit, at the least loss: the multiple-choice knapsack problem, by dynamic
 * programming over the cost. Where costs are whole numbers and the limit is at most 20,000 the answer is the optimum; else costs
 * are rounded up, so that the answer keeps the limit, and `bound` says how far from the optimum it can be: the Lagrangian
 * dual (Kellerer, Pferschy, Pisinger 2004, Knapsack Problems, chapter 11).
 * @returns undefined where even the cheapest options cost too much
 */
export function knapsack(groups: readonly (readonly Option[])[], limit: number): Picked | undefined {
  // Without room what costs nothing is all there is, whatever costs are.
  const whole = limit === 0 || (groups.flat().every(({ cost }) => Number.isInteger(cost)) && limit <= CELLS);
  const scale = whole ? 1 : limit / CELLS;
  const room = whole ? Math.floor(limit) : CELLS;
  const cells = (cost: number) => Math.ceil(cost / scale - 1e-9);
  let best = new Float64Array(room + 1).fill(0);
  const choices: Uint16Array[] = [];
  for (const options of groups) {
    const next = new Float64Array(room + 1).fill(Infinity);
    const choice = new Uint16Array(room + 1);
    options.forEach(({ loss, cost }, i) => {
      for (let at = cells(cost); at <= room; at++) {
        const total = (best[at - cells(cost)] ?? Infinity) + loss;
        if (total < (next[at] ?? Infinity)) [next[at], choice[at]] = [total, i];
      }
    });
    best = next;
    choices.push(choice);
  }
  if (!Number.isFinite(best[room] ?? Infinity)) return undefined;
  const picks: number[] = [];
  let at = room;
  for (let g = groups.length - 1; g >= 0; g--) {
    const pick = choices[g]?.[at] ?? 0;
    picks.unshift(pick);
    at -= cells(groups[g]?.[pick]?.cost ?? 0);
  }
  const sum = (what: keyof Option) =>
    picks.reduce((total, pick, g) => total + (groups[g]?.[pick]?.[what] ?? 0), 0);
  const [loss, cost] = [sum('loss'), sum('cost')];
  return { picks, loss, cost, bound: whole ? loss : Math.min(loss, dual(groups, limit)) };
}

/** The Lagrangian dual: the largest over prices p >= 0 of sum_g min_i (loss + p cost) - p limit, which is concave in p. */
function dual(groups: readonly (readonly Option[])[], limit: number): number {
  const at = (price: number) => {
    let [value, cost] = [-price * limit, -limit];
    for (const options of groups) {
      let [least, its] = [Infinity, 0];
      for (const option of options) {
        const priced = option.loss + price * option.cost;
        if (priced < least) [least, its] = [priced, option.cost];
      }
      value += least;
      cost += its;
    }
    return { value, over: cost > 0 };
  };
  let [low, high] = [0, 1e-12];
  while (at(high).over && high < 1e12) high *= 4;
  let best = at(0).value;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    const { value, over } = at(middle);
    best = Math.max(best, value);
    if (over) low = middle;
    else high = middle;
  }
  return best;
}
