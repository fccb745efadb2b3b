import { termsOf } from '../../../contract/amount.ts';
import type { Stage } from '../framework.ts';
import type { Intent } from './intent.ts';
import { denseSpec, training } from './trainings.ts';

/**
 * Fuse two layers and train, once for every fusion that the budget may take. Where something else than layers is to get less, how many
 * it takes shows on the way, and stages of fusions that are not needed are passed over.
 */
export function fusionStages(intent: Intent, { rounds, exclude }: NonNullable<Intent['fusing']>): Stage[] {
  const { recipe, pruneEpochs } = intent;
  const spec = { ...(recipe.finetune ?? denseSpec(intent)), epochs: pruneEpochs };
  const terms = termsOf(recipe.budget);
  return Array.from({ length: rounds }, (_, i) => i + 1).flatMap((fusion) => {
    const [suffix, of] = rounds === 1 ? ['', ''] : [`-${fusion}`, ` ${fusion} of ${rounds}`];
    const fuse: Stage = { kind: 'fuse', id: `fuse${suffix}`, label: `Fuse two layers${of}`, terms, exclude };
    const train = training(intent, `train${suffix}`, `Train${of}`, spec);
    return [fuse, ...train].map((stage): Stage => ({ ...stage, fusion }));
  });
}
