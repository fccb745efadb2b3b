import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** C compilers that are looked for, the likelier ones to make fast code first. */
const COMPILERS = ['gcc', 'clang', 'cc'] as const;
/** For this processor; compilers that do not know it by that name get the second. */
const FLAGS = [
  ['-std=c99', '-O3', '-march=native'],
  ['-std=c99', '-O3'],
] as const;
/** A network of millions of weights takes a compiler a minute. */
const LIMIT = 300_000;

/** The C compiler of this machine; undefined where there is none. */
export async function compiler(): Promise<string | undefined> {
  for (const name of COMPILERS) {
    const there = await execute(name, ['--version']).then(
      () => true,
      () => false,
    );
    if (there) return name;
  }
  return undefined;
}

/** What a compiler says of its version, and how it is called. */
export async function compilerVersion(name: string): Promise<string> {
  const { stdout } = await execute(name, ['--version']);
  return `${stdout.split('\n')[0] ?? name}, ${FLAGS[0].join(' ')}`;
}

/**
 * Compiles files in a folder to a program.
 * @returns the compiler's words where it could not; undefined where it could
 */
export async function compile(
  name: string,
  folder: string,
  files: readonly string[],
  program: string,
): Promise<string | undefined> {
  let said: string | undefined;
  for (const flags of FLAGS) {
    said = await execute(name, [...flags, ...files, '-o', program, '-lm'], {
      cwd: folder,
      timeout: LIMIT,
    }).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (said === undefined) return undefined;
  }
  return said;
}
