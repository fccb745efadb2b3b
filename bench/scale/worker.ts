import { RedisWorker } from '../../main/jobs/executors/redis-worker.ts';
import { timedHost } from './timed-host.ts';

/** A worker in a process of its own, to be killed: url, cache, patience in milliseconds. */
const [url = '', cache = '', patience = ''] = process.argv.slice(2);
await RedisWorker.start({
  url,
  queue: 'bench',
  version: 'bench',
  cache,
  data: [],
  jobs: 1,
  lockMs: Number(patience),
  startEngine: () => timedHost(3_600_000, 0, () => process.stdout.write('begun\n')),
  say: () => undefined,
});
