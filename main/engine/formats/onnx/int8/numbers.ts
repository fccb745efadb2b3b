/** The arithmetic of 8-bit networks: real = scale * (whole - zero point). */

/** Smallest and largest number that a value takes. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** How a value's numbers are written as whole numbers from 0 to 255. */
export interface ActivationScale {
  readonly scale: number;
  readonly zeroPoint: number;
}

/**
 * Asymmetric uint8 over a whole tensor. The range is widened to hold zero, which is then met exactly: padding and
 * rectified units stay zero.
 */
export function activationScale(range: Range): ActivationScale {
  const min = Math.min(0, range.min);
  const max = Math.max(0, range.max);
  const scale = Math.fround((max - min) / 255);
  // Numbers too small for a float32 scale are as good as zero.
  if (!(scale > 0) || !Number.isFinite(scale)) return { scale: 1, zeroPoint: 0 };
  return { scale, zeroPoint: Math.min(255, Math.max(0, Math.round(-min / scale))) };
}

export interface QuantizedLayer {
  /** Whole numbers from -largest to largest, in the weights' order; zeros are 0. */
  readonly weights: Int8Array;
  /** One for each output (axis 0 of the weights): max |w| / largest. */
  readonly scales: Float32Array;
  readonly bias: { readonly values: Int32Array; readonly scales: Float32Array } | undefined;
}

/** A bias is kept this far inside of 32 bits, so that sums with it do not run over. */
const LARGEST_BIAS = 2 ** 30;
/** Steps that a bias gets where all weights of its output are pruned and give no scale. */
const BIAS_STEPS = 2 ** 23;

/**
 * Symmetric whole weights with a scale for each output, and the bias as int32 in steps of (input scale * weight scale). The
 * scale of an output is max |w| / largest; it is larger only where the bias would leave 32 bits in such steps.
 * @param weights [out, ...]; all zeros of an output stay zeros
 * @param largest whole number that the largest weight of an output becomes, at most 127
 */
export function quantizeLayer(
  weights: Float32Array,
  outputs: number,
  bias: Float32Array | undefined,
  inputScale: number,
  largest: number,
): QuantizedLayer {
  const size = weights.length / outputs;
  const scales = new Float32Array(outputs);
  const whole = new Int8Array(weights.length);
  for (let o = 0; o < outputs; o++) {
    let top = 0;
    for (let i = o * size; i < (o + 1) * size; i++) top = Math.max(top, Math.abs(weights[i] ?? 0));
    const shift = Math.abs(bias?.[o] ?? 0) / inputScale;
    const scale = Math.fround(Math.max(top / largest, shift / (top === 0 ? BIAS_STEPS : LARGEST_BIAS)));
    // Without weights and bias any scale does.
    scales[o] = scale > 0 ? scale : 1;
    for (let i = o * size; i < (o + 1) * size; i++) {
      const steps = Math.round((weights[i] ?? 0) / (scales[o] ?? 1));
      whole[i] = Math.max(-largest, Math.min(largest, steps));
    }
  }
  if (bias === undefined) return { weights: whole, scales, bias: undefined };
  const biasScales = scales.map((scale) => scale * inputScale);
  const values = Int32Array.from(bias, (value, o) => Math.round(value / (biasScales[o] ?? 1)));
  return { weights: whole, scales, bias: { values, scales: biasScales } };
}
