import { MASK_CELLS, type MaskPicture } from '../../contract/mask-picture.ts';
import { keptMask, type KeptMask } from './kept-masks.ts';

/**
 * The mask of one parameter of a run as a picture of bounded size.
 * @param folder the run's
 * @returns null where the run has no mask for it
 * @throws EspalierError 'run/no-masks' where the folder holds no masks any more
 */
export async function maskPicture(folder: string, param: string): Promise<MaskPicture | null> {
  const mask = await keptMask(folder, param);
  return mask === null ? null : pictureOf(param, mask);
}

/** Neighbouring channels share a cell where there are more of them than cells: each cell is the share kept of all its weights. */
export function pictureOf(param: string, { shape, data }: KeptMask, cells = MASK_CELLS): MaskPicture {
  const [out = 1, into = 1] = shape;
  const kernel = data.length / (out * into);
  const rows = Math.min(out, cells);
  const columns = Math.min(into, cells);
  const sums = new Float64Array(rows * columns);
  const sizes = new Float64Array(rows * columns);
  const ofOut = new Float64Array(out);
  const ofIn = new Float64Array(into);
  let kept = 0;
  for (let o = 0; o < out; o++) {
    const row = Math.floor((o * rows) / out);
    for (let i = 0; i < into; i++) {
      const cell = row * columns + Math.floor((i * columns) / into);
      let here = 0;
      for (let k = 0; k < kernel; k++) if (Number(data[(o * into + i) * kernel + k]) !== 0) here++;
      sums[cell] = (sums[cell] as number) + here;
      sizes[cell] = (sizes[cell] as number) + kernel;
      ofOut[o] = (ofOut[o] as number) + here;
      ofIn[i] = (ofIn[i] as number) + here;
      kept += here;
    }
  }
  // What is kept at all is seen, however little of a cell it is.
  const shares = Uint8Array.from(sums, (sum, cell) => Math.ceil((255 * sum) / (sizes[cell] as number)));
  const empty = (counts: Float64Array) => counts.filter((count) => count === 0).length;
  return {
    param,
    shape: [...shape],
    rows,
    columns,
    shares: Buffer.from(shares).toString('base64'),
    kept,
    total: data.length,
    emptyOut: empty(ofOut),
    emptyIn: empty(ofIn),
  };
}
