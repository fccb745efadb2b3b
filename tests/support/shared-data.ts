import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Real data sets and other people's models, which are not part of the repository. */
const SHARED = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

export function sharedData(path: string): string {
  return `${SHARED}${path}`;
}

/** For a test's title: empty when the data is there. */
export function missingData(path: string): string {
  return existsSync(sharedData(path)) ? '' : ` (skipped: ../shared/data/${path} is missing)`;
}
