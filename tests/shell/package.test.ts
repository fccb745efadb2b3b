import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { extractAll, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';
import { pack } from './stand-in.ts';
import type { Packed } from './stand-in.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const obstacle =
  process.platform !== 'linux'
    ? 'the stand-in for Electron is one for Linux'
    : existsSync(join(root, 'out/main/index.js'))
      ? null
      : 'nothing is built: npm run build';
const why = obstacle === null ? '' : ` (skipped: ${obstacle})`;

const isNative = (name: string) => /\.(node|dll|dylib|so)(\.\d+)*$/.test(name);
/** Native libraries outside of the archive, by the names of their files. */
const nativeIn = ({ folder }: Packed) =>
  readdirSync(join(folder, 'resources', 'app.asar.unpacked'), { recursive: true, encoding: 'utf8' })
    .filter(isNative)
    .sort();

describe.skipIf(obstacle !== null)(`a package${why}`, () => {
  const scratch = temporaryFolder();
  const app = join(scratch, 'app');
  const results = join(scratch, 'results');
  let linux: Packed;
  let windows: Packed;
  /** Runs the packed command line under plain Node: what is missing in the package is missing here. */
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [join(app, 'out/main/cli.js'), ...args], {
      cwd: scratch,
      env: { ...process.env, ESPALIER_HOME: join(scratch, 'home') },
    });

  beforeAll(async () => {
    linux = await pack(scratch, 'linux');
    windows = await pack(scratch, 'win');
    extractAll(join(linux.folder, 'resources', 'app.asar'), app);
  }, 240_000);

  test('holds the native libraries of its own system, outside of the archive, and no others', () => {
    const onnxruntime = 'node_modules/onnxruntime-node/bin/napi-v6';
    expect(nativeIn(linux)).toEqual([
      'node_modules/better-sqlite3/prebuilds/linux-x64.node',
      `${onnxruntime}/linux/x64/libonnxruntime.so.1`,
      `${onnxruntime}/linux/x64/onnxruntime_binding.node`,
    ]);
    expect(nativeIn(windows)).toEqual(
      [
        'node_modules/better-sqlite3/prebuilds/win32-x64.node',
        ...['DirectML.dll', 'dxcompiler.dll', 'dxil.dll', 'onnxruntime.dll', 'onnxruntime_binding.node'].map(
          (name) => `${onnxruntime}/win32/x64/${name}`,
        ),
      ].sort(),
    );
    // Where the packager stops for Windows: behind the packing, at the program's own file.
    expect(windows.words).toContain('addWinAsarIntegrity');
  });

  test('holds the program and what it needs, and nothing of what it is made from', () => {
    const files = listPackage(join(linux.folder, 'resources', 'app.asar'), { isPack: false }).map((name) =>
      name.slice(1),
    );
    for (const name of [
      'LICENSE',
      'resources/NOTICES.md',
      'resources/icon.png',
      'resources/recipes/demo.yaml',
      'out/renderer/index.html',
      'out/renderer/licenses.md',
      'out/preload/index.cjs',
      'out/main/engine.js',
      'out/main/hdf5.js',
    ])
      expect(files, name).toContain(name);
    const folders = new Set(files.map((name) => name.split('/')[0]));
    expect([...folders].sort()).toEqual(['LICENSE', 'node_modules', 'out', 'package.json', 'resources']);
    expect(files.filter((name) => /\.(ts|map)$|_test\.js$/.test(name))).toEqual([]);
    // What Vite has put into out/renderer, what only builds or tests, and other programs.
    const packages = ['vue', 'pinia', 'reka-ui', 'uplot', 'vue-router', '@vue', 'electron', 'vite', 'node'];
    expect(files.filter((name) => packages.some((each) => name === `node_modules/${each}`))).toEqual([]);
    const manifest = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).toMatchObject({ productName: 'Espalier', desktopName: 'espalier.desktop' });
  });

  test('is no larger than it has to be', () => {
    const bytes = (name: string) => statSync(join(linux.folder, 'resources', name)).size;
    // As measured, and room for what is to come: 18 MB, where it was 79 MB with all that a person never uses, and 15 MB of the
    // library that reads image formats.
    expect(bytes('app.asar') / 2 ** 20).toBeLessThan(42);
    const libraries = nativeIn(linux).map((name) => bytes(join('app.asar.unpacked', name)));
    expect(libraries.reduce((sum, size) => sum + size, 0) / 2 ** 20).toBeLessThan(60);
  });

  test('has its fuses set in the program itself', async () => {
    const wire = await getCurrentFuseWire(linux.program);
    // The digit 1, as it stands in the file.
    const enabled = 0x31;
    const on = (fuse: FuseV1Options) => Number(wire[fuse]) === enabled;
    expect({
      node: on(FuseV1Options.RunAsNode),
      options: on(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
      inspect: on(FuseV1Options.EnableNodeCliInspectArguments),
      integrity: on(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
      archive: on(FuseV1Options.OnlyLoadAppFromAsar),
      files: on(FuseV1Options.GrantFileProtocolExtraPrivileges),
    }).toEqual({ node: false, options: false, inspect: false, integrity: true, archive: true, files: false });
  });

  test('compresses the demo', async () => {
    const { stdout } = await run('demo', '--out', join(results, 'demo'), '--device', 'onnxruntime');
    expect(stdout).toMatch(/Checked: in onnxruntime, model\.onnx answers as the trained network does/);
  }, 240_000);

  test('compresses by a recipe and writes ONNX, Keras and TensorFlow.js, and reads its own .h5', async () => {
    const recipe = join(scratch, 'recipe.yaml');
    writeFileSync(
      recipe,
      [
        'network: lenet-300-100',
        'data: { kind: digits, train: 640, validation: 100, test: 100 }',
        'dense: { epochs: 1 }',
        'paradigm: magnitude-gradual',
        'budget: { sparsity: 0.5 }',
        'prune: { epochs: 1 }',
        'baseline: false',
        'export: [onnx, keras, tfjs]',
      ].join('\n'),
    );
    const out = join(results, 'compressed');
    const { stdout } = await run('compress', recipe, '--out', out, '--device', 'onnxruntime', '--json');
    const report = JSON.parse(stdout) as { sparsity: number; files: { path: string }[] };
    expect(report.sparsity).toBeCloseTo(0.5, 2);
    const written = report.files.map(({ path }) => path);
    expect(written).toEqual(expect.arrayContaining(['model.onnx', expect.stringMatching(/model\.json$/)]));
    const h5 = written.find((path) => path.endsWith('.h5'));
    expect(h5).toBeDefined();
    const inspected = await run('inspect', join(out, h5 ?? ''));
    expect(inspected.stdout).toContain('266,610');
  }, 240_000);

  test('serves the studio', async () => {
    const child = spawn(
      process.execPath,
      [join(app, 'out/main/cli.js'), 'serve', '--home', join(scratch, 'served'), '--json'],
      { cwd: scratch, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      const { link, port } = JSON.parse(line.toString()) as { link: string; port: number };
      const entered = await fetch(link, { redirect: 'manual' });
      const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
      const origin = `http://127.0.0.1:${port}`;
      const page = await fetch(`${origin}/`, { headers: { cookie } });
      const script = /src="([^"]+\.js)"/.exec(await page.text())?.[1] ?? '';
      expect((await fetch(new URL(script, `${origin}/`), { headers: { cookie } })).status).toBe(200);
      const catalog = await fetch(`${origin}/api/catalog.get`, {
        method: 'POST',
        headers: { cookie, origin, 'content-type': 'application/json' },
        body: 'null',
      });
      expect(await catalog.json()).toMatchObject({ ok: true });
    } finally {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }, 60_000);
});
