import type { NumberArray, NumberArrayType } from '../little-endian.ts';

/** Element types of safetensors files and the arrays that hold them; 8- and 16-bit floats stay as their bits. */
export const dtypes = {
  BOOL: Uint8Array,
  U8: Uint8Array,
  I8: Int8Array,
  F8_E5M2: Uint8Array,
  F8_E4M3: Uint8Array,
  I16: Int16Array,
  U16: Uint16Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  F32: Float32Array,
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
} as const satisfies Record<string, NumberArrayType>;
export type Dtype = keyof typeof dtypes;

/** One tensor of a file, row-major; `data` is of the array type that `dtypes` gives for its dtype. */
export interface NamedTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: NumberArray;
}

/** Key of the header under which the file's own texts stand; no tensor can have this name. */
export const METADATA_KEY = '__metadata__';
/** The header's length comes first, as a 64-bit number. */
export const LENGTH_BYTES = 8;

/** The file of masks that is left beside exported weights. */
export const MASKS_FILE = 'masks.safetensors';
