import { InvalidArgumentError } from 'commander';
import { join, resolve } from 'node:path';
import { defaultDataFolder } from '../../files/folders.ts';
import { ExitCode } from '../context.ts';
import type { CommonOptions } from '../options.ts';
import { count, queueName, withCommonOptions } from '../options.ts';
import type { Verb } from '../verb.ts';

interface Options extends CommonOptions {
  readonly redis?: string;
  readonly redisFile?: string;
  readonly queue?: string;
  readonly slurm?: string;
  readonly jobs: number;
  readonly threads?: number;
  readonly storage?: string;
  readonly data: string[];
  readonly cache?: string;
  readonly patience: number;
}

export const worker: Verb = (program, context, finish) => {
  const command = program
    .command('worker')
    .description('do runs of sweeps that come over a Redis server, until Ctrl-C; or one task of Slurm')
    .option('--redis <url>', 'redis://host:port or rediss:// (TLS), without a password')
    .option('--redis-file <file>', 'private file (mode 0600) with the whole address')
    .option('--queue <name>', 'take runs from this queue', queueName)
    .option('--slurm <folder>', 'do one task of an array job of `espalier sweep --on slurm`, and end')
    .option('--jobs <n>', 'runs at a time', count, 1)
    .option(
      '--threads <n>',
      'threads of each run that comes over a server; as its submitter says if left out',
      count,
    )
    .option('--storage <folder>', "the folder that who submits runs sees too, where the sweeps' folders are")
    .option('--data <folder...>', 'further folders that recipes may read', [])
    .option('--cache <folder>', "where what comes along is kept; the user's own if left out")
    .option('--patience <seconds>', 'a worker that is silent for so long is taken for dead', seconds, 30)
    .addHelpText(
      'after',
      '\nA password stands in ESPALIER_REDIS_URL, or in the file: never on the command line.\nThe first Ctrl-C gives back what is at work, with a checkpoint; the second ends it at once.',
    );
  withCommonOptions(command).action(async (options: Options) => {
    const path = (folder: string) => resolve(context.cwd, folder);
    if (options.slurm !== undefined) {
      const { doSlurmTask } = await import('../../jobs/executors/slurm-task.ts');
      const { version, startEngine } = context;
      const finished = await doSlurmTask({
        batch: path(options.slurm),
        storage: path(options.storage ?? '.'),
        version,
        startEngine,
        onInterrupt: (listener) => context.onInterrupt(listener),
      });
      return finish(finished ? ExitCode.done : ExitCode.failed);
    }
    const { redisUrl, placeWords, DEFAULT_QUEUE } = await import('../../jobs/executors/redis-connection.ts');
    const { RedisWorker } = await import('../../jobs/executors/redis-worker.ts');
    const say = (text: string) => void (options.quiet || context.stderr.write(`${text}\n`));
    const file = options.redisFile === undefined ? undefined : path(options.redisFile);
    const place = { url: await redisUrl(options.redis, file), queue: options.queue ?? DEFAULT_QUEUE };
    const started = await RedisWorker.start({
      ...place,
      version: context.version,
      startEngine: context.startEngine,
      jobs: options.jobs,
      ...(options.threads !== undefined && { threads: options.threads }),
      lockMs: options.patience * 1000,
      ...(options.storage !== undefined && { storage: path(options.storage) }),
      data: options.data.map(path),
      cache: options.cache === undefined ? join(defaultDataFolder(), 'worker') : path(options.cache),
      say,
    });
    say(`Waiting for runs on ${placeWords(place)}.`);
    const stopped = Promise.withResolvers<void>();
    let asked = 0;
    const ignore = context.onInterrupt(() => {
      if (asked++ > 0) return started.kill();
      say('Giving back what is at work. Ctrl-C again ends it at once.');
      started.stop().then(stopped.resolve, stopped.reject);
    });
    await stopped.promise.finally(ignore);
  });
};

/** From 1 to 3600, in steps of a tenth. */
function seconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 1 && value <= 3600) return value;
  throw new InvalidArgumentError('This is a number of seconds from 1 to 3600.');
}
