import type { Context, Handlers } from './context.ts';

export function storageHandlers({ storage }: Context): Handlers<'storage'> {
  return {
    'storage.get': () => storage.use(),
    'storage.reclaim': async ({ kind }) => {
      await storage.reclaim(kind);
      return storage.use();
    },
  };
}
