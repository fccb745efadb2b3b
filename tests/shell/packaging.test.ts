import { readFileSync, readdirSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { validateConfiguration } from 'app-builder-lib/out/util/config/config.js';
import { DebugLogger } from 'builder-util';
import type { Configuration } from 'electron-builder';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url).pathname;
const read = () => parse(readFileSync(join(root, 'resources/electron-builder.yml'), 'utf8')) as Configuration;

test("the packager's configuration has the form that the packager expects", async () => {
  await expect(validateConfiguration(read(), new DebugLogger(false))).resolves.toBeUndefined();
  const wrong = { ...read(), asarUnpak: [] } as Configuration;
  await expect(validateConfiguration(wrong, new DebugLogger(false))).rejects.toThrow('asarUnpak');
});

test('every library that the system must load is kept out of the archive', () => {
  const patterns = read().asarUnpack as string[];
  const libraries = ['onnxruntime-node', 'better-sqlite3']
    .flatMap((name) =>
      readdirSync(join(root, 'node_modules', name), { recursive: true, encoding: 'utf8' }).map((file) =>
        join('node_modules', name, file),
      ),
    )
    .filter((file) => /\.(node|dylib|dll|so)(\.\d+)*$/.test(file));
  expect(libraries.length).toBeGreaterThan(1);
  for (const file of libraries) {
    expect(
      patterns.some((pattern) => matchesGlob(file, pattern)),
      file,
    ).toBe(true);
  }
});
