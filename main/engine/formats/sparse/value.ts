import { sizeOf } from '../../network/graph.ts';

/** Where a value of one sample lies: in a buffer, each axis with its stride. */
export interface Value {
  readonly buffer: number;
  /** Where the first number lies. */
  readonly offset: number;
  /** Without the batch. */
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** The planes of an image, with what lies between them. */
  readonly planes?: Planes;
}

/** How the channels of an image lie in a buffer: row after row, each with a gap behind it, plane after plane. */
export interface Planes {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** From one row to the next. */
  readonly row: number;
  /** From one plane to the next. */
  readonly plane: number;
  /** Values before the first plane and behind the last one. */
  readonly head: number;
  readonly tail: number;
  /** Whether everything between and around the rows must be zero. */
  readonly bordered: boolean;
}

/** Strides of a shape without gaps, row-major. */
export function compactStrides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** Whether a value lies without gaps, row-major: then any other shape of the same size is only another name. */
export function isCompact({ shape, strides }: Pick<Value, 'shape' | 'strides'>): boolean {
  const wanted = compactStrides(shape);
  return shape.every((size, axis) => size === 1 || strides[axis] === wanted[axis]);
}
