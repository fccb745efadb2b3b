import { stat } from 'node:fs/promises';
import { EspalierError, inputError, toProblem } from '../contract/errors.ts';
import type { Elsewhere } from '../contract/executors.ts';
import type { Context, Handlers } from './context.ts';

export function settingsHandlers(context: Context): Handlers<'settings'> {
  const { store, desk } = context;
  return {
    'settings.get': () => store.settings.get(),
    'settings.set': async ({ elsewhere, ...change }) => {
      const settings = store.settings.set({
        ...change,
        ...(elsewhere !== undefined && { elsewhere: await checked(context, elsewhere) }),
      });
      desk.look(settings.theme);
      return settings;
    },
  };
}

/**
 * Places with paths that may be read here, in full.
 * @throws EspalierError 'files/outside', 'files/missing', 'settings/not-a-folder', naming the field
 */
async function checked({ roots }: Context, places: Elsewhere): Promise<Elsewhere> {
  const real = async (name: 'redisFile' | 'storage', folder: boolean): Promise<string | null> => {
    const given = places[name];
    if (given === null) return null;
    const field = `elsewhere.${name}`;
    const path = await roots.resolve(given).catch((error: unknown) => {
      throw new EspalierError({ ...toProblem(error), field });
    });
    if ((await stat(path)).isDirectory() === folder) return path;
    throw inputError('settings/not-a-folder', folder ? 'This is no folder.' : 'This is no file.', {
      file: given,
      field,
      remedy: folder ? 'Choose the folder that all machines see.' : 'Choose the file that holds the address.',
    });
  };
  return {
    ...places,
    redisFile: await real('redisFile', false),
    storage: await real('storage', true),
  };
}
