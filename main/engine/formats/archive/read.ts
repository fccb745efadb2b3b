import { zstdDecompressSync } from 'node:zlib';
import type { EspalierError } from '../../../contract/errors.ts';
import { EspalierError as Refusal, inputError } from '../../../contract/errors.ts';
import type { Network, WeightSet } from '../../network/graph.ts';
import { sizeOf } from '../../network/graph.ts';
import { verifyNetwork, verifyWeights } from '../../network/verify.ts';
import { parseJson } from '../json.ts';
import type { ImportedModel, ModelFile, ModelFormat } from '../model-format.ts';
import { fromHalf } from '../../base/half.ts';
import type { Header, SectionName, StoredTensor } from './layout.ts';
import { headerSchema, MAGIC, MAX_HEADER_BYTES, MAX_SECTION_BYTES, PREFIX_BYTES } from './layout.ts';

const NOTHING = new Uint8Array();
/** Bytes of a stored value. */
export const WIDTH = { float32: 4, float16: 2, int8: 1 } as const;

/** Numbers that a network may have for each byte of stored values, beside some that it may have anyway. */
const MAX_RATIO = 10_000;

/** Espalier's own archive of a pruned network. */
export const espalierArchive: ModelFormat = {
  id: 'espalier',
  label: 'Espalier archive (.espalier)',
  sniff: (head) => MAGIC.every((byte, i) => head[i] === byte),

  async read({ content, place }: ModelFile): Promise<ImportedModel> {
    return readArchive(await content(), place.shown);
  },
};

/**
 * Reads an .espalier file.
 * @param file what the user calls it, for messages
 * @throws EspalierError naming the part that is damaged
 */
export function readArchive(bytes: Uint8Array, file: string): ImportedModel {
  return readWhole(bytes, file).model;
}

/** The model of an .espalier file, and how each of its tensors is stored. @throws EspalierError as `readArchive` does */
export function readWhole(
  bytes: Uint8Array,
  file: string,
): { model: ImportedModel; stored: readonly StoredTensor[] } {
  const { header, sections } = unpack(bytes, file);
  const network = header.network as unknown as Network;
  const weights = tensorsOf(header, sections, file);
  try {
    verifyNetwork(network);
    verifyWeights(network, weights);
  } catch (error) {
    throw error instanceof Refusal ? new Refusal({ ...error.problem, file }) : error;
  }
  const model = { network, weights, metadata: header.metadata, producer: 'Espalier' };
  return { model, stored: header.tensors };
}

function refuse(message: string, file: string, field: string): EspalierError {
  return inputError('archive/damaged', `The archive is damaged: ${message}.`, {
    file,
    field,
    remedy: 'Copy or export it again.',
  });
}

function unpack(
  bytes: Uint8Array,
  file: string,
): { header: Header; sections: Record<SectionName, Uint8Array> } {
  if (bytes.length < PREFIX_BYTES) throw refuse('it ends inside its first bytes', file, 'header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(MAGIC.length, true);
  let at = PREFIX_BYTES;
  const take = (packed: number, limit: number, field: string): Uint8Array => {
    if (at + packed > bytes.length) throw refuse(`it ends inside its ${field}`, file, field);
    const part = bytes.subarray(at, at + packed);
    at += packed;
    try {
      return zstdDecompressSync(part, { maxOutputLength: Math.max(1, limit) });
    } catch (error) {
      throw refuse(error instanceof Error ? error.message : String(error), file, field);
    }
  };
  const parsed = headerSchema.safeParse(parseJson(take(length, MAX_HEADER_BYTES, 'header'), file, 'header'));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refuse(issue?.message ?? 'not as expected', file, ['header', ...(issue?.path ?? [])].join('.'));
  }
  const header = parsed.data;
  const sections: Record<SectionName, Uint8Array> = { masks: NOTHING, values: NOTHING, scales: NOTHING };
  for (const { name, packed, bytes: size } of header.sections) {
    const part = take(packed, size, name);
    if (part.length !== size)
      throw refuse(`its ${name} have ${part.length} bytes instead of ${size}`, file, name);
    sections[name] = part;
  }
  if (at !== bytes.length) throw refuse(`${bytes.length - at} bytes stand after its end`, file, 'end');
  return { header, sections };
}

