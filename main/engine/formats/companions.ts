import { dirname, join } from 'node:path';
import { inputError } from '../../contract/errors.ts';
import { resolveInside } from '../../files/confine.ts';
import { type Place, readBytes, sizeOf } from '../data/files/place.ts';
import type { Companion } from './model-format.ts';
import { piecesOf } from '../data/files/pieces.ts';

/** Reads a whole file beside a model. @throws EspalierError as `openCompanion` does */
export async function readCompanion(model: Place, name: string): Promise<Uint8Array> {
  return (await openCompanion(model, name)).content();
}

/**
 * Finds a file beside a model. Names come from the model file, so they may not lead out of its folder, neither by '..' nor
 * by symbolic links.
 * @param model the model file
 */
export async function openCompanion(model: Place, name: string): Promise<Companion> {
  const shown = join(dirname(model.shown), name);
  const folder = dirname(model.full);
  const full = await resolveInside([folder], name, folder).catch((error: unknown) => {
    const code = (error as { problem?: { code: string } }).problem?.code;
    if (code === 'files/outside') {
      throw inputError('model/outside', `The model asks for '${name}', which lies outside its folder.`, {
        file: model.shown,
        field: name,
        remedy: 'Put all files of a model into one folder.',
      });
    }
    throw inputError('model/missing-file', `The model's file '${name}' is missing.`, {
      file: model.shown,
      field: name,
      remedy: `Copy it to ${shown}.`,
    });
  });
  const place = { shown, full };
  return {
    size: await sizeOf(place),
    content: () => readBytes(place),
    pieces: () => piecesOf(place),
  };
}
