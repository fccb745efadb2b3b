import type { Dataset, Split } from './dataset.ts';

/** All that is needed to bring raw values of a split to normalised ones, fast. */
export interface Scaler {
  readonly values: Split['values'];
  readonly channels: number;
  /** Values of one channel of one sample: height * width, or 1. */
  readonly plane: number;
  readonly sampleSize: number;
  readonly sampleShape: readonly number[];
  /** (x - mean) / std = x * factor + offset, per channel. */
  readonly factor: Float64Array;
  readonly offset: Float64Array;
  /** For bytes: the 256 normalised values of each channel. */
  readonly table: Float32Array | undefined;
}

export function scaler(
  values: Split['values'],
  { sampleShape, normalization }: Pick<Dataset, 'sampleShape' | 'normalization'>,
): Scaler {
  const sampleSize = sampleShape.reduce((product, size) => product * size, 1);
  const channels = sampleShape[0] ?? 1;
  const factor = Float64Array.from(normalization.std, (std) => 1 / std);
  const offset = Float64Array.from(normalization.mean, (mean, c) => -mean / (normalization.std[c] ?? 1));
  let table: Float32Array | undefined;
  if (values instanceof Uint8Array) {
    table = new Float32Array(channels * 256);
    for (let i = 0; i < table.length; i++) {
      const c = i >> 8;
      table[i] = ((i & 255) - (normalization.mean[c] ?? 0)) / (normalization.std[c] ?? 1);
    }
  }
  return { values, channels, plane: sampleSize / channels, sampleSize, sampleShape, factor, offset, table };
}

/** Normalises the sample whose values start at `from` into `target` at `to`. */
export function scaleInto(scale: Scaler, from: number, target: Float32Array, to: number): void {
  for (let c = 0; c < scale.channels; c++) {
    scaleRun(scale, c, from + c * scale.plane, target, to + c * scale.plane, scale.plane, 1);
  }
}

/** Normalises `count` values of channel `c` from `from` on, written from `to` on with this step (1 or -1). */
export function scaleRun(
  scale: Scaler,
  c: number,
  from: number,
  target: Float32Array,
  to: number,
  count: number,
  step: number,
): void {
  const { values, table } = scale;
  if (table !== undefined) {
    const row = c << 8;
    for (let i = 0; i < count; i++) target[to + i * step] = table[row + (values[from + i] ?? 0)] ?? 0;
    return;
  }
  const factor = scale.factor[c] ?? 1;
  const offset = scale.offset[c] ?? 0;
  for (let i = 0; i < count; i++) target[to + i * step] = (values[from + i] ?? 0) * factor + offset;
}
