import { OnnxType } from '../../../protobuf/onnx.ts';

/** How whole weights are stored: as bytes of a type, `zeroPoint` more than they are. */
export interface WeightForm {
  readonly type: typeof OnnxType.uint8 | typeof OnnxType.int8;
  readonly zeroPoint: number;
  /** The whole number that the largest weight of an output becomes. */
  readonly largest: number;
  /** For the file's own account of itself. */
  readonly words: string;
}

/** Unsigned bytes around 128: onnxruntime's kernels for them add in 32 bits on every processor. */
export const UNSIGNED: WeightForm = {
  type: OnnxType.uint8,
  zeroPoint: 128,
  largest: 127,
  words: 'int8, unsigned weights',
};

/**
 * Signed bytes within seven bits. Processors without VNNI add two products of an unsigned and a signed byte in 16 bits that
 * saturate; 2 * 255 * 63 fits.
 */
export const SEVEN_BITS: WeightForm = {
  type: OnnxType.int8,
  zeroPoint: 0,
  largest: 63,
  words: 'int8, weights within 7 bits',
};
