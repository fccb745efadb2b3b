import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CliContext } from '../context.ts';
import { defaultDataFolder } from '../../files/folders.ts';
import type { CommonOptions } from '../options.ts';
import { count, withCommonOptions } from '../options.ts';
import type { Verb } from '../verb.ts';

interface Options extends CommonOptions {
  readonly port?: number;
  readonly open: boolean;
  readonly home?: string;
  readonly root?: string[];
}

export const serve: Verb = (program, context) => {
  const command = program
    .command('serve')
    .description('serve the studio to a browser on this machine, until Ctrl-C')
    .option('--port <n>', 'port on 127.0.0.1; any free one if left out', count)
    .option('--open', 'open the browser', false)
    .option('--home <folder>', "folder of the database and the runs; the user's own if left out")
    .option(
      '--root <folder...>',
      'folders that the screens may browse; home and the current folder if left out',
    );
  withCommonOptions(command).action(async (options: Options) => {
    // The database and the server are only loaded by the verb that needs them.
    const { BrowserDesk } = await import('../../ipc/desk.ts');
    const { openStudio } = await import('../../studio.ts');
    const { serve: start } = await import('../../serve/serve.ts');
    const desk = new BrowserDesk();
    const path = (folder: string) => resolve(context.cwd, folder);
    const studio = openStudio({
      dataFolder: options.home === undefined ? defaultDataFolder() : path(options.home),
      baseFolder: context.cwd,
      roots: options.root?.map(path) ?? [homedir(), context.cwd],
      version: context.version,
      startEngine: () => context.startEngine(),
      desk,
      program: join(context.root, 'resources', 'bin', 'espalier.mjs'),
    });
    try {
      const assets = join(context.root, 'out', 'renderer');
      const server = await start({ studio, desk, assets, port: options.port ?? 0, open: options.open });
      announce(context, options, { port: server.port, link: server.link() });
      await interrupted(context);
      if (!options.quiet && studio.busy) context.stderr.write('Ending the run; it can be resumed.\n');
      await server.close();
    } finally {
      await studio.close();
    }
  });
};

function announce(
  { stdout, stderr }: CliContext,
  { json, quiet }: Options,
  address: { port: number; link: string },
): void {
  stdout.write(json ? `${JSON.stringify(address)}\n` : `${address.link}\n`);
  if (quiet || json) return;
  stderr.write('The link lets one browser in, once. Ctrl-C ends the studio.\n');
  stderr.write(
    `From another machine: ssh -L ${address.port}:127.0.0.1:${address.port} this-machine, then the link.\n`,
  );
}

function interrupted(context: CliContext): Promise<void> {
  return new Promise((done) => {
    const ignore = context.onInterrupt(() => {
      ignore();
      done();
    });
  });
}
