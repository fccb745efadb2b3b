import type { Route } from './routes.ts';
import { fusedName } from '../../network/fuse/fuse.ts';

/** What of fusions says which layers of the network as it came are one now. */
type Fused = Readonly<Record<'first' | 'second', string>>;

/** How many fusions a route takes. */
export const lengthOf = ({ segments }: Route): number =>
  segments.reduce((sum, segment) => sum + segment.length - 1, 0);

/** Whether fusions go a part of a route or all of it: everything that they made one is one at its end. */
export function isOnRoute(fusions: readonly Fused[], { segments }: Route): boolean {
  return groupsOf(fusions).every((group) =>
    segments.some((segment) => group.every((layer) => segment.includes(layer))),
  );
}

/** Layers of the network as it came, by the fused layer that they went into. */
function groupsOf(fusions: readonly Fused[]): (readonly string[])[] {
  const groups = new Map<string, readonly string[]>();
  for (const { first, second } of fusions) {
    const layers = [first, second].flatMap((name) => groups.get(name) ?? [name]);
    groups.delete(first);
    groups.delete(second);
    groups.set(fusedName({ first, second }), layers);
  }
  return [...groups.values()];
}
