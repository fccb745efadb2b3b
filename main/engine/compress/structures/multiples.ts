import type { Group } from '../../network/coupling/groups.ts';

/**
 * Units of a group that make widths multiples of so many channels: a head of 64 is one unit, and as wide as eight eights.
 * @param multiple channels that what is kept must be a multiple of
 */
export function stepOf({ components: [first] }: Group, multiple: number): number {
  const makers = (first?.members ?? []).filter(({ side, role }) => side === 'makes' && role === 'weight');
  const channels = makers.reduce((common, { indices }) => divisor(common, indices.length), 0);
  return multiple / divisor(multiple, Math.max(1, channels));
}

/** The largest number that divides both. */
function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/** Which groups have too few channels to lose any, in words after a remark; nothing where all have enough. */
export function wholeOnes(groups: readonly Group[], multiple = 1): string {
  if (multiple === 1) return '';
  const few = groups.filter((group) => group.components.length <= stepOf(group, multiple));
  const names = few.map(({ name }) => name).join(', ');
  const whole = few.length === 0 ? '' : ` These have no more and stay whole: ${names}.`;
  return ` What a layer keeps is a multiple of ${multiple}, or all that it has.${whole}`;
}
