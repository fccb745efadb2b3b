import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOWHERE } from '../../../main/contract/executors.ts';
import { childHost } from '../../../main/jobs/child-host.ts';
import { engineEntry } from '../../../main/jobs/entry.ts';
import { RUN_FILE } from '../../../main/jobs/run-folder.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';
import { testStudio, type TestStudio } from '../../support/studio.ts';
import { hasSlurm, TestCluster } from '../executors/slurm-cluster.ts';
import { smallGrid } from '../executors/small-sweep.ts';

const folder = temporaryFolder();
const root = join(import.meta.dirname, '..', '..', '..');
const built = existsSync(join(root, 'out', 'main', 'cli.js'));

describe.skipIf(!hasSlurm || !built)(
  "the studio's sweeps on a Slurm cluster (needs slurm-wlm, munge, root and the built program)",
  () => {
    let cluster: TestCluster;
    let studio: TestStudio;
    let version: string;
    const storage = join(folder, 'shared');
    const open = () =>
      testStudio(folder, {
        version,
        startEngine: () => childHost(engineEntry()),
        // As in the desktop app: nodes cannot start what is in its archive.
      });
    const until = async (condition: () => Promise<boolean>) => {
      while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 200));
    };

    beforeAll(async () => {
      ({ version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string });
      await mkdir(storage);
      await smallGrid(folder, [1]);
      cluster = await TestCluster.start(join(folder, 'cluster'));
      process.env['SLURM_CONF'] = cluster.env.SLURM_CONF;
      studio = open();
    }, 60_000);
    afterAll(async () => {
      await studio?.close();
      await cluster?.stop();
    });

    it('are submitted, followed by another studio, and enter its table', async () => {
      const projectId = (await studio.ask('projects.create', { name: 'p' })).id;
      const set = (part: object) => studio.ask('settings.set', { elsewhere: { ...NOWHERE, ...part } });
      await set({ storage, partition: 'main' });
      await expect(studio.ask('executors.test', { kind: 'slurm' })).rejects.toEqual(
        problemWith({ code: 'executor/no-program' }),
      );
      const program = root;
      await set({ storage, program, partition: 'nowhere' });
      await expect(studio.ask('executors.test', { kind: 'slurm' })).rejects.toEqual(
        problemWith({ code: 'executor/no-partition' }),
      );
      // A command that a node starts and that is another program, and one that is not there at all.
      const other = join(folder, 'espalier');
      await writeFile(other, '#!/bin/sh\necho 9.9.9\n', { mode: 0o755 });
      await set({ storage, program: other, partition: 'main' });
      await expect(studio.ask('executors.test', { kind: 'slurm' })).rejects.toEqual(
        problemWith({ code: 'executor/other-version', field: 'elsewhere.program' }),
      );
      await set({ storage, program: '/nowhere/espalier', partition: 'main' });
      await expect(studio.ask('executors.test', { kind: 'slurm' })).rejects.toEqual(
        problemWith({ code: 'executor/program', field: 'elsewhere.program' }),
      );
      await set({ storage, program, partition: 'main', threads: 2 });
      expect(await studio.ask('executors.test', { kind: 'slurm' })).toMatchObject({
        place: 'Slurm, partition main',
        workers: 1,
        known: [{ version }],
      });
      const grid = await readFile(join(folder, 'grid.yaml'), 'utf8');
      const { id } = await studio.ask('sweeps.start', { projectId, grid, executor: 'slurm' });
      await until(async () => {
        const { status } = await studio.ask('sweeps.executor', { id });
        return status !== null && status.waiting + status.active > 0;
      });
      await studio.close();
      studio = open();
      await until(async () => (await studio.ask('sweeps.get', { id })).live === 0);
      const view = await studio.ask('sweeps.get', { id });
      expect(view.failures).toEqual([]);
      expect(view.states).toEqual({ finished: 4 });
      expect(view.cells).toHaveLength(4);
      const { rows } = await studio.ask('runs.query', { sweepId: id });
      for (const { id: runId } of rows) {
        const { path } = await studio.ask('runs.folder', { id: runId });
        // Tasks compute with as many threads as they have processors of the cluster.
        expect(JSON.parse(await readFile(join(path ?? '', RUN_FILE), 'utf8'))).toMatchObject({ threads: 2 });
        const names = (await studio.ask('artifacts.list', { runId })).map(({ name }) => name);
        expect(names).toContain('weights.safetensors');
      }
    }, 600_000);
  },
);
