import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createPackage } from '@electron/asar';

const root = fileURLToPath(new URL('../../', import.meta.url));
const builder = join(createRequire(import.meta.url).resolve('electron-builder/package.json'), '../cli.js');

/** Where fuses are in Electron's program: a mark, the version of the scheme, and one digit for each of its nine fuses. */
const fuseMark = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const fuses = Buffer.concat([Buffer.from(fuseMark), Buffer.of(1, 9), Buffer.from('111111111')]);

/** A folder that looks to the packager like Electron's: nothing in it can be started. */
async function standInElectron(folder: string, program: string): Promise<string> {
  const resources = join(folder, 'resources');
  const page = join(folder, '..', 'page');
  for (const made of [join(folder, 'locales'), resources, page]) mkdirSync(made, { recursive: true });
  for (const name of ['version', 'LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox', 'icudtl.dat'])
    writeFileSync(join(folder, name), '');
  writeFileSync(join(folder, 'locales', 'en-US.pak'), '');
  writeFileSync(join(folder, program), fuses, { mode: 0o755 });
  writeFileSync(join(page, 'package.json'), '{}');
  await createPackage(page, join(resources, 'default_app.asar'));
  return folder;
}

/** What the packager left. */
export interface Packed {
  /** The folder of the packed program, with resources/app.asar. */
  readonly folder: string;
  /** The program's file after its fuses were set. */
  readonly program: string;
  /** What the packager said. */
  readonly words: string;
}

/**
 * Packs the built app with the project's own configuration for one system, on a stand-in for Electron. For Windows the packager stops
 * when everything is packed: it wants to write into the program's file, which is none of Windows'.
 */
export async function pack(scratch: string, system: 'linux' | 'win'): Promise<Packed> {
  const program = system === 'linux' ? 'electron' : 'electron.exe';
  const electron = await standInElectron(join(scratch, `electron-${system}`), program);
  const output = join(scratch, `dist-${system}`);
  const args = [
    builder,
    '--config',
    'resources/electron-builder.ts',
    `--${system}`,
    'dir',
    '--x64',
    `-c.electronDist=${electron}`,
    `-c.directories.output=${output}`,
  ];
  const words = await promisify(execFile)(process.execPath, args, { cwd: root }).then(
    ({ stdout }) => stdout,
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
  const folder = join(output, `${system}-unpacked`);
  return { folder, program: join(folder, system === 'linux' ? 'espalier' : 'Espalier.exe'), words };
}
