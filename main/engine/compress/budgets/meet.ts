/** A budget is met by an amount that is this near to it, as a share of it: of what is left, so much less than the most. */
const NEAR = 0.02;
/** What is aimed at: training goes on afterwards, and a file's size moves with the weights. */
const AIM = 0.995;
/** Tries between too much and too little. */
const TRIES = 16;
/** The most that is tried. */
const MOST = 1 - 2 ** -16;

/** What was found. */
export interface Met<S> {
  readonly selected: S;
  /** The share that was pruned. */
  readonly share: number;
  /** What the dearest demand comes to, over what it may: at most 1 where all are met. */
  readonly load: number;
}

/**
 * Prunes the least that meets demands which only a pruned network tells: the more is pruned the less is left of everything. Halves
 * the logarithm of what is kept.
 * @param select what is kept when this share is pruned
 * @param loadOf what the dearest demand comes to, over what it may
 * @param from the least share to prune, which other demands set
 */
export async function meet<S>(
  select: (share: number) => S,
  loadOf: (selected: S) => Promise<number>,
  from: number,
): Promise<Met<S>> {
  const at = async (share: number): Promise<Met<S>> => {
    const selected = select(share);
    return { selected, share, load: await loadOf(selected) };
  };
  let above = await at(from);
  if (above.load <= 1) return above;
  let below = await at(MOST);
  if (below.load > 1) return below;
  for (let i = 0; i < TRIES && below.load < AIM - NEAR / 2; i++) {
    const share = 1 - Math.sqrt((1 - above.share) * (1 - below.share));
    const middle = await at(share);
    if (middle.load > AIM) above = middle;
    else below = middle;
  }
  return below;
}
