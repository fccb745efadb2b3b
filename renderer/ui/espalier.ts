/** Where the hundred leaves of the drawn tree sit, and in which order they are kept. */
export interface Bud {
  readonly x: number;
  readonly y: number;
  /** Degrees from upright. */
  readonly turn: number;
  readonly pale: boolean;
  /** 0 is the last to be pruned, 99 the first. */
  readonly rank: number;
}

const tiers = [40, 74, 108, 142, 176] as const;
const perSide = 10;
const count = tiers.length * perSide * 2;
/** Coprime to the count: steps through all leaves in an order that looks unordered, the same every time. */
const stride = 37;

export const buds: readonly Bud[] = Array.from({ length: count }, (_, index) => {
  const tier = Math.floor(index / (perSide * 2));
  const place = index % (perSide * 2);
  const side = place < perSide ? -1 : 1;
  const step = place % perSide;
  const up = (step + tier) % 2 === 0;
  return {
    x: 160 + side * (38 + step * 12),
    y: (tiers[tier] ?? 0) - 8,
    turn: side * (up ? 24 : 156),
    pale: (step * 7 + tier * 3) % 5 < 2,
    rank: (index * stride + 11) % count,
  };
});
