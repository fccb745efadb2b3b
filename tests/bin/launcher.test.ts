import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';

const root = new URL('../../', import.meta.url).pathname;
const folder = temporaryFolder();
const launcher = join(root, 'resources/bin/espalier.mjs');
const built = existsSync(join(root, 'out/main/cli.js'));

/** A program that runs another in its place, as the launcher does under an old Node. */
function inPlaceOf(source: string): string {
  const inner = join(folder, 'inner.mjs');
  const outer = join(folder, 'outer.mjs');
  writeFileSync(inner, source);
  const module = JSON.stringify(join(root, 'resources/bin/pinned-node.mjs'));
  writeFileSync(
    outer,
    `import { runInPlace } from ${module}; runInPlace(process.execPath, [${JSON.stringify(inner)}, ...process.argv.slice(2)]);`,
  );
  return outer;
}

test('exit codes, arguments and output of a program in place come through', () => {
  const program = inPlaceOf(`console.log(process.argv.slice(2).join('|')); process.exit(7);`);
  const { status, stdout } = spawnSync(process.execPath, [program, 'a b', '--json'], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([7, 'a b|--json\n']);
});

test('signals reach the program in place, and it decides what they mean', async () => {
  const program = inPlaceOf(
    `process.on('SIGTERM', () => process.exit(9)); process.on('SIGINT', () => process.exit(8)); console.log('up'); setInterval(() => {}, 1000);`,
  );
  for (const [signal, code] of [
    ['SIGTERM', 9],
    ['SIGINT', 8],
  ] as const) {
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([code, null]);
  }
});

test.skipIf(!built)(
  'the launcher runs the command line (skipped where nothing is built: npm run build)',
  () => {
    const ok = spawnSync(process.execPath, [launcher, '--version'], { encoding: 'utf8', cwd: folder });
    expect(ok.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const wrong = spawnSync(process.execPath, [launcher, 'compress', 'absent.yaml', '--out', 'x'], {
      encoding: 'utf8',
      cwd: folder,
    });
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('absent.yaml');
  },
);

const old = '/usr/bin/node';
const [major = 99] = existsSync(old)
  ? spawnSync(old, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.split('.').map(Number)
  : [];

test.skipIf(!built || major > 20)(
  'an older Node starts the one that was installed beside (skipped where the build or a Node 20 is missing)',
  () => {
    const env = { ...process.env, PATH: '/usr/bin:/bin' };
    const { status, stdout, stderr } = spawnSync(old, [launcher, 'list', 'networks', '--json'], {
      encoding: 'utf8',
      env,
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('lenet-300-100');
  },
);
