import { z } from 'zod';
import { named, type Step } from '../frame/study.ts';

export const parameters = z.strictObject({
  runs: z
    .array(z.string().min(1).max(4096))
    .max(2000)
    .default([])
    .meta({ ...named('Runs', 'Folders of finished runs'), names: 'runs' }),
  network: z
    .string()
    .min(1)
    .max(200)
    .default('vgg-16')
    .meta(
      named(
        'Published network',
        'Whose published curves are shown: lenet-300-100, lenet-5-caffe, vgg-11, vgg-16 or resnet-18',
      ),
    ),
});
export type Parameters = z.output<typeof parameters>;

export const result = z.object({
  folder: z.string(),
  name: z.string(),
  network: z.string(),
  data: z.string(),
  /** In the training, validation and test part. */
  samples: z.array(z.number()),
  method: z.string(),
  /** Which of the methods that every comparison needs it is. */
  baseline: z.enum(['random', 'magnitude']).nullable(),
  seed: z.number(),
  accuracy: z.number(),
  /** Test accuracy of the dense network of the same run. */
  dense: z.number().nullable(),
  /** All parameters of the dense network over those that are not zero. */
  compression: z.number(),
  /** Multiply-accumulates of the dense network over those by weights that are not zero. */
  speedUp: z.number(),
});
export type Result = z.infer<typeof result>;

export interface RunStep extends Step {
  readonly folder: string;
}
