import { inputError } from '../../contract/errors.ts';
import type { Elsewhere, ExecutorKind } from '../../contract/executors.ts';
import type { StartEngine } from '../host.ts';
import type { Executor } from './executor.ts';

export interface ExecutorOptions {
  /** The program's version. */
  readonly version: string;
  readonly startEngine: StartEngine;
  /** On this machine: runs at a time. */
  readonly places: number;
  /** The sweep's folder. */
  readonly sweep: string;
  /** On a cluster: the program as its nodes start it. */
  readonly program: string;
  /** The Redis server's address, or a private file with it; the environment's where both are left out. */
  readonly redis?: string | undefined;
  readonly redisFile?: string | undefined;
  readonly queue?: string | undefined;
  /** A folder that all workers see. */
  readonly storage?: string | undefined;
  /** On a cluster: where the runs go, as sinfo names it. */
  readonly partition?: string | undefined;
}

/** What has to be set before an executor can be asked at all. */
interface Needs {
  /** A folder that all machines see. */
  readonly storage: boolean;
  /** The program as others start it. */
  readonly program: boolean;
  /** @throws EspalierError where something else is missing; nothing is asked over a network */
  readonly check: (places: Elsewhere) => Promise<unknown>;
}

export const needsOf: Readonly<Record<ExecutorKind, Needs>> = {
  local: { storage: false, program: false, check: async () => undefined },
  redis: {
    storage: false,
    program: false,
    check: async ({ redis, redisFile }) => {
      const { redisUrl, REDIS_VARIABLE } = await import('./redis-connection.ts');
      if (redis === null && redisFile === null && (process.env[REDIS_VARIABLE] ?? '') === '') {
        throw inputError('executor/not-set', 'No Redis server is set.', {
          remedy: `Set its address under Settings, or put it into ${REDIS_VARIABLE}.`,
        });
      }
      return redisUrl(redis ?? undefined, redisFile ?? undefined);
    },
  },
  slurm: {
    storage: true,
    program: true,
    check: async () => (await import('./slurm.ts')).slurmHere(),
  },
};

/**
 * Makes an executor ready; each is loaded when it is asked for.
 * @throws EspalierError where its engine cannot be reached
 */
export async function openExecutor(kind: ExecutorKind, options: ExecutorOptions): Promise<Executor> {
  switch (kind) {
    case 'local': {
      const { LocalExecutor } = await import('./local.ts');
      return new LocalExecutor(options);
    }
    case 'redis': {
      const { redisUrl, DEFAULT_QUEUE } = await import('./redis-connection.ts');
      const { RedisExecutor } = await import('./redis.ts');
      const { version, redis, redisFile, queue = DEFAULT_QUEUE, storage } = options;
      return RedisExecutor.open({
        url: await redisUrl(redis, redisFile),
        queue,
        version,
        ...(storage !== undefined && { storage }),
      });
    }
    case 'slurm': {
      const { SlurmExecutor } = await import('./slurm.ts');
      return SlurmExecutor.open(options);
    }
  }
}
