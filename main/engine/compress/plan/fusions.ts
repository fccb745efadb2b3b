import { termsOf } from '../../../contract/amount.ts';
import type { Stage } from '../framework.ts';
import type { Intent } from './intent.ts';
import { denseSpec, training } from './trainings.ts';

/**
 * Fuse two layers and train, once for every fusion that the budget may take. Where something else than layers is to get less, how many
 * it takes shows on the way, and stages of fusions that are not needed are passed over. A floor under accuracy is judged after every
 * fusion and its training, and what held last is taken.
 */
export function fusionStages(intent: Intent, { rounds, exclude }: NonNullable<Intent['fusing']>): Stage[] {
  const { recipe, pruneEpochs } = intent;
  const spec = { ...(recipe.finetune ?? denseSpec(intent)), epochs: pruneEpochs };
  const terms = termsOf(recipe.budget);
  const floor = recipe.budget.accuracyDrop !== undefined;
  const fusions = Array.from({ length: rounds }, (_, i) => i + 1).flatMap((fusion) => {
    const [suffix, of] = rounds === 1 ? ['', ''] : [`-${fusion}`, ` ${fusion} of ${rounds}`];
    const fuse: Stage = { kind: 'fuse', id: `fuse${suffix}`, label: `Fuse two layers${of}`, terms, exclude };
    const train = training(intent, `train${suffix}`, `Train${of}`, spec);
    const judge: Stage = { kind: 'judge-fusion', id: `judge${suffix}`, label: `Judge${of}` };
    return [fuse, ...train, ...(floor ? [judge] : [])].map((stage): Stage => ({ ...stage, fusion }));
  });
  if (!floor) return fusions;
  return [
    { kind: 'begin', id: 'begin', label: 'Note the whole network' },
    ...fusions,
    { kind: 'settle-fusions', id: 'settle', label: 'Take what held' },
  ];
}
