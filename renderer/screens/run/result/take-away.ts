import type { Artifact } from '../../../../main/contract/api.ts';
import { studio } from '../../../bridge/index.ts';
import { follow, useSaved } from '../../../stores/saved.ts';

/** What can be done with a file of a run. Both throw what the studio says. */
export function useTakeAway(): {
  readonly save: (artifact: Artifact) => Promise<void>;
  readonly open: (artifact: Artifact) => Promise<void>;
} {
  const saved = useSaved();
  return {
    async save({ id, name }) {
      saved(name, await studio.call('artifacts.save', { id }));
    },
    async open({ id }) {
      const opened = await studio.call('artifacts.open', { id });
      if (opened.how === 'address') follow(opened.url, { target: '_blank' });
    },
  };
}
