/** Colour tokens of equal curves. */
export const seriesColors = [
  '--series-1',
  '--series-2',
  '--series-3',
  '--series-4',
  '--series-5',
  '--series-6',
] as const;
const dashes: readonly (readonly [number, number] | undefined)[] = [undefined, [7, 4], [2, 3]];

/** Colour and dash of the n-th of several equal curves: no two of eighteen look the same. */
export function seriesLook(index: number): { color: string; dash?: readonly [number, number] } {
  const dash = dashes[Math.floor(index / seriesColors.length) % dashes.length];
  return {
    color: seriesColors[index % seriesColors.length] ?? '--series-1',
    ...(dash === undefined ? {} : { dash }),
  };
}
