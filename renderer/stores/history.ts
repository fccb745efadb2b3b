import { computed, shallowRef } from 'vue';

/** Changes of the same place that follow each other within so many milliseconds are one. */
const TOGETHER_MS = 500;
/** Steps that can be taken back; older ones are forgotten. */
const MOST = 200;

/** Steps of either side that are kept beyond the page; older ones are forgotten by a reload. */
const MOST_KEPT = 50;

/** Both sides of a history, as a page keeps them. */
export interface KeptHistory<T> {
  readonly past: readonly Step<T>[];
  readonly future: readonly Step<T>[];
}

/** What was there before or after a change, and the place that changed. */
interface Step<T> {
  readonly state: T;
  readonly place: string;
}

/**
 * States that can be gone back to and forth again. States are never changed in place: each is one that was shown.
 * @param now milliseconds of any clock that does not go backwards
 * @param kept what an earlier page of the same draft has left
 */
export function useHistory<T>(
  now: () => number = () => performance.now(),
  kept: KeptHistory<T> = { past: [], future: [] },
) {
  const past = shallowRef<readonly Step<T>[]>(kept.past);
  const future = shallowRef<readonly Step<T>[]>(kept.future);
  let last: { readonly place: string; readonly at: number } | null = null;

  /** Moves the newest state of one side away, and the present one to the other side. */
  const move = (from: typeof past, to: typeof past, present: T): Step<T> | null => {
    const step = from.value.at(-1);
    if (step === undefined) return null;
    from.value = from.value.slice(0, -1);
    to.value = [...to.value, { state: present, place: step.place }];
    last = null;
    return step;
  };
  return {
    /** A change has been made: `before` can be gone back to, unless the change goes on with the one before it. */
    record(before: T, place: string): void {
      const at = now();
      const goesOn = last !== null && last.place === place && at - last.at < TOGETHER_MS;
      last = { place, at };
      future.value = [];
      if (!goesOn) past.value = [...past.value, { state: before, place }].slice(-MOST);
    },
    /** The state before the last change, with the place that it changed; null where there is none. */
    undo: (present: T) => move(past, future, present),
    redo: (present: T) => move(future, past, present),
    /** The newest steps of either side. */
    keep: (): KeptHistory<T> => ({
      past: past.value.slice(-MOST_KEPT),
      future: future.value.slice(-MOST_KEPT),
    }),
    canUndo: computed(() => past.value.length > 0),
    canRedo: computed(() => future.value.length > 0),
  };
}
