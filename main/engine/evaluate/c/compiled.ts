import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inputError } from '../../../contract/errors.ts';
import type { CFiles } from '../../formats/own-program.ts';
import type { Account } from '../../formats/sparse/c/account.ts';
import { compile, compiler } from './compiler.ts';
import { mainProgram } from './program.ts';

const PROGRAM = 'program';

/** What has been compiled; it lies in folders that go with this process. */
const known = new WeakMap<CFiles, Promise<string>>();
const folders = new Set<string>();

/**
 * Where the program lies that files become, see `mainProgram`. The same files are compiled once.
 * @throws EspalierError where there is no compiler, or it cannot compile them
 */
export function compiled(files: CFiles, account: Account, shown: string | undefined): Promise<string> {
  const made = known.get(files) ?? make(files, account, shown);
  known.set(files, made);
  return made;
}

async function make(
  { source, header }: CFiles,
  account: Account,
  shown: string | undefined,
): Promise<string> {
  const refuse = (what: string, remedy: string) =>
    inputError('c/unsupported', `The C cannot be run. ${what}`, { file: shown, remedy });
  const name = await compiler();
  if (name === undefined) throw refuse('There is no C compiler.', 'Install gcc or clang.');
  const folder = await mkdtemp(join(tmpdir(), 'espalier-c-'));
  if (folders.size === 0) process.once('exit', clear);
  folders.add(folder);
  const { file } = account.names;
  await writeFile(join(folder, `${file}.c`), source);
  await writeFile(join(folder, `${file}.h`), header);
  await writeFile(join(folder, 'main.c'), mainProgram(account));
  const said = await compile(name, folder, [`${file}.c`, 'main.c'], PROGRAM);
  if (said !== undefined) {
    throw refuse(`${name} does not compile it: ${said}`, 'Give the files as Espalier has written them.');
  }
  return join(folder, PROGRAM);
}

function clear(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
