import { statSync } from 'node:fs';
import { resolve } from 'node:path';

/** The only kind of file that is the program's own; others belong to other programs. */
const ending = '.espalier';

/** The archive that a start of the program names, as an absolute path; null where it names none that is there. */
export function archiveAmong(argv: readonly string[], workingFolder: string): string | null {
  const found = argv
    .slice(1)
    .filter((argument) => !argument.startsWith('-') && argument.toLowerCase().endsWith(ending))
    .map((argument) => resolve(workingFolder, argument))
    .findLast((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
  return found ?? null;
}

/** The address of the screen that an archive opens: a new run that begins with its network. */
export function routeFor(file: string): string {
  return `/new/network?file=${encodeURIComponent(file)}`;
}
