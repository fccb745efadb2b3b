import { z } from 'zod';
import type { EspalierError } from '../../../contract/errors.ts';
import { inputError } from '../../../contract/errors.ts';
import type { TensorData } from '../../network/graph.ts';
import { sizeOf } from '../../network/graph.ts';
import type { Companion } from '../model-format.ts';
import { littleEndianValues, type NumberArrayType } from '../little-endian.ts';
import { fromHalf } from '../../base/half.ts';

const quantizationSchema = z.looseObject({
  dtype: z.enum(['uint8', 'uint16', 'float16']),
  min: z.number().optional(),
  scale: z.number().optional(),
});
const weightSchema = z.looseObject({
  name: z.string(),
  shape: z.array(z.int().nonnegative()).max(16),
  dtype: z.string(),
  quantization: quantizationSchema.optional(),
});
const manifestSchema = z
  .array(
    z.looseObject({
      paths: z.array(z.string().min(1).max(4096)).max(100_000),
      weights: z.array(weightSchema).max(1_000_000),
    }),
  )
  .max(10_000);

type Stored = z.infer<typeof weightSchema>;

const arrays: Readonly<Record<string, NumberArrayType>> = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  float16: Uint16Array,
};

/** A stored tensor that is decoded when it is asked for. */
export interface ManifestWeight {
  readonly name: string;
  readonly shape: readonly number[];
  /** Numbers of this type are read as float32. */
  readonly dtype: string;
  read(): TensorData;
  /** Gives up the stored numbers: they will not be read again. */
  release(): void;
}

/** The weights of a model. */
interface Manifest {
  readonly weights: readonly ManifestWeight[];
  /** What a person should know of the files. */
  readonly notes: readonly string[];
}

/**
 * The weights of a TensorFlow.js model: groups of tensors one after the other, each group cut into files.
 * @param companion finds one of the files
 * @param file what the user calls the model, for messages
 */
export async function readManifest(
  manifest: unknown,
  companion: (name: string) => Promise<Companion>,
  file: string,
): Promise<Manifest> {
  const parsed = manifestSchema.safeParse(manifest);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw inputError('tfjs/manifest', `The weights manifest is damaged: ${issue?.message ?? ''}.`, {
      file,
      field: ['weightsManifest', ...(issue?.path ?? [])].join('.'),
    });
  }
  const weights: ManifestWeight[] = [];
  const notes: string[] = [];
  const seen = new Set<string>();
  for (const { paths, weights: stored } of parsed.data) {
    const parts: Companion[] = [];
    for (const path of paths) {
      // A file of weights read again and again would be a small file that fills the memory.
      if (seen.has(path)) {
        throw inputError('tfjs/manifest', `The weights manifest names '${path}' twice.`, {
          file,
          field: path,
        });
      }
      seen.add(path);
      parts.push(await companion(path));
    }
    const shards = paths.join(', ');
    const length = parts.reduce((sum, { size }) => sum + size, 0);
    const placed = cut(stored, length, shards, file);
    const surplus = length - placed.reduce((sum, { size }) => sum + size, 0);
    // Old converters leave some behind, and TensorFlow.js never looks at them.
    if (surplus > 0)
      notes.push(`${surplus} bytes at the end of ${shards} belong to no weight: they are left out.`);
    const bytes = await scattered(placed, parts);
    const short = placed[bytes.length];
    if (short !== undefined) throw incomplete(short.entry, 'is cut off', shards, file);
    for (const [i, place] of placed.entries()) weights.push(weightOf(place, bytes[i]));
  }
  return { weights, notes };
}

/** Where a tensor lies in the files of its group. */
interface Placed {
  readonly entry: Stored;
  readonly type: NumberArrayType;
  readonly size: number;
}

function incomplete(entry: Stored, message: string, shards: string, file: string): EspalierError {
  return inputError('tfjs/weights', `weight '${entry.name}' ${message}`, {
    file,
    field: entry.name,
    remedy: `Check that ${shards} are complete.`,
  });
}

/** The tensors of a group; there must be bytes for all of them. */
function cut(stored: readonly Stored[], length: number, shards: string, file: string): Placed[] {
  let at = 0;
  const found = stored.map((entry): Placed => {
    const type = arrays[entry.quantization?.dtype ?? entry.dtype];
    if (type === undefined) {
      throw incomplete(entry, `is of type ${entry.dtype}, which is not supported`, shards, file);
    }
    const size = sizeOf(entry.shape) * type.BYTES_PER_ELEMENT;
    at += size;
    if (!Number.isSafeInteger(at) || at > length) {
      const message = `should end at byte ${at} of its files, but they have ${length}`;
      throw incomplete(entry, message, shards, file);
    }
    return { entry, type, size };
  });
  return found;
}

/** The bytes of each tensor, in memory of its own; fewer tensors when the files end early. */
async function scattered(
  placed: readonly Placed[],
  parts: readonly Companion[],
): Promise<Uint8Array<ArrayBuffer>[]> {
  const whole: Uint8Array<ArrayBuffer>[] = [];
  let current: Uint8Array<ArrayBuffer> | undefined;
  let filled = 0;
  /** Goes on until a tensor wants bytes. */
  const next = (): void => {
    while (current === undefined || filled === current.length) {
      if (current !== undefined) whole.push(current);
      const place = placed[whole.length];
      current = place && new Uint8Array(place.size);
      filled = 0;
      if (current === undefined) return;
    }
  };
  next();
  for (const part of parts) {
    for await (const piece of part.pieces()) {
      for (let at = 0; at < piece.length && current !== undefined; next()) {
        const some = piece.subarray(at, at + current.length - filled);
        current.set(some, filled);
        filled += some.length;
        at += some.length;
      }
      // A file may have grown meanwhile.
      if (current === undefined) break;
    }
  }
  return whole;
}

function weightOf({ entry, type }: Placed, stored = new Uint8Array()): ManifestWeight {
  const { name, shape, dtype, quantization } = entry;
  let bytes = stored;
  return {
    name,
    shape,
    dtype,
    read: () => ({ shape, data: dequantized(littleEndianValues(type, bytes), quantization) }),
    release() {
      bytes = new Uint8Array();
    },
  };
}

/** value = stored * scale + min; half precision has neither. */
function dequantized(
  values: ArrayLike<number | bigint>,
  quantization: Stored['quantization'],
): Float32Array<ArrayBuffer> {
  // Most files: the numbers stay where they are.
  if (quantization === undefined && values instanceof Float32Array && values.buffer instanceof ArrayBuffer) {
    return new Float32Array(values.buffer, values.byteOffset, values.length);
  }
  const data = new Float32Array(values.length);
  if (quantization === undefined) {
    for (let i = 0; i < data.length; i++) data[i] = Number(values[i]);
  } else if (quantization.dtype === 'float16') {
    for (let i = 0; i < data.length; i++) data[i] = fromHalf(Number(values[i]));
  } else {
    const { scale = 1, min = 0 } = quantization;
    for (let i = 0; i < data.length; i++) data[i] = Number(values[i]) * scale + min;
  }
  return data;
}
