import { computed } from 'vue';
import { useCatalog } from '../../stores/catalog.ts';
import { useDraft } from '../../stores/draft.ts';
import { pruneFields } from '../../text/data-fields.ts';
import { withChoices } from '../../text/fields.ts';
import { heardFields } from '../../text/settings.ts';
import { stepOf, type StepId } from './steps.ts';

type Words = readonly { readonly id: string; readonly label: string }[];

/**
 * What the chosen method listens to of a recipe's `prune`, as far as it is set at a step; where a field chooses from a list of the
 * catalog, with that list.
 * @param elsewhere fields that the step has controls of its own for
 */
export function usePruneFields(step: StepId, elsewhere: ReadonlySet<string> = new Set()) {
  const draft = useDraft();
  const catalog = useCatalog();
  return computed(() => {
    const entry = catalog.paradigm(draft.recipe.paradigm);
    if (entry === undefined) return [];
    const { presets } = entry;
    const lists: Readonly<Record<string, { options: Words | undefined; preset: string }>> = {
      criterion: { options: catalog.value?.criteria, preset: presets.criterion },
      'structure.kind': { options: catalog.value?.structures, preset: presets.structure },
      scope: { options: catalog.value?.scopes, preset: presets.scope },
      schedule: { options: catalog.value?.schedules, preset: presets.schedule },
    };
    const here = pruneFields().filter(({ path }) => {
      const name = path.join('.');
      return stepOf(`prune.${name}`).id === step && !elsewhere.has(name);
    });
    const chosen = here.map((field) => {
      const { options, preset: id } = lists[field.path.join('.')] ?? {};
      if (options === undefined) return field;
      const preset = options.find((one) => one.id === id)?.label;
      return withChoices(
        field,
        options,
        preset === undefined ? 'As the method has it' : `As preset: ${preset}`,
      );
    });
    return heardFields(chosen, entry, draft.recipe.prune);
  });
}
