import type { Context, Handlers } from './context.ts';

export function draftHandlers({ store }: Context): Handlers<'drafts'> {
  return {
    'drafts.get': () => store.draft.get(),
    'drafts.keep': ({ draft }) => {
      store.draft.keep(draft);
      return null;
    },
  };
}
