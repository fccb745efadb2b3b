const scratch = new DataView(new ArrayBuffer(4));

/** A number as the bits of half precision, rounded to nearest, ties to even (IEEE 754); too large ones become infinite. */
export function toHalf(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Below the smallest normal half, halves lie 2^-24 apart.
    const steps = Math.abs(value) * 2 ** 24;
    const floor = Math.floor(steps);
    const up = steps - floor > 0.5 || (steps - floor === 0.5 && floor % 2 === 1);
    return sign | (floor + (up ? 1 : 0));
  }
  const rounded = magnitude - 0x38000000 + 0x0fff + ((magnitude >>> 13) & 1);
  return sign | (rounded >>> 13);
}
