import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { toProblem, type Problem } from '../../main/contract/errors.ts';
import type { SpeedForecast } from '../../main/contract/speed.ts';
import { studio } from '../bridge/index.ts';
import { useDraft } from './draft.ts';

const asker = 'wizard-speed';

/** How fast the draft's network will be on this machine: measured when a person asks, and shown at every step that tells of it. */
export const useSpeed = defineStore('speed', () => {
  const draft = useDraft();
  /** What the measurement hangs on. */
  const asked = computed(() => {
    if (draft.valid === null) return null;
    const { name: _name, baseline: _baseline, ...rest } = draft.valid;
    return JSON.stringify(rest);
  });
  const answer = shallowRef<{ readonly of: string; readonly value: SpeedForecast } | null>(null);
  const problem = ref<Problem | null>(null);
  /** How far the measurement is, 0..1; null while none goes on. */
  const fraction = ref<number | null>(null);
  const stopped = ref(false);
  /** The answer is of what was chosen before. */
  const old = computed(() => answer.value !== null && answer.value.of !== asked.value);

  async function measure(): Promise<void> {
    const recipe = draft.valid;
    const of = asked.value;
    if (recipe === null || of === null) return;
    problem.value = null;
    stopped.value = false;
    fraction.value = 0;
    try {
      answer.value = { of, value: await studio.call('recipes.speed', { recipe, asker }) };
    } catch (error) {
      const found = toProblem(error);
      if (found.code === 'query/given-up') stopped.value = true;
      else problem.value = found;
    } finally {
      fraction.value = null;
    }
  }
  const stop = () => studio.call('recipes.giveUp', { asker });
  studio.on((event) => {
    if (event.type === 'answering' && event.asker === asker && fraction.value !== null)
      fraction.value = event.fraction;
  });
  // What was said of another recipe is no longer about this one.
  watch(asked, () => {
    problem.value = null;
    stopped.value = false;
  });
  return { answer, problem, fraction, stopped, old, measure, stop };
});
