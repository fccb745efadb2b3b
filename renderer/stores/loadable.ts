import { ref, shallowRef, watch } from 'vue';
import type { Ref, ShallowRef } from 'vue';
import { toProblem } from '../../main/contract/errors.ts';
import type { Problem } from '../../main/contract/errors.ts';

/** What is asked of the studio is in one of these states; screens switch on it. */
export type Loadable<T> =
  | { readonly status: 'loading' }
  | { readonly status: 'error'; readonly problem: Problem }
  | { readonly status: 'ready'; readonly value: T };

export interface Loader<T> {
  readonly state: ShallowRef<Loadable<T>>;
  /** True while a newer value is on its way and the old one is still shown. */
  readonly refreshing: Ref<boolean>;
  readonly reload: () => Promise<void>;
}

/** Asks, keeps the last answer only, and shows an old value until the new one is there. */
export function useLoader<T>(ask: () => Promise<T>): Loader<T> {
  const state = shallowRef<Loadable<T>>({ status: 'loading' });
  const refreshing = ref(false);
  let turn = 0;
  return {
    state,
    refreshing,
    async reload() {
      turn += 1;
      const mine = turn;
      refreshing.value = true;
      if (state.value.status === 'error') state.value = { status: 'loading' };
      const answer = await ask().then(
        (value): Loadable<T> => ({ status: 'ready', value }),
        (error: unknown): Loadable<T> => ({ status: 'error', problem: toProblem(error) }),
      );
      if (mine !== turn) return;
      state.value = answer;
      refreshing.value = false;
    },
  };
}

/** A loader that asks at once, and again a moment after `key` has changed. */
export function useLoaderOf<T>(key: () => unknown, ask: () => Promise<T>, delayMs = 0): Loader<T> {
  const loader = useLoader(ask);
  void loader.reload();
  watch(
    () => JSON.stringify(key()),
    (_new, _old, onCleanup) => {
      // What is shown belongs to the key before from now on, not only from when the question is asked.
      loader.refreshing.value = true;
      const timer = setTimeout(() => void loader.reload(), delayMs);
      onCleanup(() => {
        clearTimeout(timer);
      });
    },
  );
  return loader;
}
