import { z } from 'zod';
import { named, type Step } from '../frame/study.ts';
import { panelNetworks } from './images.ts';

const shares = (fallback: number[]) => z.array(z.number().gt(0).max(1)).min(1).max(40).default(fallback);

export const parameters = z.strictObject({
  keep: shares([1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.004, 0.002, 0.001]).meta(
    named('Shares kept', 'Probabilities with which a weight is kept, 1 for the dense network'),
  ),
  draws: z
    .int()
    .min(1)
    .max(50)
    .default(4)
    .meta(named('Draws', 'Draws of data, weights and mask at every share')),
  classes: z.int().min(2).max(20).default(2).meta(named('Classes', 'Classes of the simulation')),
  neurons: z.int().min(1).max(2000).default(80).meta(named('Neurons', 'Hidden neurons a class')),
  dimension: z.int().min(2).max(20_000).default(1000).meta(named('Dimension', 'Numbers in a patch')),
  samples: z.int().min(2).max(5000).default(60).meta(named('Training samples', 'Of the simulation')),
  testSamples: z.int().min(10).max(20_000).default(1000).meta(named('Test samples', 'Of the simulation')),
  signal: z.number().positive().max(1000).default(2.5).meta(named('Feature', "Length of a class's feature")),
  noise: z.number().positive().max(1000).default(0.6).meta(named('Noise', 'Standard deviation of the noise')),
  init: z.number().positive().max(10).default(0.01).meta(named('First weights', 'Their standard deviation')),
  lr: z.number().positive().max(10).default(0.05).meta(named('Learning rate', 'Of gradient descent')),
  stopAt: z
    .number()
    .positive()
    .max(1)
    .default(0.01)
    .meta(named('Stop at', 'Training ends at this mean loss')),
  maxIterations: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(40_000)
    .meta(named('Most iterations', 'Training ends here at the latest', 'iterations')),
  data: z
    .string()
    .max(4096)
    .default('digits')
    .meta({
      ...named(
        'Images',
        'Images for the second half: digits, or KIND:PATH (idx:folder for MNIST and Fashion-MNIST); nothing leaves it out',
      ),
      names: 'data',
    }),
  networks: z
    .array(z.enum(panelNetworks))
    .max(2)
    .default(['dense', 'convolutional'])
    .meta(
      named(
        'Networks',
        'Of the images: dense (LeNet-300-100), convolutional (two layers of 16 and 32 channels)',
      ),
    ),
  sparsities: z
    .array(z.number().min(0).lt(1))
    .min(1)
    .max(40)
    .default([0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99])
    .meta(named('Sparsities', 'Of the networks on images')),
  imageDraws: z
    .int()
    .min(1)
    .max(20)
    .default(3)
    .meta(named('Draws on images', 'Of samples, weights and mask')),
  imageSamples: z
    .int()
    .min(20)
    .max(50_000)
    .default(500)
    .meta(named('Images to train on', 'Drawn from the training part')),
  wrongLabels: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.2)
    .meta(named('Wrong labels', 'Share of the training images with the label of another class')),
  epochs: z
    .int()
    .min(1)
    .max(1000)
    .default(80)
    .meta(named('Epochs', 'On images, at most', 'epochs')),
  stopImagesAt: z
    .number()
    .positive()
    .max(1)
    .default(0.05)
    .meta(named('Stop on images at', 'Training ends at this mean loss of an epoch')),
});
export type Parameters = z.output<typeof parameters>;

const simulated = z.object({
  part: z.literal('simulation'),
  loss: z.number(),
  accuracy: z.number(),
  iterations: z.number(),
  lost: z.number(),
  featureAlignment: z.number(),
  noiseAlignment: z.number(),
});
const trained = z.object({
  part: z.literal('images'),
  accuracy: z.number(),
  memorised: z.number(),
  loss: z.number(),
  epochs: z.number(),
});
export const result = z.discriminatedUnion('part', [simulated, trained]);
export type Result = z.infer<typeof result>;

export type PruningStep = Step &
  (
    | { readonly part: 'simulation'; readonly keep: number; readonly draw: number }
    | {
        readonly part: 'images';
        readonly network: (typeof panelNetworks)[number];
        readonly sparsity: number;
        readonly draw: number;
      }
  );
