import type { ApiResult } from '../../../main/contract/api.ts';

/** What a person of the fixture has on the disk. */
export function folders(folder: string | null): ApiResult<'files.list'> {
  if (folder === null)
    return {
      folder: null,
      parent: null,
      entries: [{ name: 'Home', path: '/home/ada', folder: true, bytes: 0 }],
    };
  if (folder !== '/home/ada') return { folder, parent: '/home/ada', entries: [] };
  return {
    folder,
    parent: null,
    entries: [
      { name: 'fashion-mnist', path: '/home/ada/fashion-mnist', folder: true, bytes: 0 },
      { name: 'orchard photos', path: '/home/ada/orchard photos', folder: true, bytes: 0 },
      { name: 'iris.csv', path: '/home/ada/iris.csv', folder: false, bytes: 4551 },
    ],
  };
}
