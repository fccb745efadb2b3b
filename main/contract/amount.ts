import { z } from 'zod';
import { exportFormatSchema } from './export-formats.ts';
import { targetFacts, targetSchema } from './targets.ts';

/** What is kept of something: a share of it, or a number. */
function kept(of: string) {
  return z
    .number()
    .positive()
    .max(1e15)
    .refine((value) => value <= 1 || Number.isInteger(value), 'A share is at most 1, and a number is whole')
    .describe(`What is kept of ${of}: a share up to 1, or a number from 2 on`);
}

const bytesSchema = z
  .strictObject({
    kept: kept('the bytes of the file'),
    format: exportFormatSchema.default('onnx').describe('The export whose main file is weighed'),
    gzip: z.boolean().default(false).describe('Weighed as a download, after gzip'),
  })
  .describe('Bytes of an export');

const latencySchema = z
  .strictObject({
    ms: z.number().positive().max(1e6).optional().describe('Milliseconds of a call at the most, as a median'),
    kept: z.number().positive().max(1).optional().describe("Or a share of the dense network's"),
    batch: z.number().int().min(1).max(1024).default(1).describe('Samples of a call'),
    threads: z.number().int().min(1).max(1024).default(1).describe('Threads of a call'),
    target: targetSchema.default('onnxruntime').describe('What the network runs in'),
  })
  .refine(({ ms, kept: share }) => (ms === undefined) !== (share === undefined), 'Say either ms or kept')
  .refine(
    ({ threads, target }) => threads === 1 || targetFacts[target].oneThread !== true,
    'WebAssembly and C compute on one thread',
  )
  .describe('Time of a call on this machine');

/** What a budget may be of, each with what it may say. */
const terms = {
  sparsity: z
    .number()
    .min(0)
    .max(0.9999)
    .optional()
    .describe('Fraction of the prunable weights that become zero or leave, 0.9 = 90 %'),
  parameters: kept('all learned numbers').optional(),
  macs: kept('the multiply-accumulates that one sample costs').optional(),
  channels: kept('the channels, units and heads that layers make').optional(),
  layers: kept('the convolutions and dense layers').optional(),
  memory: kept(
    'the bytes of all weights and of the values held at once for one sample, in float32',
  ).optional(),
  bytes: z
    .union([
      kept('the bytes of the ONNX file')
        .transform((value): z.input<typeof bytesSchema> => ({ kept: value }))
        .pipe(bytesSchema),
      bytesSchema,
    ])
    .optional(),
  latency: z
    .union([
      z
        .number()
        .positive()
        .max(1e6)
        .describe('Milliseconds of a call with one sample at the most, in onnxruntime on this machine')
        .transform((ms): z.input<typeof latencySchema> => ({ ms }))
        .pipe(latencySchema),
      latencySchema,
    ])
    .optional(),
};

/** An amount that a budget may be of. Each has a file in `main/engine/compress/budgets` that measures it and words in `main/words/amounts.ts`. */
export type AmountKind = keyof typeof terms;
const KINDS = Object.keys(terms) as [AmountKind, ...AmountKind[]];
export const amountKindSchema = z.enum(KINDS);

/** What fusing layers can be told to make less: `layers` and one of the others. */
export const FUSABLE: readonly AmountKind[] = ['layers', 'parameters', 'macs', 'latency'];

export const budgetSchema = z
  .strictObject({
    ...terms,
    accuracyDrop: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .describe(
        'Percentage points of validation accuracy that may be lost at the most; alone, as much is pruned as that allows',
      ),
    time: z.number().positive().max(1e9).optional().describe('Seconds that the run may take on this machine'),
  })
  .refine(
    ({ time: _time, ...rest }) => Object.values(rest).some((value) => value !== undefined),
    `A budget is of one or several of ${[...KINDS, 'accuracyDrop'].join(', ')}`,
  )
  .meta({ description: 'What must get smaller or faster, and by how much', minProperties: 1 });
export type Budget = z.infer<typeof budgetSchema>;

/** A budget as a person writes it: a bare number is a sparsity. */
export const givenBudgetSchema = z
  .union([
    terms.sparsity
      .unwrap()
      .transform((sparsity): z.input<typeof budgetSchema> => ({ sparsity }))
      .pipe(budgetSchema),
    budgetSchema,
  ])
  .describe('What must get smaller or faster, and by how much; a bare number is a sparsity');

/** One demand of a budget on an amount. */
export interface Term {
  readonly kind: AmountKind;
  /** Of sparsity the share that goes, of all others the share or number that stays; of latency milliseconds. */
  readonly value: number;
  /** Whether the value is a share of what the network had as it came. */
  readonly share: boolean;
  /** Of bytes: the file that is weighed. */
  readonly file?: Omit<z.infer<typeof bytesSchema>, 'kept'>;
  /** Of latency: how the call is made. */
  readonly call?: Omit<z.infer<typeof latencySchema>, 'ms' | 'kept'>;
}

/** What a budget demands of amounts, in the order of the kinds; nothing where it is of accuracy alone. */
export function termsOf(budget: Budget): Term[] {
  return KINDS.flatMap((kind): Term[] => {
    if (kind === 'bytes') return bytesTerm(budget.bytes);
    if (kind === 'latency') return latencyTerm(budget.latency);
    const value = budget[kind];
    return value === undefined ? [] : [{ kind, value, share: kind === 'sparsity' || value <= 1 }];
  });
}

function bytesTerm(bytes: Budget['bytes']): Term[] {
  if (bytes === undefined) return [];
  const { kept: value, ...file } = bytes;
  return [{ kind: 'bytes', value, share: value <= 1, file }];
}

function latencyTerm(latency: Budget['latency']): Term[] {
  if (latency === undefined) return [];
  const { ms, kept: share, ...call } = latency;
  return [{ kind: 'latency', value: ms ?? share ?? 1, share: ms === undefined, call }];
}

/** The first thing that a budget demands, by which runs are named and compared; undefined where it is of accuracy alone. */
export function termOf(budget: Budget): Term | undefined {
  return termsOf(budget)[0];
}

/** The share that may stay of what the term is of; undefined for a number, which is a share only of a network. */
export function shareKept({ kind, value, share }: Term): number | undefined {
  if (kind === 'sparsity') return 1 - value;
  return share ? value : undefined;
}

/** What a run was asked for and what came of it. */
export const promiseSchema = z.object({
  kind: z.enum([...KINDS, 'accuracyDrop', 'time']),
  /** In the network as it came; of a drop the accuracy that it is measured from. */
  before: z.number().nonnegative(),
  /** The most that may be left, taken or lost. */
  asked: z.number().nonnegative(),
  /** What is left, was taken or was lost; a gain of accuracy is a negative loss. */
  after: z.number(),
  /** What `after` may be as well, where it was timed. */
  spread: z.tuple([z.number(), z.number()]).optional(),
  /** What was weighed or timed: 'onnx, gzipped', 'batch 1, 1 thread'. */
  of: z.string().optional(),
});
export type Promised = z.infer<typeof promiseSchema>;
