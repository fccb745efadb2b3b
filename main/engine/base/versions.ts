import { createRequire } from 'node:module';

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
