import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Versions that a result depends on. */
export function versions(): Record<string, string> {
  return {
    node: process.versions.node,
    tfjs: versionOf('@tensorflow/tfjs-core'),
    onnxruntime: versionOf('onnxruntime-node'),
  };
}

function versionOf(name: string): string {
  const { version } = require(`${name}/package.json`) as { version: string };
  return version;
}
