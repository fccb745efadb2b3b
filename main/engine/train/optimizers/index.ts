import type { TrainSpec } from '../../../contract/recipe.ts';
import { adam, adamw } from './adam.ts';
import type { Optimizer } from './optimizer.ts';
import { sgd } from './sgd.ts';

/** The update rules, by their name in a recipe. */
export const optimizers: Readonly<Record<TrainSpec['optimizer'], Optimizer>> = { sgd, adam, adamw };
