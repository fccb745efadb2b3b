import type { ParadigmEntry } from '../contract/catalog.ts';

/** The stages of training that a recipe has of its own. */
export type TrainPart = 'dense' | 'finetune';

/** The epochs that a method proposes for each stage, with a network that comes trained or one that does not; null for no such stage. */
export function proposedEpochs(
  { denseOfTrained, defaults }: Pick<ParadigmEntry, 'denseOfTrained' | 'defaults'>,
  trained: boolean,
): Readonly<Record<TrainPart, number | null>> {
  return { dense: trained ? denseOfTrained : defaults.dense, finetune: defaults.finetune };
}