/** The tensors, each with its zeros put back. */
function tensorsOf(header: Header, sections: Record<SectionName, Uint8Array>, file: string): WeightSet {
  const { tensors } = header;
  const total = tensors.reduce((sum, tensor) => sum + sizeOf(tensor.shape) * 4, 0);
  // Zeros cost nothing in the file, but a network of nothing else is none.
  const most = Math.min(MAX_SECTION_BYTES, 2 ** 26 + sections.values.length * MAX_RATIO);
  if (!(total <= most)) throw refuse(`it claims ${total} bytes of numbers`, file, 'tensors');
  const used = (width: number) =>
    tensors.reduce((sum, tensor) => sum + (WIDTH[tensor.type] > width ? tensor.stored : 0), 0);
  // Where each plane of bytes begins.
  const starts = [0, used(0), used(0) + used(1), used(0) + used(1) + used(2)];
  if (used(0) + used(1) + used(2) + used(3) !== sections.values.length) {
    throw refuse('its values are not as many as it says', file, 'values');
  }
  const places = [...starts];
  let [maskAt, scaleAt] = [0, 0];
  const weights: WeightSet = new Map();
  for (const tensor of tensors) {
    const size = sizeOf(tensor.shape);
    const fail = (message: string) => refuse(`tensor '${tensor.name}' ${message}`, file, tensor.name);
    const mask = sections.masks.subarray(maskAt, maskAt + tensor.maskBytes);
    maskAt += tensor.maskBytes;
    if (mask.length !== tensor.maskBytes) throw fail('has no whole mask');
    const kept = positions(tensor, mask, size);
    if (kept === undefined) throw fail('has a mask that does not fit its values');
    const width = WIDTH[tensor.type];
    const numbers = new Uint8Array(tensor.stored * width);
    for (let place = 0; place < width; place++) {
      const from = places[place] ?? 0;
      for (let i = 0; i < tensor.stored; i++) numbers[i * width + place] = sections.values[from + i] ?? 0;
      places[place] = from + tensor.stored;
    }
    const outputs = tensor.type === 'int8' ? (tensor.shape[0] ?? 1) : 0;
    const scales = new DataView(
      sections.scales.buffer,
      sections.scales.byteOffset,
      sections.scales.byteLength,
    );
    if (scaleAt + outputs * 4 > sections.scales.length) throw fail('has no whole scales');
    const view = new DataView(numbers.buffer);
    const data = new Float32Array(size);
    kept.forEach((place, i) => {
      if (tensor.type === 'float32') data[place] = view.getFloat32(i * 4, true);
      else if (tensor.type === 'float16') data[place] = fromHalf(view.getUint16(i * 2, true));
      else {
        const row = Math.floor(place / (size / outputs));
        data[place] = view.getInt8(i) * scales.getFloat32(scaleAt + row * 4, true);
      }
    });
    scaleAt += outputs * 4;
    weights.set(tensor.name, { shape: tensor.shape, data });
  }
  return weights;
}

/** Where the stored values belong; undefined when the mask has another number of places. */
function positions(
  { mask, stored }: StoredTensor,
  bytes: Uint8Array,
  size: number,
): Float64Array | undefined {
  if (stored > size) return undefined;
  const places = new Float64Array(stored);
  if (mask === 'none') return stored === size ? places.map((_, i) => i) : undefined;
  let count = 0;
  if (mask === 'bitmap') {
    if (bytes.length !== Math.ceil(size / 8)) return undefined;
    for (let i = 0; i < size; i++) {
      if (((bytes[i >> 3] ?? 0) >> (i & 7)) & 1) {
        if (count === stored) return undefined;
        places[count++] = i;
      }
    }
    return count === stored ? places : undefined;
  }
  let [place, gap, factor] = [-1, 0, 1];
  for (const byte of bytes) {
    gap += (byte & 127) * factor;
    factor *= 128;
    if (byte > 127) {
      if (factor > 2 ** 40) return undefined;
      continue;
    }
    place += gap + 1;
    if (count === stored || place >= size) return undefined;
    places[count++] = place;
    [gap, factor] = [0, 1];
  }
  return count === stored && factor === 1 ? places : undefined;
}
