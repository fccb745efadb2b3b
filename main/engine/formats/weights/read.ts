import { inputError } from '../../../contract/errors.ts';
import { locate, type Place, readBytes } from '../../data/files/place.ts';
import { parseNpy } from '../../data/npz/npy.ts';
import { ZipFile } from '../../data/zip.ts';
import type { TensorData } from '../../network/graph.ts';
import { readHead } from '../head.ts';
import { fromBfloat, fromHalf } from '../../base/half.ts';
import { readSafetensors } from '../safetensors/read.ts';

/** Named tensors of floats, in the order of the file. */
export type NamedTensors = ReadonlyMap<string, TensorData>;

/** A header's length of eight bytes, then a JSON object. */
export function isSafetensors(head: Uint8Array): boolean {
  return head.length > 9 && head[7] === 0 && head[6] === 0 && head[8] === 0x7b;
}

/** @throws EspalierError when the file is not there or holds no weights of a kind that is read */
export async function weightFormatOf(place: Place): Promise<'safetensors' | 'npz'> {
  const head = await readHead(place);
  if (isSafetensors(head)) return 'safetensors';
  if (head[0] === 0x50 && head[1] === 0x4b) return 'npz';
  throw inputError('weights/format', 'This is no file of weights of a kind that is read.', {
    file: place.shown,
    remedy: 'Give a .safetensors or an .npz file.',
  });
}

/**
 * The float tensors of a .safetensors or .npz file, whatever it is called; other types are left out.
 * @param shown the path as the user wrote it; relative ones start at `baseFolder`
 */
export async function readTensors(shown: string, baseFolder: string): Promise<NamedTensors> {
  const place = locate(baseFolder, shown);
  return (await weightFormatOf(place)) === 'npz' ? readNpz(place) : readStored(place);
}

async function readStored(place: Place): Promise<NamedTensors> {
  const { tensors } = readSafetensors(await readBytes(place), place.shown);
  const found = new Map<string, TensorData>();
  for (const { name, dtype, shape, data } of tensors) {
    if (dtype === 'F32') found.set(name, { shape, data: data as Float32Array });
    else if (dtype === 'F64') found.set(name, { shape, data: Float32Array.from(data as Float64Array) });
    else if (dtype === 'F16' || dtype === 'BF16') {
      const number = dtype === 'F16' ? fromHalf : fromBfloat;
      found.set(name, { shape, data: Float32Array.from(data as Uint16Array, number) });
    }
  }
  return found;
}

async function readNpz(place: Place): Promise<NamedTensors> {
  const zip = await ZipFile.open(place);
  try {
    const found = new Map<string, TensorData>();
    for (const entry of zip.entries) {
      if (!entry.name.endsWith('.npy')) continue;
      const { shape, values, type } = parseNpy(await zip.read(entry), place.shown, entry.name);
      if (!(values instanceof Float32Array || values instanceof Float64Array) || type.includes('int'))
        continue;
      const data = values instanceof Float32Array ? values : Float32Array.from(values);
      found.set(entry.name.slice(0, -'.npy'.length), { shape, data });
    }
    return found;
  } finally {
    await zip.close();
  }
}
