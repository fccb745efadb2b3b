import { z } from 'zod';

/** Cells of a picture of a mask, along each side, at the most. */
export const MASK_CELLS = 256;

/** A layer's mask seen from far: output channels down, input channels across, a kernel folded to the share that is kept of it. */
export const maskPictureSchema = z.object({
  /** The parameter, and its shape in the network as it is now: [out, in, ...]. */
  param: z.string(),
  shape: z.array(z.number().int().positive()),
  rows: z.number().int().positive().max(MASK_CELLS),
  columns: z.number().int().positive().max(MASK_CELLS),
  /** Row by row, the share that is kept of each cell, 0..255, as base64. */
  shares: z.string(),
  kept: z.number().int().nonnegative(),
  total: z.number().int().positive(),
  /** Output and input channels of which nothing is kept. */
  emptyOut: z.number().int().nonnegative(),
  emptyIn: z.number().int().nonnegative(),
});
export type MaskPicture = z.infer<typeof maskPictureSchema>;
