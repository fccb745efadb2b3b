import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

// Not called `require`: the build adds one of that name to any module in which it sees it.
const load = createRequire(import.meta.url);

/** Versions that a result depends on. */
export function versions(): Record<string, string> {
  return {
    node: process.versions.node,
    tfjs: versionOf('@tensorflow/tfjs-core'),
    onnxruntime: versionOf('onnxruntime-node'),
  };
}

function versionOf(name: string): string {
  const { version } = load(`${name}/package.json`) as { version: string };
  return version;
}

/** The program's own version, of the package.json above this file, wherever a build has put it. */
export function programVersion(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return version;
}
