import { join, resolve } from 'node:path';
import { Argument } from 'commander';
import { inputError } from '../../contract/errors.ts';
import { writeStreamAtomic } from '../../files/atomic.ts';
import { defaultDataFolder } from '../../files/folders.ts';
import type { Store } from '../../store/store.ts';
import type { CliContext } from '../context.ts';
import { withCommonOptions } from '../options.ts';
import type { CommonOptions } from '../options.ts';
import type { Verb } from '../verb.ts';

interface Options extends CommonOptions {
  readonly home?: string;
  readonly out?: string;
}

/** The studio's projects as files, without the studio. */
export const project: Verb = (program, context) => {
  const command = program
    .command('project')
    .description(
      'write a project of the studio with all its runs into one file, or make a new project of one',
    )
    .addArgument(new Argument('<way>', 'which way').choices(['export', 'import']))
    .argument('<what>', 'to export: the name of a project, or its number; to import: the file')
    .option('--out <file>', 'where an export goes')
    .option('--home <folder>', "the studio's folder; the user's own if left out");
  withCommonOptions(command).action((way: string, what: string, options: Options) =>
    way === 'export' ? exportTo(context, what, options) : importFrom(context, what, options),
  );
};

async function exportTo(context: CliContext, name: string, options: Options): Promise<void> {
  if (options.out === undefined) {
    throw inputError('cli/out', 'An export needs a file to go to.', { field: '--out', remedy: 'Name one.' });
  }
  const { writeProject } = await import('../../archive/write.ts');
  const file = resolve(context.cwd, options.out);
  const written = await withStore(context, options, async (store) =>
    writeStreamAtomic(file, writeProject(store, found(store, name).id, context.version)),
  );
  context.stdout.write(`${options.json ? JSON.stringify({ file, ...written }) : file}\n`);
}

async function importFrom(context: CliContext, file: string, options: Options): Promise<void> {
  const { importProject } = await import('../../archive/import.ts');
  const made = await withStore(context, options, (store) => importProject(store, resolve(context.cwd, file)));
  context.stdout.write(`${options.json ? JSON.stringify(made) : `${made.name}, ${made.runs} runs`}\n`);
}

/** Opens the studio's database for as long as the work takes; not while the studio has it. */
async function withStore<T>(
  context: CliContext,
  { home }: Options,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const { lockFolder } = await import('../../store/lock.ts');
  const { openStore } = await import('../../store/store.ts');
  const folder = home === undefined ? defaultDataFolder() : resolve(context.cwd, home);
  const unlock = lockFolder(folder);
  try {
    const store = openStore(join(folder, 'espalier.db'));
    try {
      return await work(store);
    } finally {
      store.close();
    }
  } finally {
    unlock();
  }
}

function found(store: Store, name: string) {
  const all = store.projects.list();
  const named = all.filter((one) => one.name === name || String(one.id) === name);
  const [only] = named;
  if (only !== undefined && named.length === 1) return only;
  const list = all.map((one) => `${one.id} (${one.name})`).join(', ');
  throw inputError(
    'project/missing',
    only ? `Several projects are called ${name}.` : `There is no project ${name}.`,
    {
      remedy: list === '' ? 'There are none yet.' : `Name one by its number: ${list}.`,
    },
  );
}
