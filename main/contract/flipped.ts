import { z } from 'zod';
import { dataSummarySchema } from './catalog.ts';

/** Samples of which the reference and the compressed network answer differently: one right, the other wrong. */
export const MOST_FLIPPED = 50;

const classesSchema = z.array(z.number().int().nonnegative());

const flippedSampleSchema = z.object({
  /** Its place in the test part, from 0. */
  index: z.number().int().nonnegative(),
  /** Its file within the source, or its row there, in words; null where the reader does not tell. */
  from: z.string().nullable(),
  /** 'lost': only the reference is right; 'gained': only the compressed network. */
  way: z.enum(['lost', 'gained']),
  /** Class indices: one, or any number of them in multi-label data. Empty where an answer is no number. */
  label: classesSchema,
  before: classesSchema,
  after: classesSchema,
  /** Of images. */
  picture: dataSummarySchema.shape.thumbnails.element.nullable(),
  /** Of tables: the first values as they were read. */
  values: z.array(z.number()),
});
export type FlippedSample = z.infer<typeof flippedSampleSchema>;

export const flippedSchema = z.object({
  /** In the whole test part. */
  lost: z.number().int().nonnegative(),
  gained: z.number().int().nonnegative(),
  /** Some of them, lost ones first. */
  samples: z.array(flippedSampleSchema).max(MOST_FLIPPED),
});
export type Flipped = z.infer<typeof flippedSchema>;
