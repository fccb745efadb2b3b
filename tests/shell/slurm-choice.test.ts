import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { replySchema } from '../../main/contract/bridge.ts';
import { channels } from '../../main/contract/channels.ts';
import { noncePlaceholder } from '../../main/serve/csp.ts';
import { homeUrl } from '../../main/shell/origin.ts';
import { temporaryFolder } from '../support/folder.ts';
import type { fakeElectron as Fake } from './fake-electron.ts';

vi.mock('electron', async () => (await import('./fake-electron.ts')).fakeElectron());

/** The desktop app, whose own files are in an archive, in front of a Slurm cluster: against a stand-in for Electron. */
const electron = (await import('electron')) as unknown as ReturnType<typeof Fake>;
const { told } = electron;
const base = temporaryFolder();
const studioFrame = { url: homeUrl, parent: null };
const call = async (name: string, args: unknown) =>
  replySchema.parse(await told.handlers.get(channels.call)?.({ senderFrame: studioFrame }, name, args));

beforeAll(async () => {
  const build = join(base, 'out');
  mkdirSync(join(build, 'renderer'), { recursive: true });
  writeFileSync(join(build, 'renderer', 'index.html'), `<script nonce="${noncePlaceholder}"></script>`);
  vi.stubEnv('ESPALIER_HOME', join(base, 'data'));
  const { startApp } = await import('../../main/shell/app.ts');
  startApp(build);
  told.ready();
  await vi.waitFor(() => expect(told.windows).toHaveLength(1));
});
afterAll(async () => {
  electron.app.emit('before-quit', told.preventable());
  await vi.waitFor(() => expect(electron.app.exit).toHaveBeenCalledWith(0));
  vi.unstubAllEnvs();
});

test('Slurm can be chosen once it is said which command its nodes have: the app itself is in an archive', async () => {
  const shared = mkdtempSync(join(tmpdir(), 'espalier-shared-'));
  const path = process.env['PATH'] ?? '';
  const set = (elsewhere: object) =>
    call('settings.set', {
      elsewhere: {
        redis: null,
        redisFile: null,
        queue: null,
        storage: shared,
        partition: null,
        ...elsewhere,
      },
    });
  const slurm = async () => {
    const reply = await call('executors.list', null);
    const choices = reply.ok ? (reply.result as { kind: string; problem: object | null }[]) : [];
    return choices.find(({ kind }) => kind === 'slurm')?.problem;
  };
  try {
    await told.handlers.get(channels.dropped)?.({ senderFrame: studioFrame }, shared);
    await set({});
    expect(await slurm()).toMatchObject({
      code: 'executor/no-program',
      remedy: expect.stringContaining('Settings') as string,
    });
    // What the archive holds is no file to the nodes, nor is a path that hangs on where something was started.
    const refused = await set({ program: '/opt/Espalier/resources/app.asar/out/main/cli.js' });
    expect(JSON.stringify(refused)).toContain('Nodes cannot start what is inside the desktop app');
    expect(JSON.stringify(await set({ program: 'bin/espalier' }))).toContain('full path');

    const command = join(shared, 'lib', 'node_modules', 'espalier');
    await set({ program: shared });
    expect(await slurm()).toMatchObject({ code: 'executor/program', field: 'elsewhere.program' });
    mkdirSync(join(command, 'resources', 'bin'), { recursive: true });
    const packaged = (version: string) =>
      writeFileSync(join(command, 'package.json'), JSON.stringify({ name: 'espalier', version }));
    packaged('1.2.2');
    expect(await slurm()).toMatchObject({ code: 'executor/other-version' });
    packaged('1.2.3');
    expect(await slurm()).toMatchObject({
      code: 'executor/program',
      file: join(command, 'resources/bin/espalier.mjs'),
    });
    writeFileSync(join(command, 'resources', 'bin', 'espalier.mjs'), '', { mode: 0o755 });
    // Now the cluster itself is asked: no command of Slurm's is here, and then one is.
    const bin = join(shared, 'bin');
    mkdirSync(bin);
    process.env['PATH'] = bin;
    expect(await slurm()).toMatchObject({ code: 'executor/no-slurm' });
    writeFileSync(join(bin, 'sinfo'), '#!/bin/sh\necho slurm 23.11.4\n', { mode: 0o755 });
    expect(await slurm()).toBeNull();
    // Any other program than espalier is refused when it is about to be used.
    process.env['PATH'] = path;
    await set({ program: '/bin/sh' });
    expect(await slurm()).toMatchObject({
      code: 'executor/program',
      message: 'This is not the espalier command.',
    });
  } finally {
    process.env['PATH'] = path;
    rmSync(shared, { recursive: true, force: true });
  }
});
