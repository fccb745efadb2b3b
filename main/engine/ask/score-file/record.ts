import { z } from 'zod';
import { structureSpecSchema } from '../../../contract/structure.ts';
import { networkSchema } from '../../formats/archive/layout.ts';

const count = z.int().nonnegative();
const share = z.number().min(0).max(1);

const selectionSchema = z.strictObject({
  scope: z.string().describe('How the budget is spread over layers'),
  structure: structureSpecSchema,
  params: z.array(z.string()).describe('Parameters that are scored, in the order of `rounds/<n>/before`'),
  protect: z.boolean().describe('Every layer keeps at least one unit'),
  regrow: z.boolean().describe('What an earlier round pruned may come back'),
  invert: z
    .boolean()
    .describe('The control that keeps the worst: scores are written with their signs turned'),
  shares: z
    .strictObject({
      layers: z.record(z.string(), share).optional().describe('Sparsities of single parameters at `target`'),
      epsilon: z
        .number()
        .optional()
        .describe('Density of a layer at `target`, in (n_in + n_out) / (n_in n_out)'),
      target: share,
    })
    .optional()
    .describe('What the recipe says of layers, for scopes that listen to it'),
});

const roundSchema = z.strictObject({
  target: share.describe('Share of the scored weights that are pruned after this round'),
  samples: count.describe('Samples that were looked at, as many as `rounds/<n>/samples` has'),
});

const dataSchema = z.strictObject({
  name: z.string(),
  fingerprint: z.string().describe('sha-256 over samples, labels and splits'),
  part: z
    .enum(['train', 'validation', 'test'])
    .optional()
    .describe('Part of the source that `samples/row` counts in'),
  files: z.array(z.string()).optional().describe('File of each sample, where each has one of its own'),
  classes: z.array(z.string()),
  trainingSamples: count
    .optional()
    .describe('Samples of the whole training part, for criteria whose scores depend on it'),
  sampleShape: z.array(count).describe('[channels, height, width] or [features]'),
  mean: z.array(z.number()).describe('Normalisation: (value - mean) / std for each channel or feature'),
  std: z.array(z.number()),
  values: z.boolean().describe('Whether the file holds the samples themselves, as `samples/values`'),
});

/** What a score file says of itself, as JSON under `espalier.score` in its header. */
export const scoreRecordSchema = z
  .strictObject({
    version: z.literal(1),
    seed: z.int(),
    stage: z.string().describe('The stage of the plan that prunes'),
    criterion: z.string(),
    loss: z
      .enum(['softmax', 'sigmoid'])
      .describe(
        'Cross-entropy of a softmax over the classes, or of a sigmoid for each; the mean over a batch',
      ),
    batchNorm: z
      .enum(['training', 'evaluation'])
      .optional()
      .describe(
        "Of criteria that take gradients: batch norms use the batch's statistics or the running ones",
      ),
    temperature: z.number().positive().describe('Logits are divided by this before the loss'),
    batchSize: count
      .optional()
      .describe('Samples in a batch, the last may have fewer; absent where no data are looked at'),
    selection: selectionSchema,
    rounds: z.array(roundSchema).min(1),
    shuffled: z
      .boolean()
      .describe('Whether the control that shuffles layers made `shuffled/<parameter>` of the mask'),
    rho: z
      .record(z.string(), z.number().positive())
      .optional()
      .describe('Factors of the rescaling trick, which made `rescaled/<parameter>`'),
    data: dataSchema,
    device: z.string(),
    threads: z.int().positive().optional().describe('As asked for; all cores where absent'),
    versions: z.record(z.string(), z.string()),
    network: networkSchema.describe(
      'The graph: layers in order with their attributes, parameters with shapes and roles',
    ),
  })
  .describe('What `espalier score` writes beside its tensors');
export type ScoreRecord = z.infer<typeof scoreRecordSchema>;

/** Key of the record in the file's header. */
export const RECORD_KEY = 'espalier.score';

/** The JSON Schema (draft 2020-12) of the record. */
export function scoreRecordJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(scoreRecordSchema);
  return { $schema, title: 'Espalier scores', ...rest };
}
