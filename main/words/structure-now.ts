import type { ParadigmEntry } from '../contract/catalog.ts';

/** What is kept or pruned as one: as chosen, as the criterion means it, or as the paradigm has it. */
export function structureNow(
  { presets, settings }: Pick<ParadigmEntry, 'presets' | 'settings'>,
  prune: Readonly<Record<string, unknown>>,
): string {
  const { structure } = prune;
  const kind =
    typeof structure === 'object' && structure !== null && 'kind' in structure ? structure.kind : undefined;
  if (typeof kind === 'string') return kind;
  const { means = {} } = settings.find(({ field }) => field === 'criterion') ?? {};
  return means[String(prune['criterion'])] ?? presets.structure;
}
