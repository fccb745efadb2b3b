import { setImmediate as turn } from 'node:timers/promises';

/** Others wait for so long at the most, in milliseconds. */
const SLICE_MS = 15;

/**
 * Does something with each of many things, and lets everything else have its turn in between.
 * @param together does what is done in one turn, as a transaction for example
 */
export async function inTurns<T>(
  things: Iterable<T>,
  work: (thing: T) => void,
  together: (slice: () => void) => void = (slice) => slice(),
): Promise<void> {
  const left = things[Symbol.iterator]();
  let next = left.next();
  while (next.done !== true) {
    together(() => {
      const begin = performance.now();
      do {
        if (next.done === true) return;
        work(next.value);
        next = left.next();
      } while (performance.now() - begin < SLICE_MS);
    });
    await turn();
  }
}
