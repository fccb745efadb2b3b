import type { Context, Handlers } from './context.ts';

export function settingsHandlers({ store }: Context): Handlers<'settings'> {
  return {
    'settings.get': () => store.settings.get(),
    'settings.set': (change) => store.settings.set(change),
  };
}
