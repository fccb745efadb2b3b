/** A small grey picture, row by row, 0 to 1: a ring, a bar and a dot. */
export function testPicture(side: number): Float64Array {
  const picture = new Float64Array(side * side);
  const at = (x: number, y: number, cx: number, cy: number) => Math.hypot(x - cx, y - cy);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [x, y] = [(column + 0.5) / side, (row + 0.5) / side];
      const ring = Math.abs(at(x, y, 0.42, 0.42) - 0.26) < 0.08;
      const bar = x > 0.72 && x < 0.84 && y > 0.15 && y < 0.85;
      const dot = at(x, y, 0.42, 0.42) < 0.09;
      picture[row * side + column] = ring || dot ? 1 : bar ? 0.7 : 0.1;
    }
  }
  return picture;
}

/** A Gaussian blur of a picture as a matrix [side^2, side^2]; every row adds up to one, also at the borders. */
export function blurMatrix(side: number, width: number): Float64Array {
  const n = side * side;
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) {
      const [dy, dx] = [Math.floor(i / side) - Math.floor(j / side), (i % side) - (j % side)];
      const value =
        Math.hypot(dx, dy) > 3.5 * width ? 0 : Math.exp(-(dx * dx + dy * dy) / (2 * width * width));
      out[i * n + j] = value;
      sum += value;
    }
    for (let j = 0; j < n; j++) out[i * n + j] = (out[i * n + j] as number) / sum;
  }
  return out;
}

/** Peak signal-to-noise ratio of a picture against another, in dB, for values from 0 to 1. */
export function psnr(picture: ArrayLike<number>, original: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < original.length; i++) sum += ((picture[i] ?? 0) - (original[i] ?? 0)) ** 2;
  return -10 * Math.log10(sum / original.length);
}
