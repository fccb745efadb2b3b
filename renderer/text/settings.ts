import type { ParadigmEntry, Setting } from '../../main/contract/catalog.ts';
import { structureNow } from '../../main/words/structure-now.ts';
import type { FieldSpec } from './fields.ts';
import { getAt } from './fields.ts';

/** The settings that a paradigm listens to as things stand: with the schedule, scope, criterion and structure that are chosen now. */
export function settingsNow(
  { presets, settings }: Pick<ParadigmEntry, 'presets' | 'settings'>,
  prune: Readonly<Record<string, unknown>>,
): readonly Setting[] {
  const now = (name: 'schedule' | 'scope' | 'criterion') => {
    const set = prune[name];
    return typeof set === 'string' ? set : presets[name];
  };
  const structure = structureNow({ presets, settings }, prune);
  return settings.filter(
    ({ schedules, scopes, criteria, structures }) =>
      (schedules?.includes(now('schedule')) ?? true) &&
      (scopes?.includes(now('scope')) ?? true) &&
      (criteria?.includes(now('criterion')) ?? true) &&
      (structures?.includes(structure) ?? true),
  );
}

/**
 * The controls of settings that a paradigm listens to, with the values that it takes. One that is set though nothing listens
 * to it is there to be taken back.
 */
export function heardFields(
  fields: readonly FieldSpec[],
  paradigm: Pick<ParadigmEntry, 'presets' | 'settings'>,
  prune: Readonly<Record<string, unknown>>,
): readonly FieldSpec[] {
  const heard = new Map(settingsNow(paradigm, prune).map((setting) => [setting.field, setting]));
  return fields.flatMap((field) => {
    const setting = heard.get(field.path.join('.'));
    if (setting === undefined) return getAt(prune, field.path) === undefined ? [] : [field];
    const { values, only = {}, preset = field.fallback } = setting;
    const shown = { ...field, fallback: preset };
    if (values === undefined || field.control.kind !== 'choice') return [shown];
    const structure = structureNow(paradigm, prune);
    const fits = (value: string) => values.includes(value) && (only[value]?.includes(structure) ?? true);
    // What is set though it does not go with the structure is there to be taken back.
    const set = getAt(prune, field.path);
    const options = field.control.options.filter(({ value }) => value === '' || value === set || fits(value));
    return [{ ...shown, control: { ...field.control, options } }];
  });
}
