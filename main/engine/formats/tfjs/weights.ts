import { z } from 'zod';
import type { EspalierError } from '../../../contract/errors.ts';
import { inputError } from '../../../contract/errors.ts';
import type { TensorData } from '../../network/graph.ts';
import { sizeOf } from '../../network/graph.ts';
import { littleEndianValues, type NumberArrayType } from '../little-endian.ts';
import { fromHalf } from '../onnx/read/half.ts';

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
}

/**
 * The weights of a TensorFlow.js model: groups of tensors one after the other, each group cut into files.
 * @param companion reads one of the files
 * @param file what the user calls the model, for messages
 */
export async function readManifest(
  manifest: unknown,
  companion: (name: string) => Promise<Uint8Array>,
  file: string,
): Promise<ManifestWeight[]> {
  const parsed = manifestSchema.safeParse(manifest);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw inputError('tfjs/manifest', `The weights manifest is damaged: ${issue?.message ?? ''}.`, {
      file,
      field: ['weightsManifest', ...(issue?.path ?? [])].join('.'),
    });
  }
  const weights: ManifestWeight[] = [];
  const seen = new Set<string>();
  for (const { paths, weights: stored } of parsed.data) {
    const parts: Uint8Array[] = [];
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
    weights.push(...cut(stored, new Joined(parts), paths.join(', '), file));
  }
  return weights;
}

/** Files as one run of bytes, without a copy of all of them. */
class Joined {
  readonly length: number;
  private readonly parts: readonly Uint8Array[];

  constructor(parts: readonly Uint8Array[]) {
    this.parts = parts;
    this.length = parts.reduce((sum, part) => sum + part.length, 0);
  }

  /** A view of a range within one file; a copy of one that reaches over several. */
  range(from: number, end: number): Uint8Array {
    const found: Uint8Array[] = [];
    let at = 0;
    for (const part of this.parts) {
      if (at < end && at + part.length > from) found.push(part.subarray(Math.max(0, from - at), end - at));
      at += part.length;
    }
    const [only] = found;
    return found.length === 1 && only !== undefined ? only : Buffer.concat(found);
  }
}

/** The tensors of a group; their sizes must add up to the bytes there are. */
function cut(stored: readonly Stored[], bytes: Joined, shards: string, file: string): ManifestWeight[] {
  let at = 0;
  const found = stored.map((entry): ManifestWeight => {
    const refuse = (message: string): EspalierError =>
      inputError('tfjs/weights', `weight '${entry.name}' ${message}`, {
        file,
        field: entry.name,
        remedy: `Check that ${shards} are complete.`,
      });
    const type = arrays[entry.quantization?.dtype ?? entry.dtype];
    if (type === undefined) throw refuse(`is of type ${entry.dtype}, which is not supported`);
    const count = sizeOf(entry.shape);
    const from = at;
    at += count * type.BYTES_PER_ELEMENT;
    if (!Number.isSafeInteger(at) || at > bytes.length) {
      throw refuse(`should end at byte ${at} of its files, but they have ${bytes.length}`);
    }
    const end = at;
    return {
      name: entry.name,
      shape: entry.shape,
      dtype: entry.dtype,
      read: () => ({
        shape: entry.shape,
        data: dequantized(littleEndianValues(type, bytes.range(from, end)), entry.quantization),
      }),
    };
  });
  if (at !== bytes.length) {
    throw inputError('tfjs/weights', `${bytes.length - at} bytes belong to no weight.`, {
      file,
      field: shards,
      remedy: 'Check that the files belong to this model.',
    });
  }
  return found;
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
