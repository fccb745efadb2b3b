import { z } from 'zod';
import type { Recipe } from '../contract/recipe.ts';
import { recipeSchema } from '../contract/recipe.ts';
import type { Dataset, Normalization } from '../engine/data/dataset.ts';

const normalizationSchema = z.object({ mean: z.array(z.number()), std: z.array(z.number().positive()) });
const seedSchema = z.object({ seed: z.number().int().nonnegative() });

type Texts = Readonly<Record<string, string>>;

/** The constants that a model was trained with, when its file holds them and they fit the data. */
export function normalizationIn(metadata: Texts, dataset: Dataset): Normalization | undefined {
  const held = normalizationSchema.safeParse(parseJson(metadata['espalier.normalization'])).data;
  const channels = dataset.sampleShape[0];
  return held?.mean.length === channels && held?.std.length === channels ? held : undefined;
}

/** The seed of the run that made the file: drawn digits and splits are then the same, and test samples were never seen. */
export function seedIn(metadata: Texts): number | undefined {
  return seedSchema.safeParse(parseJson(metadata['espalier.recipe'])).data?.seed;
}

/** The recipe of the run that made the file; undefined where the file holds none, or one that is not understood (any more). */
export function recipeIn(metadata: Texts): Recipe | undefined {
  return recipeSchema.safeParse(parseJson(metadata['espalier.recipe'])).data;
}

/** What the file says that it does otherwise than the one that it was made of. */
export function changesIn(metadata: Texts): readonly string[] {
  return z.array(z.string()).safeParse(parseJson(metadata['espalier.changes'])).data ?? [];
}

/** A number that the file states of itself. */
export function numberIn(
  metadata: Texts,
  key: 'espalier.accuracy' | 'espalier.sparsity',
): number | undefined {
  const value = Number(metadata[key] ?? NaN);
  return Number.isFinite(value) ? value : undefined;
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
