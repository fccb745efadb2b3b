import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { EspalierError, runError, toProblem, type Problem } from '../../contract/errors.ts';
import { problemSchema } from '../../contract/messages.ts';
import { recipeSchema } from '../../contract/recipe.ts';

/** What travels from who submits a run to the worker that does it. Checked on arrival. */

/** Names what is never a way out of a folder: no separators, no '..', nothing hidden. */
export const runIdSchema = z
  .string()
  .max(300)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);

/** A path below a folder, with slashes. */
const innerPathSchema = z
  .string()
  .min(1)
  .max(4096)
  .refine(
    (path) =>
      !/[\\\0:]/.test(path) && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
    'is not a path below a folder',
  );

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** A file by its name and contents. */
export const fileEntrySchema = z.strictObject({
  name: innerPathSchema,
  sha256: sha256Schema,
  bytes: z.number().int().nonnegative(),
});
export type FileEntry = z.infer<typeof fileEntrySchema>;

/** The format of the payload; it changes with everything that an older worker would misunderstand. */
const FORMAT = 2;

const runJobSchema = z.strictObject({
  format: z.literal(FORMAT),
  /** The version of the program that submitted it. */
  program: z.string().max(100),
  recipe: recipeSchema,
  device: z.string().max(100),
  threads: z.number().int().positive().max(65_535),
  place: z.discriminatedUnion('kind', [
    z.strictObject({
      /** Everything is on storage that the worker sees too. */
      kind: z.literal('storage'),
      /** The run's folder, from the storage on. */
      folder: innerPathSchema,
      /** The sweep's folder, from the storage on; left out where it is the storage itself. */
      sweep: innerPathSchema.optional(),
      /**
       * Where relative paths of the recipe start: from the storage on, '.' is the storage itself, or absolute where it lies elsewhere.
       * Checked against the worker's roots.
       */
      baseFolder: z.union([innerPathSchema, z.literal('.'), z.string().max(4096).refine(isAbsolute)]),
    }),
    z.strictObject({
      /** What the recipe names came along. */
      kind: z.literal('carried'),
      inputs: z
        .array(
          z.strictObject({
            /** As the recipe names it. */
            shown: z.string().min(1).max(4096),
            kind: z.enum(['file', 'folder']),
            /** Of a file: its name. */
            main: innerPathSchema.optional(),
            /** Of the list of its files, which is stored like a file; the fingerprint of all. */
            list: sha256Schema,
          }),
        )
        .max(100),
    }),
  ]),
});
export type RunJob = z.infer<typeof runJobSchema>;

/** A payload of this program. */
export const runJob = (job: Omit<RunJob, 'format'>): RunJob => ({ format: FORMAT, ...job });

/**
 * Reads a payload.
 * @throws EspalierError for one of another format or version, which is not this worker's to do
 */
export function readJob(data: unknown, program: string): RunJob {
  const head = z.looseObject({ format: z.unknown(), program: z.unknown() }).safeParse(data);
  const given = head.success ? head.data : { format: undefined, program: undefined };
  if (given.format !== FORMAT) {
    throw runError(
      'executor/format',
      `The run was submitted in another format (${JSON.stringify(given.format) ?? 'none'}) than this worker reads (${FORMAT}).`,
      { remedy: 'Use the same version of Espalier everywhere.' },
    );
  }
  if (given.program !== program) {
    throw runError(
      'executor/version',
      `The run was submitted by version ${JSON.stringify(given.program)?.slice(0, 100) ?? 'unknown'}, and this worker is version ${program}.`,
      { remedy: 'Use the same version of Espalier everywhere.' },
    );
  }
  const parsed = runJobSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw runError('executor/payload', `The run's payload is not understood: ${issue?.message ?? ''}.`, {
    field: issue?.path.join('.'),
    remedy: 'Submit the run with `espalier sweep`.',
  });
}

/** A problem as the one text that engines keep of a failure. */
export const failureText = (error: unknown): string => JSON.stringify(toProblem(error));

/** The problem of such a text, or of one that the engine itself wrote. */
export function failureOf(text: string | undefined): Problem {
  try {
    return problemSchema.parse(JSON.parse(text ?? ''));
  } catch {
    const message = `The run did not end: ${text === undefined || text === '' ? 'no reason is known' : text}.`;
    return { code: 'executor/failed', message, kind: 'run', remedy: "Look into its worker's output." };
  }
}

/** How a worker says that a run was cancelled. */
export const CANCELLED: Problem = { code: 'run/cancelled', message: 'The run was cancelled.', kind: 'run' };

export const cancelledError = (): EspalierError => new EspalierError(CANCELLED);
