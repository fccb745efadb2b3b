import { inputError, runError } from '../contract/errors.ts';
import type { EspalierError } from '../contract/errors.ts';

/** The code of a system error ('ENOENT'), or null. */
export function systemCode(error: unknown): string | null {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : null;
}

/** A failed file operation in words. `doing` completes 'Espalier could not ...': 'write this file'. */
export function fileError(error: unknown, file: string, doing: string): EspalierError {
  const code = systemCode(error);
  switch (code ?? '') {
    case 'ENOSPC':
    case 'EDQUOT':
      return runError('files/disk-full', `The disk is full: Espalier could not ${doing}.`, {
        file,
        remedy: 'Free some space, or choose a folder on another disk.',
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return inputError('files/no-permission', `Espalier is not allowed to ${doing}.`, {
        file,
        remedy: 'Change its permissions, or choose another place.',
      });
    case 'ENOENT':
      return inputError('files/missing', `Espalier could not ${doing}: it does not exist.`, {
        file,
        remedy: 'Check the path.',
      });
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EEXIST':
      return inputError('files/wrong-type', `Espalier could not ${doing}: something else has its name.`, {
        file,
        remedy: 'Choose another name.',
      });
    default:
      return runError(
        'files/failed',
        `Espalier could not ${doing}${code === null ? '' : ` (${code})`}.`,
        { file },
        error,
      );
  }
}
