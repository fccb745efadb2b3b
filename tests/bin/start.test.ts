import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';

const bin = fileURLToPath(new URL('../../resources/bin/', import.meta.url));
const base = temporaryFolder();
let projects = 0;

interface Parts {
  /** A shell script in the place of Electron's program. */
  readonly program?: string;
  /** The script that fetches Electron. */
  readonly install?: string;
}

/** A project with nothing in it but the starters, a command line that says how it was called, and an Electron that is played. */
function project({ program, install = 'process.exit(1)' }: Parts) {
  const root = join(base, String(++projects));
  const electron = join(root, 'node_modules', 'electron');
  for (const folder of ['resources/bin', 'out/main', 'node_modules/electron/dist'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const name of readdirSync(bin)) copyFileSync(join(bin, name), join(root, 'resources/bin', name));
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(root, 'out/main/cli.js'), "console.log('cli: ' + process.argv.slice(2).join(' '));");
  writeFileSync(join(electron, 'package.json'), '{ "name": "electron" }');
  writeFileSync(join(electron, 'install.js'), install);
  if (program !== undefined) {
    writeFileSync(join(electron, 'path.txt'), 'electron');
    writeFileSync(join(electron, 'dist/electron'), `#!/bin/sh\n${program}\n`, { mode: 0o755 });
  }
  const start = (args: readonly string[] = ['--no-sandbox'], env: NodeJS.ProcessEnv = {}) => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [join(root, 'resources/bin/start.mjs'), ...args],
      { encoding: 'utf8', env: { ...process.env, DISPLAY: ':77', ELECTRON_OVERRIDE_DIST_PATH: '', ...env } },
    );
    return { text: stdout + stderr, status };
  };
  return { root, electron, start };
}

describe.skipIf(process.platform === 'win32')(
  'npm start (skipped on Windows: a shell script plays Electron)',
  () => {
    test('opens the window, hands on arguments and its exit code, and keeps Electron from being Node', () => {
      const { start, root } = project({ program: 'echo "window: $* [$ELECTRON_RUN_AS_NODE]"' });
      const { text, status } = start(['--no-sandbox', 'a b'], { ELECTRON_RUN_AS_NODE: '1' });
      expect(text).toBe(`window: ${root}/ --no-sandbox a b []\n`);
      expect(status).toBe(0);
    });

    test.each([
      ['a signal, as where there is no sandbox', 'kill -TRAP $$', 'SIGTRAP'],
      ['an exit code', 'exit 1', 'exit code 1'],
    ])('serves to the browser, and says why, where Electron ends at once by %s', (_what, program, how) => {
      const { text, status } = project({ program }).start();
      expect(text).toMatch(new RegExp(`could not open a window \\(${how}\\)`));
      // What was meant for Electron is not for the command line.
      expect(text).toMatch(/instead\.\ncli: serve --open\n$/);
      expect(status).toBe(0);
    });

    test('a person who ends it at once has no browser opened', () => {
      const { text, status } = project({ program: 'kill -INT $$' }).start();
      expect([text, status]).toEqual(['', 130]);
    });

    test.skipIf(process.getuid?.() !== 0)(
      'as root nothing is started without a sandbox that nobody gave up (skipped where this is not root)',
      () => {
        const { text } = project({ program: 'echo window' }).start([]);
        expect(text).not.toContain('window\n');
        expect(text).toMatch(/sandbox cannot be had as root\. .*\ncli: serve --open\n$/);
      },
    );

    test('without a screen the studio is served at once', () => {
      const { start } = project({ program: 'echo window' });
      const { text } = start(['--port', '1'], { DISPLAY: '', WAYLAND_DISPLAY: '' });
      if (process.platform === 'linux') expect(text).toMatch(/no screen .*\ncli: serve --open --port 1\n$/);
    });

    test('a fetch that failed is shown, remembered, and tried again when that is forgotten', () => {
      const { start, electron } = project({
        install:
          "console.log('no route to host'); require('fs').appendFileSync(__dirname + '/tries', 'x'); process.exit(1);",
      });
      const tries = () => readFileSync(join(electron, 'tries'), 'utf8').length;
      expect(start([]).text).toMatch(/no route to host[^]*could not be fetched[^]*cli: serve --open\n$/);
      expect(start([]).text).toMatch(/could not be fetched before[^]*cli: serve --open\n$/);
      expect(tries()).toBe(1);
      spawnSync('rm', [join(electron, 'fetch-failed')]);
      start([]);
      expect(tries()).toBe(2);
    });

    test('a fetch is given up when nothing arrives any more, however long it takes while something does', () => {
      const { root, electron } = project({});
      const script = join(root, 'fetch.mjs');
      const url = pathToFileURL(join(root, 'resources/bin/electron-program.mjs')).href;
      writeFileSync(
        script,
        `import { fetchElectron } from ${JSON.stringify(url)}; await fetchElectron(${JSON.stringify(electron)}, 1000); console.log('over');`,
      );
      const fetching = (install: string) => {
        writeFileSync(join(electron, 'install.js'), install);
        return spawnSync(process.execPath, [script], { encoding: 'utf8' }).stdout;
      };
      const slow = `let n = 0; const file = require('path').join(require('os').tmpdir(), 'part');
      setInterval(() => { require('fs').appendFileSync(file, 'x'); if (++n === 12) { console.log('arrived'); process.exit(0); } }, 250);`;
      expect(fetching(slow)).toBe('arrived\nover\n');
      expect(fetching('setInterval(() => {}, 1000)')).toBe('Nothing has arrived for 1 s.\nover\n');
      expect(existsSync(join(electron, 'dist/electron'))).toBe(false);
    });
  },
);
