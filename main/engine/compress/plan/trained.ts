import { carriesWeights, type Recipe, type TrainSpec } from '../../../contract/recipe.ts';
import type { Point } from '../framework.ts';
import { paradigms } from '../paradigms/index.ts';

/** What becomes of trained weights that come with a network's file. */

/** Whether a point goes on with the weights that it finds. */
export const keepsWeights = ({ maskFrom, startFrom }: Pick<Point, 'maskFrom' | 'startFrom'>): boolean =>
  maskFrom === 'trained' && startFrom === 'found';

/** What a person with a trained network must know before choosing a point that draws weights anew; null for the others. */
export function weightsThrownAway(point: Pick<Point, 'maskFrom' | 'startFrom'>): string | null {
  if (keepsWeights(point)) return null;
  return point.maskFrom === 'trained'
    ? 'Throws your trained weights away: draws new ones and trains them to find the mask.'
    : 'Throws your trained weights away: starts from weights drawn anew.';
}

/**
 * Peak learning rates for going on with trained weights, by optimiser, a fortieth of SGD's usual one: at that, or a tenth of
 * it, classifiers for inputs that are not normalised first forget what they know. Adam's steps do not shrink with the gradient.
 */
const GOING_ON: Readonly<Record<string, number>> = { sgd: 0.0005, adam: 0.0001, adamw: 0.0001 };

/** Peak learning rates that weights without a past need at least, by optimiser: SGD's usual one and Adam's paper's. */
export const FRESH_RATES: Readonly<Record<TrainSpec['optimizer'], number>> = {
  sgd: 0.02,
  adam: 0.001,
  adamw: 0.001,
};

type Loose = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null;

/**
 * Fills in the learning rates that a recipe leaves open where its trainings go on with weights that came with the network. Takes
 * what a person wrote, before it is checked; what is not a recipe stays as it is.
 */
export function withGentleRates(input: unknown): unknown {
  if (!isObject(input)) return input;
  const { network, weights, paradigm, prune } = input;
  const known = paradigms.items.find(({ id }) => id === paradigm);
  const fresh = isObject(prune) && prune.control === 'reinitialize';
  if (typeof network !== 'string' || known === undefined || fresh || !keepsWeights(known.point)) return input;
  if (!carriesWeights({ network, ...(typeof weights === 'string' && { weights }) })) return input;
  const gentle = (part: 'dense' | 'finetune'): Partial<Record<'dense' | 'finetune', Loose>> => {
    const spec = input[part];
    if (!isObject(spec) || 'lr' in spec) return {};
    const { optimizer = 'sgd' } = spec;
    const lr = GOING_ON[String(optimizer)];
    return lr === undefined ? {} : { [part]: { ...spec, lr } };
  };
  return { ...input, ...gentle('dense'), ...gentle('finetune') };
}

/** Whether a recipe's dense training would train a network again that came trained, though its method needs none. */
export function trainsAgain(recipe: Pick<Recipe, 'network' | 'weights' | 'dense'>, point: Point): boolean {
  return (
    carriesWeights(recipe) && recipe.dense !== undefined && keepsWeights(point) && point.train !== 'rewound'
  );
}
