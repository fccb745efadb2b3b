import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/folder.ts';
import { startCli } from './programs.ts';
import { untimed } from './same-tables.ts';
import { hasSlurm, TestCluster } from './slurm-cluster.ts';
import { smallGrid } from './small-sweep.ts';

const folder = temporaryFolder();
const cli = join(import.meta.dirname, '..', '..', '..', 'out', 'main', 'cli.js');

describe.skipIf(!hasSlurm || !existsSync(cli))(
  'a sweep by the nodes of a Slurm cluster (needs slurm-wlm, munge, root and the built program)',
  () => {
    let cluster: TestCluster;
    beforeAll(async () => {
      await smallGrid(folder, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      cluster = await TestCluster.start(join(folder, 'cluster'));
    });
    afterAll(async () => cluster?.stop());

    const sweep = (out: string, extra: string[]) =>
      startCli(cli, ['sweep', 'grid.yaml', '--out', out, '--device', 'cpu', '--threads', '1', ...extra], {
        cwd: folder,
        env: cluster.env,
      });

    it('submits the grid as an array job and collects the same table', async () => {
      const remote = sweep('cluster-sweep', ['--on', 'slurm']);
      expect(await remote.ended, remote.said.stderr).toBe(0);
      expect(remote.said.stderr).toContain('40 runs, 0 of them finished already; on Slurm: 1 worker now');
      const local = sweep('local', ['--jobs', '2']);
      expect(await local.ended, local.said.stderr).toBe(0);
      const [here, there] = await Promise.all([
        untimed(join(folder, 'local')),
        untimed(join(folder, 'cluster-sweep')),
      ]);
      expect(there).toEqual(here);
      expect(remote.said.stdout.replaceAll('cluster-sweep', 'local')).toBe(local.said.stdout);
      expect(remote.said.stderr.match(/^\[\d+\/40\]/gm)).toHaveLength(40);
      for (const run of here.runs) {
        const file = (name: string) => readFile(join(folder, name, 'runs', run, 'weights.safetensors'));
        expect((await file('cluster-sweep')).equals(await file('local')), run).toBe(true);
      }
    }, 1_200_000);

    it('goes on from the checkpoint of a task that Slurm requeues, to the same bytes', async () => {
      await smallGrid(folder, [1], 150);
      const remote = sweep('requeued', ['--on', 'slurm', '--partition', 'main']);
      const notes = join(folder, 'requeued', 'slurm', 'tasks.json');
      const begun = async () => {
        const [run] = await readdir(join(folder, 'requeued', 'runs')).catch(() => []);
        const checkpoint = join(folder, 'requeued', 'runs', run ?? '', 'checkpoint.safetensors');
        return run !== undefined && existsSync(checkpoint) && existsSync(notes) ? run : null;
      };
      let run: string | null;
      while ((run = await begun()) === null) await delay(50);
      const tasks = JSON.parse(await readFile(notes, 'utf8')) as Record<string, { slurm: string }>;
      const task = Object.entries(tasks).find(([id]) => id.endsWith(run ?? ''))?.[1].slurm ?? '';
      const requeued = spawnSync('scontrol', ['requeue', task], { env: { ...process.env, ...cluster.env } });
      expect(requeued.stderr.toString()).toBe('');
      expect(await remote.ended, remote.said.stderr).toBe(0);
      expect(remote.said.stderr).toMatch(/begun again 1 time/);
      expect(remote.said.stderr.match(/^\[\d+\/4\]/gm)).toHaveLength(4);
      const local = sweep('undisturbed', []);
      expect(await local.ended, local.said.stderr).toBe(0);
      const file = (name: string) => readFile(join(folder, name, 'runs', run, 'weights.safetensors'));
      expect((await file('requeued')).equals(await file('undisturbed'))).toBe(true);
    }, 1_200_000);
  },
);
