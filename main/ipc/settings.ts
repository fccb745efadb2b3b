import { stat } from 'node:fs/promises';
import { inputError } from '../contract/errors.ts';
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
 * @throws EspalierError 'files/outside', 'files/missing', 'settings/not-a-folder'
 */
async function checked({ roots }: Context, places: Elsewhere): Promise<Elsewhere> {
  const redisFile = places.redisFile === null ? null : await roots.resolve(places.redisFile);
  const storage = places.storage === null ? null : await roots.resolve(places.storage);
  if (storage !== null && !(await stat(storage)).isDirectory()) {
    throw inputError('settings/not-a-folder', 'This is no folder.', {
      file: storage,
      field: 'storage',
      remedy: 'Choose the folder that all machines see.',
    });
  }
  return { ...places, redisFile, storage };
}
