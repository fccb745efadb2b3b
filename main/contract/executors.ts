import { z } from 'zod';
import { problemSchema } from './messages.ts';

/** Where the runs of a sweep are done: here, by workers of a Redis server, or by the nodes of a Slurm cluster. */
export const executorKindSchema = z.enum(['local', 'redis', 'slurm']);
export type ExecutorKind = z.infer<typeof executorKindSchema>;

/** What people call an executor. */
interface Words {
  readonly label: string;
  readonly about: string;
  /** Who takes runs there, one of them. */
  readonly one: string;
}

export const executorWords: Readonly<Record<ExecutorKind, Words>> = {
  local: {
    label: 'This machine',
    about: 'The runs wait in the queue and run here one after another.',
    one: 'run at a time',
  },
  redis: {
    label: 'Redis',
    about:
      'Workers on other machines take the runs from a Redis server, as many at a time as there are workers.',
    one: 'worker',
  },
  slurm: {
    label: 'Slurm',
    about: 'The runs are submitted to a Slurm cluster as an array job.',
    one: 'node',
  },
};

/** Somebody who takes runs. */
const workerFactsSchema = z.object({
  /** The machine that it is on. */
  host: z.string(),
  /** Its version of the program; null where that is not known. */
  version: z.string().nullable(),
  /** Seconds since it was last heard of; null where nobody counts them. */
  heard: z.number().nonnegative().nullable(),
  /** What its engine says of it, in its own words: 'idle', 'down'; null where it says nothing. */
  state: z.string().nullable(),
});
export type WorkerFacts = z.infer<typeof workerFactsSchema>;

const count = z.number().int().nonnegative();

/** What an executor has to do at the moment. */
export const executorStatusSchema = z.object({
  kind: executorKindSchema,
  /** The place, in words, without credentials: 'redis://host:6379, queue espalier'. */
  place: z.string(),
  /** Runs at a time on this machine, or workers or nodes that can take runs. */
  workers: count,
  /** The workers, as far as they are known. */
  known: z.array(workerFactsSchema).readonly(),
  /** Runs of anybody that wait. */
  waiting: count,
  /** Runs of anybody that are at work. */
  active: count,
});
export type ExecutorStatus = Readonly<z.infer<typeof executorStatusSchema>>;

/** How it stands with who does a sweep's runs: as far as it answers. */
export const executorViewSchema = z.object({
  status: executorStatusSchema.nullable(),
  /** Why it could not be asked; it is asked again by itself. */
  problem: problemSchema.nullable(),
});
export type ExecutorView = z.infer<typeof executorViewSchema>;

/** Whether an executor can be chosen, and if not, why. */
export const executorChoiceSchema = z.object({ kind: executorKindSchema, problem: problemSchema.nullable() });
export type ExecutorChoice = z.infer<typeof executorChoiceSchema>;

export const queueNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][\w.-]{0,99}$/,
    'A queue is named with letters, digits, points, underscores and hyphens.',
  );
export const partitionSchema = z
  .string()
  .regex(/^[A-Za-z0-9][\w.,-]{0,199}$/, 'A partition is named as sinfo names it.');

const path = z.string().trim().min(1).max(4096);

/** An address without a password, which would end up in the database. */
const addressSchema = z
  .string()
  .trim()
  .max(2000)
  .refine(
    (text) => URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol) && new URL(text).host !== '',
    'This is no address of a Redis server. Write it like redis://host:6379, or rediss://host:6379 for TLS.',
  )
  .refine(
    (text) => !URL.canParse(text) || new URL(text).password === '',
    'A password does not belong here. Put the whole address into a file that only you may read, or into ESPALIER_REDIS_URL.',
  );

/** The program as a cluster's nodes start it: by its name, its path, or the folder of an installed package. */
const nodeProgramSchema = z
  .string()
  .trim()
  .max(4096)
  .refine(
    (text) => text === 'espalier' || (/^\//.test(text) && !/\p{Cc}/u.test(text)),
    "Give the full path of the nodes' espalier command, the folder of an installed package, or espalier alone where it is on their PATH.",
  )
  .refine(
    (text) => !/\.asar(\/|$)/.test(text),
    'Nodes cannot start what is inside the desktop app. Give the espalier command of an installed package (npm).',
  );

const threadsSchema = z
  .number({ error: 'A run has a whole number of threads, from 1 to 1,024.' })
  .int('A run has a whole number of threads, from 1 to 1,024.')
  .min(1, 'A run has a whole number of threads, from 1 to 1,024.')
  .max(1024, 'A run has a whole number of threads, from 1 to 1,024.');

/** Machines that sweeps may go to, as a person sets them: without secrets. What is null is not set. */
export const elsewhereSchema = z.strictObject({
  redis: addressSchema.nullable(),
  /** A private file with the whole address. */
  redisFile: path.nullable(),
  queue: queueNameSchema.nullable(),
  /** A folder that all machines see under the same path. */
  storage: path.nullable(),
  /** Of the Slurm cluster; its own default where it is null. */
  partition: partitionSchema.nullable(),
  /** Of the Slurm cluster's nodes; the program as it lies here where it is null and nodes can start that. */
  program: nodeProgramSchema.nullable().default(null),
  /** That a run computes with; one where it is null. */
  threads: threadsSchema.nullable().default(null),
});
export type Elsewhere = Readonly<z.infer<typeof elsewhereSchema>>;

export const NOWHERE: Elsewhere = {
  redis: null,
  redisFile: null,
  queue: null,
  storage: null,
  partition: null,
  program: null,
  threads: null,
};

/** Where the runs of one sweep were handed to: enough to find them again, without secrets. */
export const placementSchema = elsewhereSchema.extend({
  /** Begins the names of the sweep's runs there. */
  key: z.string().regex(/^[0-9a-f]{16}$/),
});
export type Placement = Readonly<z.infer<typeof placementSchema>>;
