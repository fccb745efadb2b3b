import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = new URL('../../../', import.meta.url).pathname;

/** The program under test, laid out as it is when it is installed. */
const programFolder = join(root, 'out', 'program-test');

/** Its command line. */
export const programEntry = join(programFolder, 'out', 'main', 'cli.js');

/** Builds the whole program as `npm run build` does, to a folder of its own. */
export async function buildProgram(): Promise<void> {
  const outDir = join(programFolder, 'out');
  await rm(programFolder, { recursive: true, force: true });
  await mkdir(outDir, { recursive: true });
  const own = { name: 'espalier', version: '0.0.0-test', type: 'module' };
  await writeFile(join(programFolder, 'package.json'), JSON.stringify(own));
  const builder = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const words = ['build', '--logLevel', 'warn', '--outDir', outDir];
  await promisify(execFile)(process.execPath, [builder, ...words], { cwd: root });
}
