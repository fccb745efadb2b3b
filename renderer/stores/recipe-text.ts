import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { Problem } from '../../main/contract/errors.ts';
import { recipeText } from '../text/recipe-text.ts';
import { useDraft } from './draft.ts';
import { readRecipe } from './read-recipe.ts';

const restMs = 300;

/**
 * The draft as a text that can be written in: what is valid there becomes the draft, and what is changed of the draft elsewhere becomes
 * the text. A text that is not valid stays as it was written until then, over all steps.
 */
export const useRecipeText = defineStore('recipe-text', () => {
  const draft = useDraft();
  const text = ref(recipeText(draft.recipe));
  /** What is wrong with what was written; the draft is still what it was before. */
  const wrong = shallowRef<readonly Problem[]>([]);
  /** What was written has not been read yet. */
  const reading = ref(false);
  /** The draft that the text stands for. */
  let shown = draft.recipe;
  let turn = 0;

  /** The draft's own text again, in place of what was written. */
  const restore = () => {
    turn += 1;
    shown = draft.recipe;
    text.value = recipeText(shown);
    wrong.value = [];
    reading.value = false;
  };
  const write = async (to: string) => {
    turn += 1;
    const mine = turn;
    text.value = to;
    reading.value = true;
    await new Promise((resolve) => setTimeout(resolve, restMs));
    if (mine !== turn) return;
    const answer = await readRecipe(to);
    if (mine !== turn) return;
    reading.value = false;
    wrong.value = answer.problems;
    if (answer.draft === null) return;
    shown = answer.draft;
    draft.replace(answer.draft);
  };
  watch(
    () => draft.recipe,
    (now) => {
      if (now !== shown) restore();
    },
  );
  /** What is wrong with the text: as it was written, or as the form has it. */
  const problems = computed(() => (wrong.value.length > 0 ? wrong.value : draft.problems));
  /** The text is not the draft: it is not valid, or not read yet. */
  const apart = computed(() => reading.value || wrong.value.length > 0);
  return { text, wrong, problems, reading, apart, write, restore };
});
