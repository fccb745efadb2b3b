import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/folder.ts';
import { startCli, type Program } from './programs.ts';
import { freePort, hasRedis, TestRedis } from './redis-server.ts';
import { untimed } from './same-tables.ts';
import { builtCli, smallGrid } from './small-sweep.ts';

const folder = temporaryFolder();
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const canUnshare =
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', folder]).status === 0;

/** An authority of our own, and what it signed for 127.0.0.1. */
function certificates(at: (name: string) => string): void {
  const openssl = (...args: string[]) => {
    const { status, stderr } = spawnSync('openssl', args);
    if (status !== 0) throw new Error(stderr.toString());
  };
  const key = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-subj',
    '/CN=Own authority',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
  );
  openssl(
    'req',
    ...key.slice(0, 3),
    '-subj',
    '/CN=127.0.0.1',
    '-keyout',
    at('own.key'),
    '-out',
    at('own.csr'),
  );
  openssl(
    ...['x509', '-req', '-in', at('own.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial'],
    ...['-days', '2', '-extfile', at('names'), '-out', at('own.pem')],
  );
}

describe.skipIf(!hasRedis || !hasOpenssl)(
  'a Redis server behind TLS (needs redis-server and openssl)',
  () => {
    let cli: string;
    let server: TestRedis;
    let url: string;
    let local: string[];
    const at = (name: string) => join(folder, 'certificates', name);
    const trusting = { NODE_EXTRA_CA_CERTS: at('ca.pem') };
    const programs: Program[] = [];
    const start = (
      argv: readonly string[],
      env: NodeJS.ProcessEnv,
      how: { cwd?: string; by?: readonly string[] } = {},
    ) => {
      const one = startCli(cli, argv, { cwd: folder, env, ...how });
      programs.push(one);
      return one;
    };
    const sweepArgs = (out: string) => [
      'sweep',
      'grid.yaml',
      '--out',
      out,
      '--device',
      'cpu',
      '--threads',
      '1',
    ];
    const sameAsLocal = async (out: string, where = folder) => {
      const table = await untimed(join(where, out));
      expect(table.runs).toEqual(local);
      for (const run of local) {
        const file = (base: string) => readFile(join(base, 'runs', run, 'weights.safetensors'));
        expect((await file(join(where, out))).equals(await file(join(folder, 'local')))).toBe(true);
      }
    };

    beforeAll(async () => {
      await mkdir(join(folder, 'certificates'));
      await writeFile(at('names'), 'subjectAltName=IP:127.0.0.1\n');
      certificates(at);
      [cli] = await Promise.all([builtCli(), smallGrid(folder, [1])]);
      const port = await freePort();
      const tls = [
        '--tls-cert-file',
        at('own.pem'),
        '--tls-key-file',
        at('own.key'),
        '--tls-ca-cert-file',
        at('ca.pem'),
      ];
      server = await TestRedis.start(join(folder, 'server'), [
        ...['--tls-port', String(port), '--tls-auth-clients', 'no', ...tls],
      ]);
      url = `rediss://127.0.0.1:${port}`;
      const here = start(sweepArgs('local'), {});
      expect(await here.ended, here.said.stderr).toBe(0);
      local = (await untimed(join(folder, 'local'))).runs;
    }, 120_000);
    afterAll(async () => {
      for (const { child } of programs) child.kill('SIGKILL');
      await Promise.all(programs.map(({ ended }) => ended));
      await server?.kill();
    });

    it('is refused where nobody vouches for it, with the remedy', async () => {
      const refused = start(['worker', '--redis', url], { NODE_EXTRA_CA_CERTS: '' });
      expect(await refused.ended).toBe(1);
      expect(refused.said.stderr).toMatch(/does not answer \(.*certificate/);
      expect(refused.said.stderr).toContain('NODE_EXTRA_CA_CERTS');
    });

    it('does a sweep whose files travel through it, with the authority named', async () => {
      const worker = start(['worker', '--redis', url, '--cache', join(folder, 'cache')], trusting);
      const remote = start([...sweepArgs('remote'), '--on', 'redis', '--redis', url], trusting);
      expect(await remote.ended, remote.said.stderr).toBe(0);
      await sameAsLocal('remote');
      worker.child.kill('SIGINT');
      expect(await worker.ended, worker.said.stderr).toBe(0);
    }, 120_000);

    it.skipIf(!canUnshare)(
      'does a sweep on storage that the worker sees under another path only (needs root and unshare)',
      async () => {
        const storage = join(folder, 'storage');
        const elsewhere = join(folder, 'elsewhere');
        await mkdir(storage);
        await mkdir(elsewhere);
        await smallGrid(storage, [1]);
        // The worker's own view: the storage is elsewhere, and where it was there is nothing.
        const view = `mount --bind '${storage}' '${elsewhere}' && mount -t tmpfs tmpfs '${storage}' && exec "$@"`;
        const worker = start(
          [
            'worker',
            '--redis',
            url,
            '--queue',
            'shared',
            '--storage',
            elsewhere,
            '--cache',
            join(folder, 'c2'),
          ],
          trusting,
          { by: ['unshare', '--mount', 'sh', '-c', view, 'sh'] },
        );
        const on = ['--on', 'redis', '--redis', url, '--queue', 'shared', '--storage', storage];
        const remote = start([...sweepArgs('remote'), ...on], trusting, { cwd: storage });
        expect(await remote.ended, remote.said.stderr).toBe(0);
        await sameAsLocal('remote', storage);
        worker.child.kill('SIGINT');
        expect(await worker.ended, worker.said.stderr).toBe(0);
      },
      120_000,
    );
  },
);
