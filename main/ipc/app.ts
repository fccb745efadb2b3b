import type { Context, Handlers } from './context.ts';

export function appHandlers({ desk, version, dataFolder, queries }: Context): Handlers<'app' | 'catalog'> {
  return {
    'app.info': () => ({ version, shell: desk.shell, dataFolder }),
    'app.devices': () => queries.devices(),
    'catalog.get': () => queries.catalog(),
  };
}
