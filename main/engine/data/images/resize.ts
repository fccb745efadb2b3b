/** For each place of the result along one axis: where its source run starts, and the weights of that run. */
interface Taps {
  readonly start: Int32Array;
  readonly weights: readonly Float64Array[];
}

/**
 * Triangle (bilinear) filter taps from `from` to `to` samples. When shrinking, the triangle is as wide as the ratio, so
 * every source sample counts and nothing aliases. Weights sum to one.
 */
function triangleTaps(from: number, to: number): Taps {
  const ratio = from / to;
  const support = Math.max(1, ratio);
  const start = new Int32Array(to);
  const weights = Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * ratio;
    const first = Math.max(0, Math.floor(centre - support));
    const last = Math.min(from - 1, Math.ceil(centre + support) - 1);
    start[i] = first;
    const run = Float64Array.from({ length: last - first + 1 }, (_, k) =>
      Math.max(0, 1 - Math.abs(first + k + 0.5 - centre) / support),
    );
    const total = run.reduce((sum, weight) => sum + weight, 0);
    return run.map((weight) => weight / total);
  });
  return { start, weights };
}

/** A plane of bytes scaled to another size, each axis on its own (the picture may be stretched). */
export function resizePlane(
  plane: Uint8Array,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
): Uint8Array {
  if (width === toWidth && height === toHeight) return plane;
  const across = triangleTaps(width, toWidth);
  const narrow = new Float32Array(height * toWidth);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < toWidth; x++) {
      const from = y * width + (across.start[x] ?? 0);
      let sum = 0;
      across.weights[x]?.forEach((weight, k) => {
        sum += weight * (plane[from + k] ?? 0);
      });
      narrow[y * toWidth + x] = sum;
    }
  }
  const down = triangleTaps(height, toHeight);
  const result = new Uint8Array(toHeight * toWidth);
  for (let y = 0; y < toHeight; y++) {
    const first = down.start[y] ?? 0;
    for (let x = 0; x < toWidth; x++) {
      let sum = 0;
      down.weights[y]?.forEach((weight, k) => {
        sum += weight * (narrow[(first + k) * toWidth + x] ?? 0);
      });
      result[y * toWidth + x] = Math.round(sum);
    }
  }
  return result;
}
