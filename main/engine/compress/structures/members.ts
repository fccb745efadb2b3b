import type { Component, Member } from '../../network/coupling/components.ts';
import type { Pooling } from './pooling.ts';

const SIDE = { all: undefined, makers: 'makes', readers: 'reads' } as const;

/**
 * The slices of a channel that count: all of them, or those that make or read it. Where nothing reads it by weights (queries
 * and keys read one another), it is what makes it.
 * @param among those that may count
 */
export function counting(
  { members }: Pick<Component, 'members'>,
  which: Pooling['members'],
  among: (member: Member) => boolean,
): readonly Member[] {
  const own = members.filter(among);
  const of = (side: Member['side'] | undefined) => own.filter((member) => member.side === side);
  return (
    [of(SIDE[which]), which === 'readers' ? of('makes') : [], own].find(({ length }) => length > 0) ?? []
  );
}

/** Indices of a slice within its parameter. */
export function visit(
  { axis, indices }: Pick<Member, 'axis' | 'indices'>,
  shape: readonly number[],
  take: (at: number) => void,
): void {
  const inner = shape.slice(axis + 1).reduce((size, dim) => size * dim, 1);
  const size = (shape[axis] ?? 1) * inner;
  const all = shape.reduce((product, dim) => product * dim, 1);
  for (let outer = 0; outer < all; outer += size) {
    for (const index of indices) {
      const from = outer + index * inner;
      for (let at = from; at < from + inner; at++) take(at);
    }
  }
}
