import { z } from 'zod';

const shapeSchema = z.array(z.number().int().positive());

/** How far the masks of two runs keep the same weights of one layer. */
const layerOverlapSchema = z.object({
  /** Parameter name. */
  name: z.string(),
  /** In either run; null where it has no mask for it. */
  shapes: z.tuple([shapeSchema.nullable(), shapeSchema.nullable()]),
  /** Weights that either keeps, and that both keep; null where the shapes do not agree. */
  kept: z.tuple([z.number().int(), z.number().int()]).nullable(),
  both: z.number().int().nullable(),
  /** Kept by both over kept by one or both, 0..1; 1 where neither keeps anything. Null where the shapes do not agree. */
  jaccard: z.number().min(0).max(1).nullable(),
  /** What masks that keep as many weights, each by chance, would come to. */
  byChance: z.number().min(0).max(1).nullable(),
});
export type LayerOverlap = z.infer<typeof layerOverlapSchema>;

export const maskOverlapSchema = z.array(layerOverlapSchema);
