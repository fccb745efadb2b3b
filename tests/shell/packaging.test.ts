import { readFileSync, readdirSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileMatcher } from 'app-builder-lib/out/fileMatcher.js';
import { validateConfiguration } from 'app-builder-lib/out/util/config/config.js';
import { DebugLogger } from 'builder-util';
import type { Configuration } from 'electron-builder';
import { expect, test } from 'vitest';
import configuration from '../../resources/electron-builder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const isLibrary = (file: string) => /\.(node|dylib|dll|so)(\.\d+)*$/.test(file);
const libraries = ['onnxruntime-node', 'better-sqlite3']
  .flatMap((name) =>
    readdirSync(join(root, 'node_modules', name), { recursive: true, encoding: 'utf8' }).map((file) =>
      join('node_modules', name, file),
    ),
  )
  .filter(isLibrary)
  .sort();

test("the packager's configuration has the form that the packager expects", async () => {
  await expect(validateConfiguration(configuration, new DebugLogger(false))).resolves.toBeUndefined();
  const wrong = { ...configuration, asarUnpak: [] } as Configuration;
  await expect(validateConfiguration(wrong, new DebugLogger(false))).rejects.toThrow('asarUnpak');
});

test('every library that the system must load is kept out of the archive', () => {
  const patterns = configuration.asarUnpack as string[];
  expect(libraries.length).toBeGreaterThan(1);
  for (const file of libraries) {
    expect(
      patterns.some((pattern) => matchesGlob(file, pattern)),
      file,
    ).toBe(true);
  }
});

const onnxruntime = 'node_modules/onnxruntime-node/bin/napi-v6';
const sqlite = 'node_modules/better-sqlite3/prebuilds';
const onWindows = [
  'DirectML.dll',
  'dxcompiler.dll',
  'dxil.dll',
  'onnxruntime.dll',
  'onnxruntime_binding.node',
];

test.each([
  ['linux', 'x64', 'linux/x64', 'linux-x64', ['libonnxruntime.so.1', 'onnxruntime_binding.node']],
  ['linux', 'arm64', 'linux/arm64', 'linux-arm64', ['libonnxruntime.so.1', 'onnxruntime_binding.node']],
  ['mac', 'arm64', 'darwin/arm64', 'darwin-arm64', ['libonnxruntime.1.dylib', 'onnxruntime_binding.node']],
  ['win', 'x64', 'win32/x64', 'win32-x64', onWindows],
  ['win', 'arm64', 'win32/arm64', 'win32-arm64', onWindows],
] as const)('a package for %s on %s has the libraries of that system, whichever it is built on', (...row) => {
  const [system, arch, folder, prebuilt, names] = row;
  const patterns = configuration[system]?.files as string[];
  // The packager's own: a pattern that excludes says so at its beginning, and ${platform} would be the system that builds.
  const expand = (pattern: string) =>
    pattern.replaceAll('${arch}', arch).replaceAll('${platform}', process.platform);
  const excluding = patterns.filter((pattern) => pattern.startsWith('!'));
  const filter = new FileMatcher(root, root, expand, ['**/*', ...excluding]).createFilter();
  const packed = libraries.filter((file) => filter(join(root, file), stat));
  const expected = [`${sqlite}/${prebuilt}.node`, ...names.map((name) => `${onnxruntime}/${folder}/${name}`)];
  expect(packed).toEqual(expected.sort());
});

/** As much of a file's facts as the filter asks for. */
const stat = { isDirectory: () => false } as Parameters<ReturnType<FileMatcher['createFilter']>>[1];

test('what is said of the program in several places is the same', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>;
  const shell = readFileSync(join(root, 'main/shell/app.ts'), 'utf8');
  expect(shell).toContain(`'${configuration.appId}'`);
  expect(manifest['productName']).toBe(configuration.productName);
  // Without these two a .deb is not built; with a name alone it is no valid maintainer.
  expect(manifest['homepage']).toMatch(/^https:\/\//);
  expect(configuration.linux?.maintainer).toMatch(/^[^<>]+ <[^<>@\s]+@[^<>@\s]+>$/);
  expect(configuration.fileAssociations).toMatchObject([{ ext: 'espalier' }]);
  expect(configuration.publish).toBeNull();
});
