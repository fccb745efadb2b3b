const BINS = 0x10000;

/**
 * The k-th largest of the values, 1 <= k <= values.length, in linear time: two counting passes over the upper and the lower
 * half of the numbers' bits, in the order in which they sort. NaN must not occur.
 */
export function kthLargest(values: Float32Array, k: number): number {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const counts = new Uint32Array(BINS);
  for (let i = 0; i < bits.length; i++) {
    const bin = sortable(bits[i] as number) >>> 16;
    counts[bin] = (counts[bin] as number) + 1;
  }
  const upper = binOf(counts, k);
  counts.fill(0);
  for (let i = 0; i < bits.length; i++) {
    const key = sortable(bits[i] as number);
    if (key >>> 16 !== upper.bin) continue;
    const bin = key & 0xffff;
    counts[bin] = (counts[bin] as number) + 1;
  }
  const { bin } = binOf(counts, upper.rest);
  const key = ((upper.bin << 16) | bin) >>> 0;
  const result = new Uint32Array([key >>> 31 === 1 ? key ^ 0x80000000 : ~key]);
  return new Float32Array(result.buffer)[0] as number;
}

/** An unsigned integer that sorts as the float with these bits does. */
function sortable(bits: number): number {
  return (bits ^ ((bits >> 31) | 0x80000000)) >>> 0;
}

/** The bin of the k-th largest, and its rank within that bin. */
function binOf(counts: Uint32Array, k: number): { bin: number; rest: number } {
  let rest = k;
  for (let bin = BINS - 1; bin > 0; bin--) {
    const count = counts[bin] as number;
    if (rest <= count) return { bin, rest };
    rest -= count;
  }
  return { bin: 0, rest };
}
