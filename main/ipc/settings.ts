import type { Context, Handlers } from './context.ts';

export function settingsHandlers({ store, desk }: Context): Handlers<'settings'> {
  return {
    'settings.get': () => store.settings.get(),
    'settings.set': (change) => {
      const settings = store.settings.set(change);
      desk.look(settings.theme);
      return settings;
    },
  };
}
