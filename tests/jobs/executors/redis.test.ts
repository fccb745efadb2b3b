import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/folder.ts';
import { startCli, type Program } from './programs.ts';
import { hasRedis, TestRedis } from './redis-server.ts';
import { untimed } from './same-tables.ts';
import { builtCli, smallGrid } from './small-sweep.ts';

const folder = temporaryFolder();
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const RUNS = 4 * SEEDS.length;

describe.skipIf(!hasRedis)('a sweep by workers of a Redis server (needs redis-server)', () => {
  let cli: string;
  let server: TestRedis;
  const workers: Program[] = [];
  beforeAll(async () => {
    [cli] = await Promise.all([builtCli(), smallGrid(folder, SEEDS)]);
    server = await TestRedis.start(join(folder, 'server'));
  });
  afterAll(async () => {
    for (const { child } of workers) child.kill('SIGKILL');
    await Promise.all(workers.map(({ ended }) => ended));
    await server?.kill();
  });

  const sweep = (out: string, extra: string[], onText?: (stderr: string) => void) =>
    startCli(cli, ['sweep', 'grid.yaml', '--out', out, '--device', 'cpu', '--threads', '1', ...extra], {
      cwd: folder,
      ...(onText && { onText }),
    });
  const work = (n: number) => {
    const cache = ['--cache', join(folder, `cache${n}`)];
    const one = startCli(cli, ['worker', '--redis', server.url, '--patience', '5', ...cache], {
      cwd: folder,
    });
    workers.push(one);
    return one;
  };

  it('ends every run once, with the same table, though two workers and the server are killed', async () => {
    const local = sweep('local', ['--jobs', '2']);
    expect(await local.ended, local.said.stderr).toBe(0);

    const four = [1, 2, 3, 4].map(work);
    // Moments in the sweep's course, in runs that have ended; a worker is killed a random while after.
    const at = (from: number, to: number) => from + Math.floor(Math.random() * (to - from));
    const moments = new Map<number, () => Promise<void>>([
      [at(3, 9), async () => void four[0]?.child.kill('SIGKILL')],
      [at(10, 18), async () => void four[1]?.child.kill('SIGKILL')],
      [
        at(19, 26),
        async () => {
          await server.kill();
          await delay(500);
          await server.up();
        },
      ],
    ]);
    const story = [...moments.keys()].join(', ');
    const remote = sweep('remote', ['--on', 'redis', '--redis', server.url], (stderr) => {
      const ended = stderr.match(/^\[\d+\/40\]/gm)?.length ?? 0;
      for (const [when, act] of moments) {
        if (ended < when) continue;
        moments.delete(when);
        setTimeout(() => void act(), Math.random() * 1000);
      }
    });
    expect(await remote.ended, `killed after ${story}:\n${remote.said.stderr}`).toBe(0);
    expect(moments.size).toBe(0);

    const [here, there] = await Promise.all([
      untimed(join(folder, 'local')),
      untimed(join(folder, 'remote')),
    ]);
    expect(there).toEqual(here);
    expect(remote.said.stdout.replaceAll('remote', 'local')).toBe(local.said.stdout);
    // Each is told of once, and leaves the same bytes.
    expect(remote.said.stderr.match(/^\[\d+\/40\]/gm)).toHaveLength(RUNS);
    expect(here.runs).toHaveLength(RUNS);
    for (const run of here.runs) {
      const file = (sweepFolder: string) =>
        readFile(join(folder, sweepFolder, 'runs', run, 'weights.safetensors'));
      expect((await file('remote')).equals(await file('local')), run).toBe(true);
    }
    // The dead workers' runs are finished by others, which say so.
    expect(remote.said.stderr).toMatch(/begun again \d time/);
    const finished = workers.flatMap(({ said }) => said.stderr.match(/^\S+: finished/gm) ?? []);
    expect(new Set(finished).size).toBe(finished.length);
    // A busy machine may take long.
  }, 1_200_000);
});
