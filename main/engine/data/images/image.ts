/** Samples of one plane: bytes, 16-bit values, or numbers as they are. */
export type Plane = Uint8Array | Uint16Array | Float32Array;

/** What an image file says of itself before it is decoded. */
export interface ImageHeader {
  readonly format: 'png' | 'jpeg' | 'webp' | 'gif' | 'bmp' | 'tiff';
  readonly width: number;
  readonly height: number;
  readonly grey: boolean;
  /** Bits of one value in the file; 32 for numbers with fractions. */
  readonly depth: number;
  /** Whether more pictures follow the first, which is the one that is read. */
  readonly several: boolean;
}

/** A decoded image: one grey plane, or red, green and blue, of height x width values. */
export interface Image {
  readonly header: ImageHeader;
  readonly width: number;
  readonly height: number;
  readonly planes: readonly Plane[];
  /** Whether pixels are transparent; that is dropped. */
  readonly transparent: boolean;
}

/** Pixels as a decoder gives them: `step` values each, of which the first one or three are colours and the fourth is opacity. */
export interface Pixels {
  readonly data: Plane;
  readonly step: number;
}

/** The planes that are wanted of pixels: one of luma (ITU-R BT.601), or red, green and blue. */
export function planesOf({ data, step }: Pixels, grey: boolean): Plane[] {
  if (!grey) return [0, 1, 2].map((c) => plane(data, step, step < 3 ? 0 : c));
  return [step < 3 ? plane(data, step, 0) : luma(data, step)];
}

/** Whether any pixel is not wholly opaque. */
export function isTransparent({ data, step }: Pixels): boolean {
  if (step !== 4 && step !== 2) return false;
  if (data instanceof Float32Array) return false;
  const opaque = data instanceof Uint8Array ? 255 : 65_535;
  for (let at = step - 1; at < data.length; at += step) if (data[at] !== opaque) return true;
  return false;
}

function blank(like: Plane, length: number): Plane {
  if (like instanceof Uint8Array) return new Uint8Array(length);
  return like instanceof Uint16Array ? new Uint16Array(length) : new Float32Array(length);
}

function plane(data: Plane, step: number, channel: number): Plane {
  const result = blank(data, data.length / step);
  for (let i = 0, at = channel; i < result.length; i++, at += step) result[i] = data[at] ?? 0;
  return result;
}

function luma(data: Plane, step: number): Plane {
  const result = blank(data, data.length / step);
  const whole = !(data instanceof Float32Array);
  for (let i = 0, at = 0; i < result.length; i++, at += step) {
    const value = 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
    result[i] = whole ? Math.round(value) : value;
  }
  return result;
}
