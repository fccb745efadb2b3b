import { setImmediate as turn } from 'node:timers/promises';

/** Others wait for so long at the most, in milliseconds. */
const SLICE_MS = 15;

/** Does something with each of many things, and lets everything else have its turn in between. */
export async function inTurns<T>(things: Iterable<T>, work: (thing: T) => void): Promise<void> {
  let begin = performance.now();
  for (const thing of things) {
    work(thing);
    if (performance.now() - begin < SLICE_MS) continue;
    await turn();
    begin = performance.now();
  }
}
