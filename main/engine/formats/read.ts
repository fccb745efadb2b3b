import { inputError } from '../../contract/errors.ts';
import { kindOf, locate, type Place, readBytes, sizeOf, within } from '../data/files/place.ts';
import { espalierArchive } from './archive/read.ts';
import { openCompanion } from './companions.ts';
import type { ImportedModel, ModelFormat } from './model-format.ts';
import { readHead } from './head.ts';
import { kerasArchive } from './keras/archive.ts';
import { kerasH5 } from './keras/h5.ts';
import { onnxModel } from './onnx/import.ts';
import { tfjsModel } from './tfjs/import.ts';
import { isSafetensors } from './weights/read.ts';

/** Every format that whole networks are read from. ONNX has no mark of its own and comes last. */
const modelFormats: readonly ModelFormat[] = [espalierArchive, kerasH5, kerasArchive, tfjsModel, onnxModel];

/** A model that was read, and what it was read as. */
export interface ReadModel extends ImportedModel {
  readonly notes: readonly string[];
  readonly format: Pick<ModelFormat, 'id' | 'label'>;
  /** Bytes of the file and of those beside it that it names. */
  readonly files: number;
  /** Names of those beside it. */
  readonly beside: readonly string[];
}

/** Where a model comes from, for people: 'ONNX (opset 17), by pytorch'. */
export function originOf({
  format,
  dialect,
  producer,
}: Pick<ReadModel, 'format' | 'dialect' | 'producer'>): string {
  const form = dialect === undefined ? format.label : `${format.label} (${dialect})`;
  return producer === '' ? form : `${form}, by ${producer}`;
}

/**
 * Reads a network with its weights from a file, whatever it is called: its content tells the format.
 * @param shown the path as the user wrote it; relative ones start at `baseFolder`. A folder stands for the model.json in it.
 * @param sampleShape of the data, where they are known: sizes that the file leaves open are theirs
 * @throws EspalierError naming the file and the place in it
 */
export async function readModel(
  shown: string,
  baseFolder: string,
  sampleShape?: readonly number[],
): Promise<ReadModel> {
  const place = await modelPlace(shown, baseFolder);
  const format = await formatOf(place);
  let files = await sizeOf(place);
  const beside: string[] = [];
  const model = await format.read({
    place,
    sampleShape,
    async content() {
      const { buffer, byteOffset, byteLength } = await readBytes(place);
      return new Uint8Array(buffer, byteOffset, byteLength);
    },
    async companion(name) {
      const found = await openCompanion(place, name);
      files += found.size;
      beside.push(name);
      return found;
    },
  });
  return {
    ...model,
    notes: model.notes ?? [],
    files,
    beside,
    format: { id: format.id, label: format.label },
  };
}

/** The file that a path of a recipe means. @throws EspalierError when it is not there */
export async function modelPlace(shown: string, baseFolder: string): Promise<Place> {
  const place = locate(baseFolder, shown);
  return (await kindOf(place)) === 'folder' ? within(place, 'model.json') : place;
}

/** @throws EspalierError when the file is of no format that is read */
export async function formatOf(place: Place): Promise<ModelFormat> {
  const head = await readHead(place);
  if (isSafetensors(head)) {
    throw inputError('model/weights-only', 'This file holds weights without a network.', {
      file: place.shown,
      remedy: 'Name a network of the zoo as `network`, and this file as `weights`.',
    });
  }
  const format = modelFormats.find((known) => known.sniff(head));
  if (format !== undefined) return format;
  throw inputError('model/format', 'This is no model file of a kind that is read.', {
    file: place.shown,
    remedy: `Give a file of one of these formats: ${modelFormats.map(({ label }) => label).join(', ')}.`,
  });
}
