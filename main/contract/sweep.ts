import { z } from 'zod';
import { budgetSchema, shareKept, termsOf } from './amount.ts';
import { problemSchema } from './messages.ts';
import { recipeSchema } from './recipe.ts';

/**
 * What `espalier sweep` runs: one recipe, varied. Every paradigm at every budget with every seed, and, where the grid varies
 * further fields, every combination of their values.
 */

const sparsity = budgetSchema.shape.sparsity.unwrap().transform((value) => ({ sparsity: value }));
const shares = budgetSchema.refine((budget) => {
  const [term, ...more] = termsOf(budget);
  return term !== undefined && more.length === 0 && shareKept(term) !== undefined;
}, 'A grid takes a share of one kind, which means the same of every network');
const budgets = z
  .array(z.union([sparsity, shares]))
  .min(1)
  .max(100)
  .describe(
    'Budgets to reach: sparsities as fractions, [0.8, 0.9, 0.95], or shares of another kind, [{macs: 0.5}]',
  );
const seeds = z
  .array(z.number().int().min(0).max(4_294_967_295))
  .min(1)
  .max(100)
  .describe('Seeds; runs of the same seed share initial weights and the order of the data');
const overrides = z
  .record(z.string().max(200), z.unknown())
  .describe("Fields of the recipe by their dotted path: {'prune.control': shuffle, 'finetune.lr': 0.01}");

/** A paradigm of the grid with changes of its own. */
const variantSchema = z.strictObject({
  paradigm: z.string().min(1).describe('How the network is pruned (`espalier list paradigms`)'),
  label: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe("The series' name in tables; the paradigm's if left out"),
  set: overrides.optional(),
  budgets: budgets.optional(),
  seeds: seeds.optional(),
});
export type Variant = z.infer<typeof variantSchema>;

export const baselineSchema = z
  .enum(['random', 'magnitude', 'longer', 'narrow', 'scratch'])
  .describe(
    'random: a random mask at initialisation, or random channels of the trained network; magnitude: the smallest weights or channels (by L1) of every layer after training; longer: the dense network with the fine-tuning on top; narrow: a dense network with as many parameters; scratch: where channels leave, the same small network trained from weights drawn anew',
  );
export type Baseline = z.infer<typeof baselineSchema>;

export const gridSchema = z
  .strictObject({
    version: z.literal(1).default(1).describe('Version of this format'),
    name: z.string().min(1).max(200).optional().describe('For people'),
    base: z
      .record(z.string(), z.unknown())
      .refine(
        (base) => !['paradigm', 'budget', 'seed'].some((field) => Object.hasOwn(base, field)),
        'The paradigm, the budget and the seed are what a grid varies: name them in its lists, not here',
      )
      .describe('The recipe that all runs share, without paradigm, budget and seed'),
    paradigms: z
      .array(z.union([z.string().min(1), variantSchema]))
      .min(1)
      .max(200)
      .describe('Paradigms by name, or with changes of their own'),
    budgets,
    seeds,
    vary: z
      .record(z.string().max(200), z.array(z.unknown()).min(1).max(100))
      .default({})
      .describe("Further fields of the recipe and the values that each takes: {'finetune.epochs': [2, 5]}"),
    baselines: z
      .array(baselineSchema)
      .max(baselineSchema.options.length)
      .default([])
      .describe('Free baselines to run beside the paradigms'),
  })
  .describe('A grid of runs');
export type Grid = z.infer<typeof gridSchema>;

/** A grid and all of its runs; none where it has problems. */
export const expandedGridSchema = z.object({
  name: z.string(),
  /** The grid as YAML. */
  yaml: z.string(),
  runs: z.array(z.object({ series: z.string(), recipe: recipeSchema })),
  problems: z.array(problemSchema),
});
export type ExpandedGrid = z.infer<typeof expandedGridSchema>;
