import { computed, ref, shallowRef, watch } from 'vue';
import { toProblem, type Problem } from '../../main/contract/errors.ts';
import type { Recipe } from '../../main/contract/recipe.ts';
import { studio } from '../bridge/index.ts';
import { useDraft } from './draft.ts';

/**
 * Something of the draft that takes long and is measured only when a person asks for it: how far it is, what it came to, and
 * whether that is still about this draft.
 * @param asker names whose question it is, so that it can be told how far it is, and take it back
 * @param hangsOn what of a recipe it is about: while that stays, so does what was measured
 */
export function useMeasurement<T>(
  asker: string,
  hangsOn: (recipe: Recipe) => unknown,
  ask: (args: { recipe: Recipe; asker: string }) => Promise<T>,
) {
  const draft = useDraft();
  const about = computed(() => (draft.valid === null ? null : JSON.stringify(hangsOn(draft.valid))));
  const answer = shallowRef<{ readonly of: string; readonly recipe: Recipe; readonly value: T } | null>(null);
  const problem = ref<Problem | null>(null);
  /** How far it is, 0..1; null while nothing is measured. */
  const fraction = ref<number | null>(null);
  const stopped = ref(false);
  /** What there is, is of what was chosen before. */
  const old = computed(() => answer.value !== null && answer.value.of !== about.value);

  /** Whether it can be measured: while a change is checked, the recipe that stands is not known yet. */
  const ready = computed(() => draft.valid !== null && !draft.checking);

  async function measure(): Promise<void> {
    const recipe = draft.valid;
    const of = about.value;
    if (!ready.value || recipe === null || of === null) return;
    problem.value = null;
    stopped.value = false;
    fraction.value = 0;
    try {
      answer.value = { of, recipe, value: await ask({ recipe, asker }) };
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
  watch(about, () => {
    problem.value = null;
    stopped.value = false;
  });
  return { answer, problem, fraction, stopped, old, ready, measure, stop };
}
