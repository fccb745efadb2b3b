import { chromiumPath, chromiumRemedy } from './browser.ts';
import { buildRenderer } from './build-renderer.ts';

/** Builds the renderer once for all files, unless there is no browser to show it. */
export default async function setup(): Promise<void> {
  if (chromiumPath === null) console.warn(`Skipping the tests of the screens. ${chromiumRemedy}`);
  else await buildRenderer();
}
