import { z } from 'zod';
import type { EspalierError } from '../../../contract/errors.ts';
import { inputError } from '../../../contract/errors.ts';
import { sizeOf } from '../../network/graph.ts';
import { littleEndianValues } from '../little-endian.ts';
import type { Dtype, NamedTensor } from './layout.ts';
import { dtypes, LENGTH_BYTES, METADATA_KEY } from './layout.ts';

/** A longer header is refused before it is parsed; the format's own library draws the line here too. */
const MAX_HEADER_BYTES = 100_000_000;

const entrySchema = z.strictObject({
  dtype: z.enum(Object.keys(dtypes) as [Dtype, ...Dtype[]]),
  shape: z.array(z.int().nonnegative()).max(16),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
const metadataSchema = z.record(z.string(), z.string());

type Entry = z.infer<typeof entrySchema>;
type NamedEntry = Entry & { readonly name: string };

/** What a file holds: its tensors in the order of the data, and the header's `__metadata__`. */
export interface SafetensorsFile {
  readonly tensors: readonly NamedTensor[];
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a .safetensors file. Tensors that are aligned are views of `file`, the others are copied.
 * @param name what the user calls the file, for messages
 * @throws EspalierError for a file that is cut off, has overlapping or missing parts, or sizes that contradict each other
 */
export function readSafetensors(file: Uint8Array, name?: string): SafetensorsFile {
  const end = headerEnd(file, file.length, name);
  const data = file.subarray(end);
  const { entries, metadata } = parseHeader(file.subarray(LENGTH_BYTES, end), data.length, name);
  const tensors = entries.map(({ name: tensor, dtype, shape, data_offsets }) => ({
    name: tensor,
    dtype,
    shape,
    data: littleEndianValues(dtypes[dtype], data.subarray(...data_offsets)),
  }));
  return { tensors, metadata };
}

/**
 * What a header says, checked: its tensors in the order of the data, and its metadata.
 * @param available bytes of the data behind it
 */
export function parseHeader(
  bytes: Uint8Array,
  available: number,
  name: string | undefined,
): { readonly entries: readonly NamedEntry[]; readonly metadata: SafetensorsFile['metadata'] } {
  let metadata: Record<string, string> = {};
  const entries: NamedEntry[] = [];
  for (const [key, value] of Object.entries(headerIn(bytes, name))) {
    if (key === METADATA_KEY) {
      metadata = checked(metadataSchema, value, key, name);
    } else {
      const entry = checked(entrySchema, value, key, name);
      checkExtent(key, entry, available, name);
      entries.push({ ...entry, name: key });
    }
  }
  entries.sort((a, b) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]);
  checkCoverage(entries, available, name);
  return { entries, metadata };
}

function refuse(message: string, file: string | undefined, field?: string): EspalierError {
  return inputError('safetensors/invalid', message, {
    file,
    field,
    remedy: 'Check that the file is a complete .safetensors file.',
  });
}

/**
 * Where the header of a file ends.
 * @param file its bytes, the first 8 at least
 * @param size of the whole file
 */
export function headerEnd(file: Uint8Array, size: number, name: string | undefined): number {
  if (size < LENGTH_BYTES) {
    throw refuse(`the file has ${size} bytes, too few for a safetensors header`, name);
  }
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) throw refuse(`the header claims ${length.toString()} bytes`, name);
  const end = LENGTH_BYTES + Number(length);
  if (end > size) {
    throw refuse(`the header claims ${length.toString()} bytes, but the file ends after ${size}`, name);
  }
  return end;
}

function headerIn(bytes: Uint8Array, name: string | undefined): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw refuse('the header is not JSON', name);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw refuse('the header is not a JSON object', name);
  }
  return header as Record<string, unknown>;
}

function checked<T>(schema: z.ZodType<T>, value: unknown, key: string, file: string | undefined): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = [key, ...(issue?.path ?? [])].join('.');
  throw refuse(`the header's entry '${place}' is wrong: ${issue?.message ?? 'not as expected'}`, file, place);
}

function checkExtent(key: string, entry: Entry, available: number, file: string | undefined): void {
  const [begin, end] = entry.data_offsets;
  const wanted = sizeOf(entry.shape) * dtypes[entry.dtype].BYTES_PER_ELEMENT;
  if (end < begin || end > available) {
    throw refuse(
      `tensor '${key}' should lie at bytes ${begin} to ${end}, but there are ${available}`,
      file,
      key,
    );
  }
  if (!Number.isSafeInteger(wanted) || end - begin !== wanted) {
    throw refuse(
      `tensor '${key}' has ${end - begin} bytes, but its shape [${entry.shape.join(', ')}] of ${entry.dtype} needs ${wanted}`,
      file,
      key,
    );
  }
}

/** The tensors, in order, must lie side by side and fill the file: gaps hide data, overlaps are a mistake. */
function checkCoverage(entries: readonly NamedEntry[], available: number, file: string | undefined): void {
  let at = 0;
  for (const {
    name,
    data_offsets: [begin, end],
  } of entries) {
    if (begin !== at) {
      throw refuse(`tensor '${name}' begins at byte ${begin} where ${at} was expected`, file, name);
    }
    at = end;
  }
  if (at !== available) throw refuse(`${available - at} bytes after the last tensor belong to none`, file);
}
