import { z } from 'zod';
import { named, type Step } from '../frame/study.ts';

const counted = (most: number, fallback: number) => z.int().min(1).max(most).default(fallback);
const positive = (fallback: number) => z.number().positive().max(1000).default(fallback);

export const parameters = z.strictObject({
  points: counted(500, 30).meta(named('Points', 'Samples of the regression in one dimension')),
  noise: positive(0.1).meta(named('Noise', 'Standard deviation of its targets')),
  hidden: counted(200, 50).meta(named('Neurons', 'In each of the two hidden layers')),
  length: positive(0.6).meta(
    named(
      'Length',
      "Over which the Gaussian process's functions change, in one dimension; that of the table is chosen by the evidence",
    ),
  ),
  amplitude: positive(1).meta(named('Amplitude', "Of the Gaussian process's functions, in one dimension")),
  places: counted(200, 20).meta(named('Places', 'At which functions are compared')),
  bag: counted(1024, 48).meta(named('Bag', 'Functions that the critic sees in a step')),
  inner: counted(1000, 25).meta(named('Critic steps', 'For every step of the prior')),
  outer: z.int().min(0).max(2000).default(80).meta(named('Prior steps', 'Towards the Gaussian process')),
  chains: counted(20, 2).meta(named('Chains', 'Of the sampler')),
  samples: counted(1000, 50).meta(named('Samples', 'Kept of every chain')),
  burnIn: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(2000)
    .meta(named('Burn-in', 'Steps of a chain before the first sample', 'steps')),
  every: counted(10_000, 60).meta(named('Thinning', 'Steps from one sample to the next', 'steps')),
  lr: positive(0.01).meta(named('Step', 'Of the sampler')),
  alpha: z.number().gt(0).lt(1).default(0.05).meta(named('Friction', 'Of the sampler')),
  splits: z
    .int()
    .min(0)
    .max(50)
    .default(3)
    .meta(named('Splits', 'Of the table into training and test rows; 0 leaves it out')),
  table: z
    .string()
    .max(4096)
    .default('')
    .meta({
      ...named(
        'Table',
        'A CSV file with a header; if left out, the Friedman benchmark is drawn. Its columns that are no numbers are left out',
      ),
      names: 'file',
    }),
  target: z
    .string()
    .max(200)
    .default('')
    .meta(named('Target', "The table's column to be predicted; the last one if left out")),
  rows: counted(2000, 300).meta(named('Rows', 'Of the table at most, a tenth of them for testing')),
});
export type Parameters = z.output<typeof parameters>;

const priorState = z.object({
  rho: z.array(z.number()),
  squares: z.array(z.number()),
  distances: z.array(z.number()),
});
const scores = { rmse: z.number(), nll: z.number() };
const sampled = {
  ...scores,
  /** How well the chains have mixed; null for too few samples to tell. */
  mixing: z.object({ rHat: z.number(), effective: z.number() }).nullable(),
};
const moments = z.object({
  variance: z.number(),
  correlations: z.array(z.object({ distance: z.number(), correlation: z.number() })),
});
export const result = z.discriminatedUnion('part', [
  z.object({
    part: z.literal('process'),
    on: z.string(),
    /** The Gaussian process, and the noise that targets are taken to have under every prior. */
    length: z.number(),
    amplitude: z.number(),
    noise: z.number(),
    /** Of its exact posterior, by split. */
    scores: z.array(z.object({ split: z.number(), ...scores })),
  }),
  z.object({
    part: z.literal('agreement'),
    on: z.string(),
    process: moments,
    fixed: moments,
    fitted: moments,
  }),
  z.object({ part: z.literal('prior'), on: z.string(), state: priorState }),
  z.object({
    part: z.literal('curve'),
    prior: z.enum(['fixed', 'fitted']),
    ...sampled,
    grid: z.array(z.number()),
    mean: z.array(z.number()),
    /** Standard deviation of a new target. */
    deviation: z.array(z.number()),
    draws: z.array(z.array(z.number())),
    data: z.array(z.object({ x: z.number(), y: z.number() })),
  }),
  z.object({ part: z.literal('table'), prior: z.enum(['fixed', 'fitted']), split: z.number(), ...sampled }),
  z.object({
    part: z.literal('criteria'),
    weights: z.array(
      z.object({
        mean: z.number(),
        snrMeanField: z.number(),
        snrMarginal: z.number(),
        obd: z.number(),
        obs: z.number(),
      }),
    ),
    pruned: z.array(z.object({ criterion: z.string(), sparsity: z.number(), accuracy: z.number() })),
    dense: z.number(),
  }),
]);
export type Result = z.infer<typeof result>;

export type PriorStep = Step &
  (
    | { readonly part: 'process' | 'agreement'; readonly on: 'curve' | 'table' }
    | { readonly part: 'prior'; readonly on: 'curve' | 'table'; readonly steps: number }
    | { readonly part: 'curve'; readonly prior: 'fixed' | 'fitted' }
    | { readonly part: 'table'; readonly prior: 'fixed' | 'fitted'; readonly split: number }
    | { readonly part: 'criteria' }
  );
