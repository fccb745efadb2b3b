import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { inputError } from '../contract/errors.ts';
import { fileError } from './problems.ts';

/** Whether `path` is `root` or lies below it, judged by the names alone: resolve symbolic links first. */
export function isInside(root: string, path: string): boolean {
  const way = relative(resolve(root), resolve(path));
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

const real = (path: string) =>
  realpath(path).catch((error: unknown) => {
    throw fileError(error, path, 'open this');
  });

/**
 * The real path (symbolic links resolved) of something that exists at or below one of the roots. Relative paths start at
 * `base`.
 * @throws EspalierError 'files/outside' when it lies elsewhere, 'files/missing' when it is not there
 */
export async function resolveInside(
  roots: readonly string[],
  path: string,
  base: string = roots[0] ?? '/',
): Promise<string> {
  const outside = () =>
    inputError('files/outside', 'This path is outside the folders that Espalier may read here.', {
      file: path,
      remedy: `Use a path below ${roots.join(' or ')}.`,
    });
  if (path.includes('\0')) throw outside();
  const named = resolve(base, path);
  const realRoots: string[] = [];
  for (const root of roots) {
    const found = await realpath(root).catch(() => null);
    if (found !== null) realRoots.push(found);
  }
  // Names outside are refused before they are looked up: whether they exist is nobody's business.
  const seemsInside = [...roots, ...realRoots].some((root) => isInside(root, named));
  if (!seemsInside) throw outside();
  const target = await real(named);
  if (!realRoots.some((root) => isInside(root, target))) throw outside();
  return target;
}
