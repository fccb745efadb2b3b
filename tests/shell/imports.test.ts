import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;

/** Source files that import a module at run time, by their paths. */
function importersOf(module: string): string[] {
  const pattern = new RegExp(
    `(^|\\n)\\s*(import|export) (?!type )[^;]*from '${module}'|import\\('${module}'\\)|require\\('${module}'\\)`,
  );
  return ['main', 'preload', 'renderer']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(folder, name),
      ),
    )
    .filter((name) => /\.(ts|vue)$/.test(name) && pattern.test(readFileSync(join(root, name), 'utf8')));
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
