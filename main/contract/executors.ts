import { z } from 'zod';

/** Where the runs of a sweep are done: here, by workers of a Redis server, or by the nodes of a Slurm cluster. */
export const executorKindSchema = z.enum(['local', 'redis', 'slurm']);
export type ExecutorKind = z.infer<typeof executorKindSchema>;

/** What an executor has to do at the moment. */
export interface ExecutorStatus {
  readonly kind: ExecutorKind;
  /** The place, in words, without credentials: 'redis://host:6379, queue espalier'. */
  readonly place: string;
  /** Workers, or nodes, that can take runs. */
  readonly workers: number;
  /** Runs of anybody that wait. */
  readonly waiting: number;
  /** Runs of anybody that are at work. */
  readonly active: number;
}
