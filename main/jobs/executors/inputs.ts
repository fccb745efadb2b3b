import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { inputError } from '../../contract/errors.ts';
import { pathsIn } from '../../contract/paths.ts';
import { recipeSchema, type Recipe } from '../../contract/recipe.ts';
import { isInside } from '../../files/confine.ts';
import { sha256 } from '../../files/hash.ts';
import { fileError } from '../../files/problems.ts';
import type { FileEntry } from './job.ts';

/** What a recipe names, packed to travel. */
export interface Input {
  /** As the recipe names it. */
  readonly shown: string;
  readonly kind: 'file' | 'folder';
  /** Of a file: its name among `files`. */
  readonly main?: string;
  /** The folder that the files' names start from. */
  readonly root: string;
  readonly files: readonly FileEntry[];
  /** The list of files as text; its hash is the fingerprint of all. */
  readonly list: string;
  readonly fingerprint: string;
}

/**
 * Packs all files that a recipe names.
 * @param baseFolder where its relative paths start
 * @throws EspalierError for what is not there, or lies outside of the folder that it is said to lie in
 */
export async function inputsOf(recipe: Recipe, baseFolder: string): Promise<Input[]> {
  const found = new Map<string, Input>();
  for (const { field, parts } of pathsIn(recipeSchema, recipe)) {
    const [shown, inner] = parts;
    if (shown === undefined) continue;
    const full = resolve(baseFolder, shown);
    if (inner !== undefined && !isInside(full, resolve(full, inner))) {
      throw inputError('executor/outside', `This file is not in the folder ${shown}, and cannot travel.`, {
        field,
        file: inner,
        remedy: 'Put it there, or give workers and this machine the same storage (--storage).',
      });
    }
    if (!found.has(shown)) found.set(shown, await pack(shown, full));
  }
  return [...found.values()];
}

async function pack(shown: string, full: string): Promise<Input> {
  const failed = (error: unknown) => fileError(error, shown, 'read this');
  const folder = await stat(full).then(
    (facts) => facts.isDirectory(),
    (error: unknown) => {
      throw failed(error);
    },
  );
  const root = folder ? full : dirname(full);
  const names = folder ? await filesIn(full) : await besides(full);
  const files: FileEntry[] = [];
  for (const name of names.sort())
    files.push(
      await entryOf(root, name).catch((error: unknown) => {
        throw failed(error);
      }),
    );
  const list = JSON.stringify(files);
  const about = folder ? { kind: 'folder' as const } : { kind: 'file' as const, main: basename(full) };
  return { shown, root, files, list, fingerprint: sha256(list), ...about };
}

/** A file by its hash. */
export async function entryOf(root: string, name: string): Promise<FileEntry> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(join(root, name)) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.byteLength;
  }
  return { name: name.split(sep).join('/'), sha256: hash.digest('hex'), bytes };
}

/** All files below a folder, hidden ones not. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((name) => !name.split(sep).some((part) => part.startsWith('.')));
}

/** A file and those beside it that belong to it: the parts of a model, arrays of the same set. */
async function besides(file: string): Promise<string[]> {
  const own = basename(file);
  const kin = {
    '.npy': (name: string) => name.endsWith('.npy'),
    '.json': (name: string) => name.endsWith('.bin'),
    '.onnx': (name: string) => name.startsWith(own),
  }[extname(own).toLowerCase()];
  if (kin === undefined) return [own];
  const names = await filesIn(dirname(file));
  return [...new Set([own, ...names.filter((name) => basename(name) === name && kin(name))])];
}
