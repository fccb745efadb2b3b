import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Source files whose text fits, by their paths with forward slashes. */
function filesWith(pattern: RegExp): string[] {
  return ['main', 'preload', 'renderer']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(folder, name),
      ),
    )
    .filter((name) => /\.(ts|vue)$/.test(name) && pattern.test(readFileSync(join(root, name), 'utf8')))
    .map((name) => name.replaceAll('\\', '/'))
    .sort();
}

/** Source files that import a module at run time, by their paths. */
function importersOf(module: string): string[] {
  const pattern = new RegExp(
    `(^|\\n)\\s*(import|export) (?!type )[^;]*from '${module}'|import\\('${module}'\\)|require\\('${module}'\\)`,
  );
  return filesWith(pattern);
}

test('only the shell and the preload script import Electron: everything else runs without it', () => {
  const importers = importersOf('electron');
  expect(importers).toContain('preload/index.ts');
  expect(importers.filter((name) => !name.startsWith('main/shell/'))).toEqual(['preload/index.ts']);
});

test('only the store imports SQLite, and the doctor that sees whether it loads', () => {
  const importers = importersOf('better-sqlite3');
  expect(importers).toContain('main/store/open.ts');
  expect(importers.filter((name) => !name.startsWith('main/store/'))).toEqual(['main/cli/verbs/doctor.ts']);
});

test('no program starts its own executable again: in a packaged app that would be the app, which is no Node', () => {
  // A child process of Node.js is forked in one place, which the desktop app does not come to; a browser is opened in another.
  expect(importersOf('node:child_process')).toEqual([
    'main/jobs/child-host.ts',
    'main/serve/open-browser.ts',
  ]);
  expect(importersOf('child_process')).toEqual([]);
  expect(importersOf('node:cluster')).toEqual([]);
  const named = filesWith(/ELECTRON_RUN_AS_NODE|process\.(execPath|argv0)|process\.argv\[0\]/);
  expect(named.filter((name) => name !== 'main/jobs/child-host.ts')).toEqual([]);
});

test('the desktop app starts engines as utility processes only', () => {
  const reached = new Set<string>();
  const follow = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, target] of text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g))
      follow(posix.join(posix.dirname(file), target ?? ''));
  };
  follow('main/index.ts');
  expect(reached).toContain('main/shell/utility-host.ts');
  expect(reached).not.toContain('main/jobs/child-host.ts');
});
