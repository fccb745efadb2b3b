import { onScopeDispose, readonly, ref, watch } from 'vue';
import type { Ref } from 'vue';

/**
 * For screens of which not all fits in one task of the page: counts up, one a task, from 0 while a component is mounted first to `last`,
 * and on when that grows. What is shown from a turn on (`v-if="turn >= 2"`) is mounted in a task of its own, in which the page
 * answers and draws in between.
 */
export function useTurns(last: () => number): Readonly<Ref<number>> {
  const turn = ref(0);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const goOn = () => {
    timer = undefined;
    turn.value += 1;
    wait();
  };
  const wait = () => {
    if (turn.value < last()) timer ??= setTimeout(goOn);
  };
  watch(last, wait, { immediate: true });
  onScopeDispose(() => clearTimeout(timer));
  return readonly(turn);
}
