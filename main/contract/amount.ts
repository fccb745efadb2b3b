import { z } from 'zod';

/** What is kept of something: a share of it, or a number. */
function kept(of: string) {
  return z
    .number()
    .positive()
    .max(1e15)
    .refine((value) => value <= 1 || Number.isInteger(value), 'A share is at most 1, and a number is whole')
    .optional()
    .describe(`What is kept of ${of}: a share up to 1, or a number from 2 on`);
}

const terms = {
  sparsity: z
    .number()
    .min(0)
    .max(0.9999)
    .optional()
    .describe('Fraction of the prunable weights that become zero or leave, 0.9 = 90 %'),
  parameters: kept('all learned numbers'),
  macs: kept('the multiply-accumulates that one sample costs'),
  channels: kept('the channels, units and heads that layers make'),
};

/** What a budget may be of. Each has a file in `main/engine/compress/budgets` that measures it and words in `main/words/amounts.ts`. */
export type AmountKind = keyof typeof terms;
const KINDS = Object.keys(terms) as [AmountKind, ...AmountKind[]];
export const amountKindSchema = z.enum(KINDS);

export const budgetSchema = z
  .strictObject(terms)
  .refine(
    (budget) => Object.values(budget).filter((value) => value !== undefined).length === 1,
    `A budget is of exactly one of ${KINDS.join(', ')}`,
  )
  .meta({ description: 'How much smaller the network must get', minProperties: 1, maxProperties: 1 });
export type Budget = z.infer<typeof budgetSchema>;

/** One demand of a budget. */
export interface Term {
  readonly kind: AmountKind;
  /** As the recipe has it: of sparsity the share that goes, of all others the share or number that stays. */
  readonly value: number;
}

/** What a budget demands. */
export function termOf(budget: Budget): Term {
  for (const kind of KINDS) {
    const value = budget[kind];
    if (value !== undefined) return { kind, value };
  }
  throw new Error('a budget that was checked demands something');
}

/** The share that may stay of what the term is of; undefined for a number, which is a share only of a network. */
export function shareKept({ kind, value }: Term): number | undefined {
  if (kind === 'sparsity') return 1 - value;
  return value <= 1 ? value : undefined;
}

/** What a run was asked for and what came of it, in numbers of what the budget is of. */
export const promiseSchema = z.object({
  kind: amountKindSchema,
  /** In the network as it came. */
  before: z.number().nonnegative(),
  /** The most that may be left. */
  asked: z.number().nonnegative(),
  /** What is left. */
  after: z.number().nonnegative(),
});
export type Promised = z.infer<typeof promiseSchema>;
