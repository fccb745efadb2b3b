import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What npm would hand out, tried as who gets it would: packed, installed with production packages alone into an empty folder, then the
 * demo and the studio for a browser. `npm run package:check`, after a build.
 */

const root = fileURLToPath(new URL('../../', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'espalier-package-'));
const app = join(scratch, 'app');
const windows = process.platform === 'win32';

function npm(cwd: string, ...args: string[]): string {
  return execFileSync(windows ? 'npm.cmd' : 'npm', args, { cwd, encoding: 'utf8', shell: windows });
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`not so: ${what}`);
  console.log(`  ${what}`);
}

/** Starts the installed studio, follows its link once, and ends it. */
async function studioAnswers(program: string): Promise<boolean> {
  const child = spawn(process.execPath, [program, 'serve', '--json', '--home', join(scratch, 'home')], {
    cwd: app,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const said = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
      child.once('exit', (code) => reject(new Error(`the studio ended with ${code}`)));
    });
    const { link } = JSON.parse(said) as { link: string };
    const first = await fetch(link, { redirect: 'manual' });
    const cookie = first.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const page = await fetch(new URL('/', link), { headers: { cookie } });
    const text = await page.text();
    const script = /src="([^"]+\.js)"/.exec(text)?.[1];
    if (page.status !== 200 || script === undefined) return false;
    return (await fetch(new URL(script, link), { headers: { cookie } })).status === 200;
  } finally {
    child.kill('SIGTERM');
  }
}

try {
  if (!existsSync(join(root, 'out/main/cli.js'))) throw new Error('nothing is built: npm run build');
  npm(root, 'pack', '--ignore-scripts', '--silent', '--pack-destination', scratch);
  const [tarball = ''] = readdirSync(scratch).filter((name) => name.endsWith('.tgz'));
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{"private": true}\n');
  // Without what is optional: the TensorFlow of the graphics card, and a Node beside this one.
  const install = ['install', '--omit=dev', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund'];
  npm(app, ...install, join(scratch, tarball));
  console.log(`${tarball}, installed with production packages alone:`);
  const installed = readdirSync(join(app, 'node_modules'));
  expect(!installed.some((name) => ['electron', 'vite', 'vue', 'vitest'].includes(name)), 'no development package came along'); // prettier-ignore
  const own = join(app, 'node_modules', 'espalier');
  expect(
    !existsSync(join(own, 'main')) && !existsSync(join(own, 'tests')),
    'no sources and no tests are in it',
  );
  expect(existsSync(join(own, 'resources/man/espalier.1')), 'the manual page is in it');
  const program = join(own, 'resources/bin/espalier.mjs');
  const told = execFileSync(process.execPath, [program, 'demo', '--json', '--quiet'], {
    cwd: app,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const report = JSON.parse(told) as { status: string; sparsity: number };
  expect(report.status === 'finished' && Math.abs(report.sparsity - 0.9) < 0.001, 'the demo prunes 90 %');
  expect(existsSync(join(app, 'runs/demo/model.onnx')), 'and leaves its ONNX file');
  expect(await studioAnswers(program), 'the studio answers a browser by its link');
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
