import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';

const root = new URL('../../', import.meta.url).pathname;
const folder = temporaryFolder();
const json = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest;

/** What package.json and package-lock.json say that is looked at here. */
interface Manifest {
  optionalDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
  packages: Record<
    string,
    { version?: string; dev?: boolean; optional?: boolean; hasInstallScript?: boolean }
  >;
}

/** npm in a folder of its own, under this Node, without the settings of the person and the machine. */
function npm(...args: string[]) {
  const none = join(folder, 'no-settings');
  const global = join(folder, 'no-global-settings');
  writeFileSync(none, '');
  writeFileSync(global, '');
  return spawnSync('npm', [...args, '--userconfig', none, '--globalconfig', global], {
    cwd: folder,
    encoding: 'utf8',
  });
}

test('.npmrc has only settings that npm knows: others draw a warning at every start', () => {
  const { stdout, stderr } = npm('config', 'list', '--long', '--json');
  expect(stderr).toBe('');
  const known = Object.keys(JSON.parse(stdout) as object);
  const lines = readFileSync(join(root, '.npmrc'), 'utf8').split('\n');
  const keys = lines.flatMap((line) => /^\s*([^#;=\s]+)\s*(=|$)/.exec(line)?.[1] ?? []);
  expect(keys.length).toBeGreaterThan(0);
  expect(keys.filter((key) => !known.includes(key))).toEqual([]);
});

test('the Node that is installed beside is one that every package takes', () => {
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(root, file), join(folder, file));
  const args = ['install', '--package-lock-only', '--dry-run', '--ignore-scripts', '--offline'];
  const { status, stderr } = npm(...args, '--engine-strict');
  expect([status, stderr]).toEqual([0, '']);
  // It is this one, whatever Node the tests were started with, and installations without development packages have it too.
  const { optionalDependencies } = json('package.json');
  expect(process.versions.node).toBe(optionalDependencies['node']);
  const locked = json('package-lock.json').packages['node_modules/node'];
  expect(locked).toMatchObject({ version: process.versions.node, optional: true });
  expect(locked?.dev).toBeUndefined();
});

test("onnxruntime's CUDA part is not fetched at installation, whichever npm installs", () => {
  // Newer npms ask 'allowScripts'; the others run a package's script where the lock file says that it has one.
  expect(json('package.json').allowScripts['onnxruntime-node']).toBe(false);
  const locked = json('package-lock.json').packages['node_modules/onnxruntime-node'];
  expect(
    locked,
    "'npm install' has put the line back: take it out of package-lock.json by hand",
  ).not.toHaveProperty('hasInstallScript');
});
