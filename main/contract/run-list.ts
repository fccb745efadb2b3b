import { z } from 'zod';
import { budgetSchema } from './amount.ts';
import { pruneSpecSchema } from './recipe.ts';
import { progressSchema } from './run.ts';
import { runSummarySchema, unreadableRunSchema } from './run-summary.ts';

export const runNameSchema = z.string().trim().min(1).max(200);
export const noteSchema = z.string().max(10_000);
/** A word or a few; told apart without regard to case. */
export const tagSchema = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(/^[^,\p{Cc}]*$/u, 'A tag has no commas');

/** How lists may be sorted; what a run does not have sorts last. */
export const runSortKeySchema = z.enum(['name', 'state', 'asked', 'accuracy', 'change', 'created']);
/** All; at work or waiting; finished; ended without a result. */
export const runStatesSchema = z.enum(['all', 'live', 'finished', 'stopped']);

const MOST_ROWS = 200;

/** Which runs, in which order, and which of them to tell of. */
export const runQuerySchema = z.strictObject({
  /** Every word begins a word of the run's name, notes, tags or recipe. */
  text: z.string().max(500).default(''),
  states: runStatesSchema.default('all'),
  projectId: z.number().int().positive().nullable().default(null),
  /** Only the runs of this grid. */
  sweepId: z.number().int().positive().nullable().default(null),
  /** All of them. */
  tags: z.array(tagSchema).max(20).default([]),
  /** What is in the trash, or what is not. */
  trash: z.boolean().default(false),
  sort: z.strictObject({ key: runSortKeySchema, down: z.boolean() }).default({ key: 'created', down: true }),
  offset: z.number().int().nonnegative().default(0),
  limit: z.number().int().min(0).max(MOST_ROWS).default(100),
});
export type RunQuery = z.output<typeof runQuerySchema>;
/** What of a query a person chooses. */
export type RunSelection = Omit<RunQuery, 'offset' | 'limit'>;

/** What a list shows of a run: a part of its summary, so that either can stand where this is wanted. */
const runRowSchema = runSummarySchema
  .pick({
    id: true,
    projectId: true,
    name: true,
    state: true,
    notes: true,
    tags: true,
    createdAt: true,
    endedAt: true,
    deletedAt: true,
    resumable: true,
    result: true,
  })
  .extend({
    recipe: z.object({
      network: z.string(),
      paradigm: z.string(),
      budget: budgetSchema,
      prune: z.object({
        criterion: pruneSpecSchema.shape.criterion,
        structure: pruneSpecSchema.shape.structure,
      }),
    }),
    progress: progressSchema.pick({ fraction: true, etaSeconds: true }).nullable(),
    problem: z.object({ message: z.string() }).nullable(),
  });
export type RunRow = z.output<typeof runRowSchema>;

/** A page of a list. A run that cannot be read is named in its place. */
export const runPageSchema = z.object({
  rows: z.array(z.union([runRowSchema, unreadableRunSchema])),
  /** Of all pages. */
  total: z.number().int().nonnegative(),
});
export type RunPage = z.output<typeof runPageSchema>;

/** The rows of a page that can be read. */
export const readableRows = ({ rows }: RunPage): RunRow[] =>
  rows.flatMap((row) => ('state' in row ? [row] : []));
