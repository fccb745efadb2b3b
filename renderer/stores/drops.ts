import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { useRouter } from 'vue-router';
import { inputError } from '../../main/contract/errors.ts';
import { pathsIn } from '../../main/contract/paths.ts';
import { recipeSchema } from '../../main/contract/recipe.ts';
import { pathOfDropped } from '../bridge/dropped-path.ts';
import type { DroppedFile } from '../bridge/read-drop.ts';
import { type Dropped, besideRecipe, isRelative, sortDropped } from '../text/dropped.ts';
import { useDraft } from './draft.ts';
import { useNotices } from './notices.ts';

/** No recipe of a person's is longer. */
const mostRecipeBytes = 1_000_000;

/** Something dropped whose place this page does not see: a person finds it once more. */
interface Unplaced {
  readonly what: 'file' | 'folder';
  readonly name: string;
  readonly use: (path: string) => Promise<void>;
}

/** Does with dropped files what they are for: networks and data go to the draft that is open, or to a new one; recipes become one. */
export const useDrops = defineStore('drops', () => {
  const draft = useDraft();
  const notices = useNotices();
  const router = useRouter();
  /** What is to be found, one after the other. */
  const unplaced = shallowRef<readonly Unplaced[]>([]);

  /** The archive of a project that waits for a word. */
  const arriving = shallowRef<{ readonly name: string; readonly path: string } | null>(null);

  /** Whether networks and data go to the draft that is on the screen. */
  const intoDraft = computed(() => router.currentRoute.value.name === 'new');
  const goTo = (step: string) => router.push({ name: 'new', params: { step } });

  const openRecipe = async ({ file, name }: DroppedFile) => {
    if (file.size > mostRecipeBytes)
      throw inputError('drop/too-large', 'This is too large for a recipe.', {
        file: name,
        remedy: 'Drop the recipe itself, a YAML or JSON file of a few lines.',
      });
    const text = await file.text();
    const problems = await draft.openRecipe(text);
    if (problems.length > 0) {
      // With its errors in place, where they can be mended.
      const { useRecipeText } = await import('./recipe-text.ts');
      void useRecipeText().write(text);
      notices.say(`${name} has something to mend before it becomes the draft.`);
    } else {
      const own = await pathOfDropped(file);
      const relative = pathsIn(recipeSchema, draft.recipe).filter(
        ({ parts: [first = '', ...rest] }) => rest.length === 0 && isRelative(first),
      );
      if (own !== null)
        for (const { field, parts } of relative)
          draft.edit(field.split('.'), besideRecipe(parts[0] ?? '', own));
      const unsure =
        own === null && relative.length > 0
          ? ' A browser does not tell which folder it lies in: look at the paths that it names.'
          : '';
      notices.say(`${name} is the draft now; undo brings back the one before.${unsure}`);
    }
    await goTo('review');
  };

  /** Asks first: a project is no part of a draft that could be undone. */
  const askToImport = (name: string, path: string) => {
    arriving.value = { name, path };
  };
  /** Gives what lies at a path to the draft, and shows the step that it belongs to. */
  const place = async (dropped: Dropped<DroppedFile>, path: string) => {
    if (dropped.as === 'project') return askToImport(dropped.item.name, path);
    if (!intoDraft.value) draft.beginNew();
    if (dropped.as === 'model') draft.chooseNetwork(path);
    if (dropped.as === 'data') {
      draft.chooseData(dropped.kind);
      draft.edit(['data', 'path'], path);
    }
    const role = dropped.as === 'model' ? 'network' : 'data';
    notices.say(`${dropped.item.name}: the ${role} of this draft.`);
    await goTo(role);
  };

  const take = async (dropped: Dropped<DroppedFile>) => {
    if (dropped.as === 'refused') throw dropped.why;
    if (dropped.as === 'recipe') return openRecipe(dropped.item);
    const { file, name, folder } = dropped.item;
    const path = await pathOfDropped(file);
    // The engine reads these beside the model; it has to be let.
    if (dropped.as === 'model') for (const one of dropped.beside) await pathOfDropped(one.file);
    if (path !== null) return place(dropped, path);
    const use = (found: string) => place(dropped, found);
    unplaced.value = [...unplaced.value, { what: folder ? 'folder' : 'file', name, use }];
  };
  /** Takes all that was dropped at once; what cannot be used is told, and the rest goes on. */
  const takeAll = async (items: readonly DroppedFile[]) => {
    for (const dropped of sortDropped(items)) await notices.attempt(() => take(dropped));
  };
  const giveUp = (one: Unplaced) => {
    unplaced.value = unplaced.value.filter((other) => other !== one);
  };
  const found = (one: Unplaced, path: string) => {
    giveUp(one);
    void notices.attempt(() => one.use(path));
  };
  return { unplaced, arriving, intoDraft, takeAll, found, giveUp };
});
