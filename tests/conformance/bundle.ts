import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = new URL('../..', import.meta.url).pathname;

/**
 * Bundles tfjs-core's published specs with one backend into a CommonJS file and returns its path. The specs are ES modules
 * without extensions, which Node cannot load by itself; the bundle lies under node_modules, where native packages resolve.
 */
export async function bundleSpecs(backend: string, providers: readonly string[]): Promise<string> {
  const folder = join(root, 'node_modules', '.cache', 'espalier-conformance');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${backend}-${providers.join('-')}.cjs`);
  await build({
    entryPoints: [join(root, 'tests', 'conformance', 'specs.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // One copy of tfjs-core: the ES modules that the specs import.
    mainFields: ['module', 'main'],
    external: ['jasmine', 'jasmine-core', 'node-fetch', 'onnxruntime-node', 'onnxruntime-node/*'],
    // tfjs-core marks its specs as free of side effects, which would drop them all.
    ignoreAnnotations: true,
    define: {
      CONFORMANCE_BACKEND: JSON.stringify(backend),
      CONFORMANCE_PROVIDERS: JSON.stringify(providers),
    },
    logLevel: 'error',
  });
  return outfile;
}
