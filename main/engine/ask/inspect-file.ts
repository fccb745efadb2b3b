import { stat } from 'node:fs/promises';
import type { NetworkSummary } from '../../contract/catalog.ts';
import { kindOf, locate, readBytes } from '../data/files/place.ts';
import type { TensorSummary } from '../formats/encodings.ts';
import { encodingBytes, sparsityOf } from '../formats/encodings.ts';
import { readHead } from '../formats/head.ts';
import type { TensorData } from '../network/graph.ts';

/** What a model file holds, as far as it can be said without running it. */
export interface InspectedFile {
  /** Null for files of weights without a network. */
  readonly summary: NetworkSummary | null;
  /** 'keras-h5', 'tfjs', 'safetensors', ... */
  readonly format: string;
  /** Of the file itself, and of those beside it that it names. */
  readonly bytes: number;
  readonly tensors: readonly TensorSummary[];
}

/**
 * Looks into a file of a network or of weights, whatever it is called.
 * @param shown the path as the user wrote it; relative ones start at `baseFolder`
 * @throws EspalierError naming the file and the place in it
 */
export async function inspectFile(shown: string, baseFolder: string): Promise<InspectedFile> {
  const { isSafetensors } = await import('../formats/weights/read.ts');
  const place = locate(baseFolder, shown);
  const head = (await kindOf(place)) === 'file' ? await readHead(place) : new Uint8Array();
  if (isSafetensors(head) || (await isNpz(shown, baseFolder, head))) {
    const { readTensors, weightFormatOf } = await import('../formats/weights/read.ts');
    const found = await readTensors(shown, baseFolder);
    const { size } = await stat(place.full);
    return { summary: null, format: await weightFormatOf(place), bytes: size, tensors: tensorsOf(found) };
  }
  const { originOf, readModel } = await import('../formats/read.ts');
  const { summarizeNetwork } = await import('../network/summary.ts');
  const model = await readModel(shown, baseFolder);
  const { network, weights, format, files } = model;
  const notes = [`${originOf(model)}.`, ...model.notes];
  const summary = { ...summarizeNetwork(network), notes, warnings: [] };
  if (format.id !== 'espalier')
    return { summary, format: format.id, bytes: files, tensors: tensorsOf(weights) };
  const { summarizeArchive } = await import('../formats/archive/summary.ts');
  const tensors = summarizeArchive(await readBytes(place), shown);
  return { summary, format: format.id, bytes: files, tensors };
}

/** An .npz is a zip as a .keras file is; only its entries tell them apart. */
async function isNpz(shown: string, baseFolder: string, head: Uint8Array): Promise<boolean> {
  if (head[0] !== 0x50 || head[1] !== 0x4b) return false;
  const { ZipFile } = await import('../data/zip.ts');
  const zip = await ZipFile.open(locate(baseFolder, shown));
  try {
    return zip.entries.some(({ name }) => name.endsWith('.npy'));
  } finally {
    await zip.close();
  }
}

function tensorsOf(named: ReadonlyMap<string, TensorData>): TensorSummary[] {
  return [...named].map(([name, { shape, data }]) => {
    const found = sparsityOf(new Uint32Array(data.buffer, data.byteOffset, data.length), 0x7fffffff);
    return {
      name,
      shape,
      elements: data.length,
      nonzero: found.nonzero,
      type: 'float32',
      encoding: 'dense',
      bytes: data.length * 4,
      encodings: encodingBytes(found, shape, 4),
    };
  });
}
