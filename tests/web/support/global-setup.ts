import { chromiumPath, chromiumRemedy } from './browser.ts';
import { buildProgram } from './build-program.ts';
import { buildRenderer } from './build-renderer.ts';

/** Builds the renderer and the program once for all files, unless there is no browser to show them. */
export default async function setup(): Promise<void> {
  if (chromiumPath === null) console.warn(`Skipping the tests of the screens. ${chromiumRemedy}`);
  else await Promise.all([buildRenderer(), buildProgram()]);
}
