import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { resolveInside } from './confine.ts';

/** The folders whose contents the screens may name, and what a person has picked besides. */
export class Roots {
  private readonly folders: string[];
  private readonly picked = new Set<string>();
  private readonly base: string;

  /** @param base where relative paths start */
  constructor(folders: readonly string[], base: string) {
    this.folders = [...new Set(folders.map((folder) => resolve(folder)))];
    this.base = resolve(base);
  }

  /** The folders to browse from. */
  get list(): readonly string[] {
    return this.folders;
  }

  /** Opens up a file or folder that a person chose in a native dialog. */
  allow(path: string): void {
    this.picked.add(resolve(path));
  }

  /**
   * The real path of something that may be read.
   * @throws EspalierError 'files/outside' or 'files/missing'
   */
  resolve(...path: readonly string[]): Promise<string> {
    return resolveInside([...this.folders, ...this.picked], join(...path), this.base);
  }

  /** Whether a real path is one of the folders to browse from. */
  async isRoot(path: string): Promise<boolean> {
    for (const folder of this.folders) {
      if ((await realpath(folder).catch(() => folder)) === path) return true;
    }
    return false;
  }
}
