import type { Artifact } from '../../../../main/contract/api.ts';
import { studio } from '../../../bridge/index.ts';
import { useNotices } from '../../../stores/notices.ts';

/** Follows an address as a click on a link would; beside the studio, or as a download. */
function follow(url: string, how: { readonly target?: string; readonly download?: string }): void {
  const link = Object.assign(document.createElement('a'), { href: url, rel: 'noopener', ...how });
  link.click();
}

/** What can be done with a file of a run. Both throw what the studio says. */
export function useTakeAway(): {
  readonly save: (artifact: Artifact) => Promise<void>;
  readonly open: (artifact: Artifact) => Promise<void>;
} {
  const notices = useNotices();
  return {
    async save({ id, name }) {
      const saved = await studio.call('artifacts.save', { id });
      switch (saved.how) {
        case 'saved':
          notices.say(`${name} is saved as ${saved.path}`);
          break;
        case 'download':
          follow(saved.url, { download: '' });
          break;
        case 'cancelled':
          break;
      }
    },
    async open({ id }) {
      const opened = await studio.call('artifacts.open', { id });
      if (opened.how === 'address') follow(opened.url, { target: '_blank' });
    },
  };
}
