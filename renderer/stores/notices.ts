import { defineStore } from 'pinia';
import { ref } from 'vue';
import { toProblem } from '../../main/contract/errors.ts';
import type { Problem } from '../../main/contract/errors.ts';

export interface Notice {
  readonly id: number;
  readonly text: string;
  /** There when something went wrong: such a notice stays until it is closed. */
  readonly problem: Problem | null;
}

const shownMs = 6_000;

/** Short messages at the edge of the window. */
export const useNotices = defineStore('notices', () => {
  const list = ref<Notice[]>([]);
  let next = 1;

  const close = (id: number) => {
    list.value = list.value.filter((notice) => notice.id !== id);
  };
  const add = (text: string, problem: Problem | null) => {
    const id = next++;
    list.value = [...list.value.slice(-3), { id, text, problem }];
    return id;
  };
  const say = (text: string) => {
    const id = add(text, null);
    setTimeout(() => {
      close(id);
    }, shownMs);
  };
  const complain = (error: unknown) => {
    const problem = toProblem(error);
    add(problem.message, problem);
  };
  /** Does something and complains if it cannot be done; tells whether it was. */
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      complain(error);
      return false;
    }
  };
  return { list, say, complain, close, attempt };
});
