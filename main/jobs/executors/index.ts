import type { ExecutorKind } from '../../contract/executors.ts';
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
}

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
