import type { ApiResult } from '../../main/contract/api.ts';
import { useNotices } from './notices.ts';

/** Follows an address as a click on a link would; beside the studio, or as a download. */
export function follow(url: string, how: { readonly target?: string; readonly download?: string }): void {
  const link = Object.assign(document.createElement('a'), { href: url, rel: 'noopener', ...how });
  link.click();
}

/** What is left to do when the studio has saved a file, or offers it for download. */
export function useSaved(): (name: string, saved: ApiResult<'artifacts.save'>) => void {
  const notices = useNotices();
  return (name, saved) => {
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
  };
}
