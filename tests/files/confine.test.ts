import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isInside, resolveInside } from '../../main/files/confine.ts';
import { defaultDataFolder } from '../../main/files/folders.ts';

let base = '';
beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'espalier-')));
  await mkdir(join(base, 'root', 'sub'), { recursive: true });
  await mkdir(join(base, 'root-beside'));
  await writeFile(join(base, 'root', 'sub', 'a.txt'), 'a');
  await writeFile(join(base, 'root', '..b.txt'), 'b');
  await writeFile(join(base, 'secret.txt'), 's');
  await writeFile(join(base, 'root-beside', 'c.txt'), 'c');
});
afterEach(() => rm(base, { recursive: true, force: true }));

test('what lies below a root is inside, siblings with the same beginning are not', () => {
  expect(isInside('/a/b', '/a/b')).toBe(true);
  expect(isInside('/a/b', '/a/b/c/../d')).toBe(true);
  expect(isInside('/a/b', '/a/b/..c')).toBe(true);
  expect(isInside('/a/b', '/a/bc')).toBe(false);
  expect(isInside('/a/b', '/a/b/..')).toBe(false);
  expect(isInside('/a/b', '/a/b/../../etc/passwd')).toBe(false);
});

test('paths below the roots are resolved', async () => {
  const root = join(base, 'root');
  expect(await resolveInside([root], 'sub/a.txt')).toBe(join(root, 'sub', 'a.txt'));
  expect(await resolveInside([root], join(root, '..b.txt'))).toBe(join(root, '..b.txt'));
  expect(await resolveInside([root], '.')).toBe(root);
  expect(await resolveInside([join(base, 'absent'), root], join(root, 'sub'))).toBe(join(root, 'sub'));
});

test('a root that is itself a link works', async () => {
  await symlink(join(base, 'root'), join(base, 'link'));
  expect(await resolveInside([join(base, 'link')], 'sub/a.txt')).toBe(join(base, 'root', 'sub', 'a.txt'));
});

test.each(['../secret.txt', 'sub/../../secret.txt', '../root-beside/c.txt', '../absent.txt', 'sub\0/a.txt'])(
  '%j is refused',
  async (path) => {
    await expect(resolveInside([join(base, 'root')], path)).rejects.toMatchObject({
      problem: { code: 'files/outside', kind: 'input' },
    });
  },
);

test('a link that leads out is refused', async () => {
  await symlink(join(base, 'secret.txt'), join(base, 'root', 'innocent.txt'));
  await symlink(base, join(base, 'root', 'up'));
  for (const path of ['innocent.txt', 'up/secret.txt']) {
    await expect(resolveInside([join(base, 'root')], path)).rejects.toMatchObject({
      problem: { code: 'files/outside' },
    });
  }
});

test('what is missing inside is called missing', async () => {
  await expect(resolveInside([join(base, 'root')], 'sub/b.txt')).rejects.toMatchObject({
    problem: { code: 'files/missing' },
  });
});

test('the data folder follows the platform and the environment', async () => {
  expect(defaultDataFolder({ ESPALIER_HOME: '/x' }, 'linux')).toBe('/x');
  expect(defaultDataFolder({ XDG_DATA_HOME: '/data' }, 'linux')).toBe(join('/data', 'espalier'));
  expect(defaultDataFolder({}, 'darwin')).toBe(join(homedir(), 'Library/Application Support/Espalier'));
  expect(defaultDataFolder({ ESPALIER_HOME: 'x' }, 'linux')).toBe(join(process.cwd(), 'x'));
  const windows = { APPDATA: join(base, 'roaming'), LOCALAPPDATA: join(base, 'local') };
  expect(defaultDataFolder(windows, 'win32')).toBe(join(windows.LOCALAPPDATA, 'Espalier'));
  // What was kept in a roaming profile stays there.
  await mkdir(join(windows.APPDATA, 'Espalier'), { recursive: true });
  await writeFile(join(windows.APPDATA, 'Espalier', 'espalier.db'), '');
  expect(defaultDataFolder(windows, 'win32')).toBe(join(windows.APPDATA, 'Espalier'));
});
