import { z } from 'zod';
import { named, type Step } from '../frame/study.ts';
import { activationNames } from './activations.ts';

const counts = (fallback: number[], most: number) =>
  z.array(z.int().min(1).max(most)).min(1).max(20).default(fallback);

export const parameters = z.strictObject({
  activation: z.enum(activationNames).default('sigmoid').meta(named('Activation', 'Of the hidden layer')),
  sizes: counts([6, 8, 12, 16, 24, 32, 48], 100).meta(
    named('Unknowns', 'Sizes of the signal; half as many numbers are measured'),
  ),
  widths: counts([16, 23, 32, 45, 64, 91, 128, 181, 256, 362, 512], 8192).meta(
    named('Widths', 'Hidden neurons'),
  ),
  draws: z.int().min(1).max(200).default(20).meta(named('Draws', 'Problems and networks at every width')),
  maxSteps: z
    .int()
    .min(10)
    .max(1_000_000)
    .default(25_000)
    .meta(named('Most steps', 'A descent that takes longer has failed', 'steps')),
  stopAt: z
    .number()
    .positive()
    .max(1)
    .default(1e-7)
    .meta(named('Success', 'Half the squared residual that counts as solved')),
  densities: z
    .array(z.number().gt(0).max(1))
    .max(20)
    .default([1, 0.5, 0.2, 0.1, 0.05])
    .meta(
      named(
        'Densities',
        'Shares of the trained layer that are kept, the rest pruned at random before training',
      ),
    ),
  prunedSize: z
    .int()
    .min(2)
    .max(100)
    .default(10)
    .meta(named('Unknowns, pruned', 'Of the networks that are pruned')),
  prunedWidth: z
    .int()
    .min(1)
    .max(8192)
    .default(256)
    .meta(named('Width, pruned', 'Of the networks that are pruned')),
  noise: z
    .number()
    .min(0)
    .max(1)
    .default(0.03)
    .meta(named('Noise', 'Standard deviation in the noisy signal')),
  pictureSide: z
    .int()
    .min(6)
    .max(24)
    .default(12)
    .meta(named('Picture', 'Its width and height', 'pixels')),
  pictureWidths: counts([128, 512, 2048], 4096).meta(named('Widths for the picture', 'Hidden neurons')),
  blur: z
    .number()
    .positive()
    .max(3)
    .default(0.5)
    .meta(named('Blur', "Standard deviation of the picture's blur", 'pixels')),
  pictureNoise: z
    .number()
    .positive()
    .max(1)
    .default(0.02)
    .meta(named('Noise of the picture', 'Standard deviation, of values from 0 to 1')),
  pictureSteps: z
    .int()
    .min(1)
    .max(100_000)
    .default(3000)
    .meta(named('Steps for the picture', 'At most', 'steps')),
});
export type Parameters = z.output<typeof parameters>;

const moments = z.array(
  z.object({ step: z.number(), time: z.number(), loss: z.number(), error: z.number() }),
);
const triedSchema = z.object({
  draws: z.array(
    z.object({
      success: z.boolean(),
      steps: z.number(),
      loss: z.number(),
      first: z.number(),
      least: z.number(),
      moved: z.number(),
      fell: z.boolean(),
      overBound: z.number(),
      error: z.number(),
      /** Smallest eigenvalue of A A^T. */
      smallest: z.number(),
    }),
  ),
  /** Of the first draw. */
  course: moments,
});
export type Tried = z.infer<typeof triedSchema>;

const greys = z.array(z.number());
export const result = z.discriminatedUnion('part', [
  triedSchema.extend({ part: z.literal('width') }),
  triedSchema.extend({ part: z.literal('density') }),
  z.object({ part: z.literal('noise'), noise: z.number(), length: z.number(), course: moments }),
  z.object({
    part: z.literal('picture'),
    side: z.number(),
    original: greys,
    blurred: greys,
    restored: greys,
    psnrBlurred: z.number(),
    psnr: z.number(),
    steps: z.number(),
    stopped: z.boolean(),
    loss: z.number(),
  }),
]);
export type Result = z.infer<typeof result>;

export type InverseStep = Step &
  (
    | { readonly part: 'width' | 'density'; readonly n: number; readonly k: number; readonly density: number }
    | { readonly part: 'noise' }
    | { readonly part: 'picture'; readonly k: number }
  );
