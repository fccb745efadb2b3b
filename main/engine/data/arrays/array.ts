/** Values of an array in C order: numbers as narrow as keeps them, or texts. Whole numbers of 64 bits come as doubles. */
export type ArrayValues = Uint8Array | Float32Array | Float64Array | Int32Array | readonly string[];

/** An array of a file. */
export interface DataArray {
  readonly shape: readonly number[];
  readonly values: ArrayValues;
  /** For people: 'uint8', 'big-endian int32', 'text'. */
  readonly type: string;
}

/** For people: 'uint8, 60 x 28 x 28'. */
export function describeArray({ type, shape }: DataArray): string {
  return `${type}, ${shape.join(' x ') || 'a single value'}`;
}
