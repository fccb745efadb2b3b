import { z } from 'zod';
import { givenBudgetSchema } from './amount.ts';
import { cardSchema } from './card.ts';
import { exportFormatSchema } from './export-formats.ts';
import { dataSpecSchema } from './data.ts';
import { searchSpecSchema } from './search.ts';
import { logsSchema } from './logs.ts';
import { structureSpecSchema } from './structure.ts';
import { isModelPath, pathTo } from './paths.ts';

/**
 * What a person asks for: a network, data, a paradigm and a budget. A recipe is plain data (YAML or JSON), complete after
 * parsing (every default filled in), and with its seed it determines a run.
 */

/** Learning from a teacher: loss = (1 - weight) * cross-entropy + weight * T^2 * KL(teacher at T || student at T). */
const distillSchema = z
  .strictObject({
    weight: z.number().gt(0).max(1).default(0.7).describe("The teacher's share of the loss"),
    temperature: z
      .number()
      .min(0.1)
      .max(100)
      .default(4)
      .describe('T, by which both networks divide their logits; higher tells more of the wrong classes'),
  })
  .describe('Fine-tuning only: also learn from the answers of the dense network (Hinton et al. 2015)');

/** How one stage of training goes. The defaults suit the built-in digits and the zoo's networks. */
export const trainSpecSchema = z
  .strictObject({
    epochs: z.number().int().min(0).max(10_000).describe('Passes over the training data'),
    batchSize: z.number().int().min(1).max(8192).default(64).describe('Samples per step'),
    optimizer: z
      .enum(['sgd', 'adam', 'adamw'])
      .default('sgd')
      .describe('Update rule: SGD with momentum, Adam, or AdamW (decoupled weight decay)'),
    lr: z
      .number()
      .positive()
      .max(100)
      .default(0.02)
      .describe(
        'Peak learning rate; 0.0005 (Adam: 0.0001) where a training goes on with weights that came with the network',
      ),
    momentum: z.number().min(0).lt(1).default(0.9).describe('Momentum of SGD'),
    nesterov: z.boolean().default(false).describe('Nesterov momentum (SGD only)'),
    weightDecay: z
      .number()
      .min(0)
      .max(1)
      .default(1e-4)
      .describe('Weight decay on weights, not on biases or norms'),
    schedule: z
      .enum(['constant', 'step', 'cosine'])
      .default('cosine')
      .describe('How the learning rate falls over the stage'),
    milestones: z
      .array(z.number().gt(0).lt(1))
      .max(16)
      .default([0.5, 0.75])
      .describe('For the step schedule: fractions of the stage at which the rate is multiplied by gamma'),
    gamma: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.1)
      .describe('For the step schedule: the factor at each milestone'),
    warmup: z.number().min(0).max(1000).default(0).describe('Epochs of linear warm-up from zero'),
    labelSmoothing: z.number().min(0).lt(1).default(0).describe('Label smoothing of the cross-entropy'),
    distill: distillSchema.optional(),
  })
  .describe('One stage of training');
export type TrainSpec = z.infer<typeof trainSpecSchema>;

/** Settings of what goes on while the network trains; each belongs to the paradigms that its description names. */
export const dynamicsOptionsSchema = z
  .strictObject({
    every: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('SET, RigL: steps from one mask update to the next'),
    fraction: z
      .number()
      .gt(0)
      .lt(1)
      .optional()
      .describe(
        "SET, RigL: share of a layer's kept weights that an update replaces (RigL: the first update)",
      ),
    deviation: z
      .number()
      .min(0)
      .max(10)
      .optional()
      .describe(
        "SET: standard deviation of the weights that an update adds (0; 0.1 in the authors' code with sparse matrices)",
      ),
    normalize: z
      .boolean()
      .optional()
      .describe("Gibbs pruning: measure squared weights in units of their layer's variance"),
    hamiltonian: z
      .enum(['unary', 'kernel', 'filter'])
      .optional()
      .describe(
        'Gibbs pruning: draw the mask of each weight by itself (unary), or of convolutions by whole kernels or filters',
      ),
    weights: z
      .enum(['signed-constant', 'initial'])
      .optional()
      .describe(
        "Hidden networks: what the frozen weights are, one constant per layer with the initial weights' signs, or the initial weights",
      ),
  })
  .describe('Settings of sparse training and of learned masks');
export type DynamicsOptions = z.infer<typeof dynamicsOptionsSchema>;

/** With which statistics batch norms compute: those of the batch, or the running ones. */
const batchNormModeSchema = z.enum(['training', 'evaluation']);
export type BatchNormMode = z.infer<typeof batchNormModeSchema>;

/** What the kept weights of a lottery ticket restart from in place of their initial values. */
const restartSchema = z.enum([
  'reinitialize',
  'signed-reinitialize',
  'reshuffle',
  'signed-reshuffle',
  'constant',
  'signed-constant',
]);
export type Restart = z.infer<typeof restartSchema>;

/** Changes to the point of the framework that a paradigm presets; left out, the paradigm decides. */
export const pruneSpecSchema = z
  .strictObject({
    criterion: z
      .string()
      .optional()
      .describe('What decides which weights matter; see `espalier list criteria`'),
    structure: structureSpecSchema.optional(),
    scope: z
      .string()
      .optional()
      .describe(
        "How the budget is spread over layers: 'global', 'layerwise', 'erk', 'erdos-renyi' or 'by-hand'",
      ),
    layers: z
      .record(z.string(), z.number().min(0).max(1))
      .refine((layers) => Object.keys(layers).length <= 1000, 'at most 1000 layers')
      .optional()
      .describe(
        "For the scope 'by-hand': sparsity of single parameters by name; the others share the rest of the budget",
      ),
    epsilon: z
      .number()
      .gt(0)
      .max(1_000_000)
      .optional()
      .describe(
        "For the scope 'erdos-renyi': every layer has the density epsilon (n_in + n_out) / (n_in n_out) (20 in SET's code), and the budget must be what comes of it; found from the budget if left out",
      ),
    cap: z
      .number()
      .gt(0)
      .lt(1)
      .optional()
      .describe(
        "For the scope 'global': the most of any layer's weights, blocks or channels that may go, as a share of them (no limit if left out; 0.9 leaves every layer a tenth)",
      ),
    protect: z
      .boolean()
      .optional()
      .describe(
        'Keep at least one weight in every layer, so that none is emptied (true); the literature lets layers collapse',
      ),
    schedule: z
      .string()
      .optional()
      .describe("How the target is approached: 'one-shot', 'iterative', 'linear' or 'cubic'"),
    rounds: z
      .number()
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe('Rounds of an iterative or linear schedule'),
    epochs: z
      .number()
      .int()
      .min(0)
      .max(10_000)
      .optional()
      .describe(
        'Epochs of training during which a gradual schedule prunes, or per round of an iterative one',
      ),
    updatesPerEpoch: z
      .number()
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe('How many times per epoch a gradual schedule recomputes its masks'),
    rewind: z
      .number()
      .min(0)
      .max(10_000)
      .optional()
      .describe(
        'For lottery tickets: epochs of the dense training to whose weights the kept ones go back; 0 = initial',
      ),
    restart: restartSchema
      .optional()
      .describe(
        "For lottery tickets: what kept weights restart from in every round, in place of their initial values: values drawn anew, their layer's kept values permuted, or a constant (the standard deviation of the layer's initial values); 'signed-' keeps the initial signs",
      ),
    control: z
      .enum(['none', 'shuffle', 'reinitialize', 'invert', 'scratch'])
      .optional()
      .describe(
        'Sanity control: shuffle the mask within layers, draw fresh weights, keep the worst-scored weights, or, where channels leave, train the smaller network from scratch for as many epochs as the recipe trains in all',
      ),
    slimming: z
      .number()
      .gt(0)
      .max(1)
      .optional()
      .describe(
        "For the criterion 'bn-scale': strength of the penalty that pulls batch-norm scales towards zero in the training before pruning; 0.0001 in the paper, none if left out",
      ),
    batchNorm: batchNormModeSchema
      .optional()
      .describe(
        "For criteria that take gradients: batch norms while scoring use the batch's statistics ('training') or the running ones ('evaluation'); as the method's authors had it if left out",
      ),
    dynamics: dynamicsOptionsSchema.optional(),
    search: searchSpecSchema.optional(),
    recalibrate: z
      .boolean()
      .optional()
      .describe(
        'Give batch norm the exact statistics of the pruned network on the training data, after the last training and whenever channels left (true where widths are searched for, else false)',
      ),
    exclude: z
      .array(z.string())
      .max(1000)
      .optional()
      .describe(
        "Parameters that are never pruned, by name; 'first' and 'last' stand for those of the first and the last layer, and the name of a group of channels (`espalier inspect --groups`) for that group: its channels stay where whole ones leave, the weights that make them where single ones go",
      ),
  })
  .describe('Overrides of what the paradigm presets');
export type PruneSpec = z.infer<typeof pruneSpecSchema>;

export const recipeSchema = z
  .strictObject({
    version: z.literal(1).default(1).describe('Version of this format'),
    name: z.string().min(1).max(200).optional().describe('For people'),
    network: pathTo(
      z
        .string()
        .min(1)
        .max(4096)
        .describe('A name of the zoo (`espalier list networks`) or the path of a model file'),
      { kind: 'model' },
    ),
    output: z
      .string()
      .min(1)
      .max(4096)
      .optional()
      .describe(
        "For model files with several outputs: the one that tells the classes apart (`espalier inspect` lists them); found by the data's classes if left out",
      ),
    narrow: z
      .number()
      .gt(0)
      .max(0.9999)
      .optional()
      .describe(
        'For networks of the zoo: hidden layers narrower by a common factor, so that there are as many parameters as this sparsity would leave',
      ),
    init: z
      .enum(['he-normal', 'glorot-normal', 'glorot-uniform', 'lecun-normal'])
      .optional()
      .describe(
        'How weights are drawn where they are: normal with variance 2/fan-in (He), normal or uniform with 2/(fan-in + fan-out) (Glorot), or normal with 1/fan-in and cut off at two deviations (LeCun); as the network has it if left out',
      ),
    initScale: z
      .number()
      .positive()
      .max(10)
      .optional()
      .describe(
        "What the scales of batch norms begin with where weights are drawn: 0.5 in the code of network slimming's authors, 1 if left out",
      ),
    weights: pathTo(
      z
        .string()
        .min(1)
        .max(4096)
        .describe(
          'A file of weights for that network, .safetensors or .npz, by the names of its parameters or by those of PyTorch',
        ),
      { kind: 'file' },
    ).optional(),
    data: dataSpecSchema,
    seed: z.number().int().min(0).max(4_294_967_295).default(1).describe('Everything random derives from it'),
    dense: trainSpecSchema
      .optional()
      .describe(
        'Training of the dense network. Leave it out when weights come with the network: the dense network is then the file as it comes, and trained again only if you ask for it here. Methods that draw weights anew train those',
      ),
    baseline: z
      .boolean()
      .default(true)
      .describe(
        'Where pruning starts from the initial weights: also train the dense network, to compare with; a network that comes with weights is measured instead, never trained',
      ),
    paradigm: z.string().min(1).describe('How the network is pruned (`espalier list paradigms`)'),
    budget: givenBudgetSchema,
    prune: pruneSpecSchema.default({}),
    finetune: trainSpecSchema.optional().describe('Training after the last pruning, with the mask held'),
    export: z.array(exportFormatSchema).max(16).default(['onnx']).describe('Files to leave behind'),
    exportHead: z
      .enum(['kept', 'logits'])
      .optional()
      .describe(
        'What exported files answer with: as the file that the network came from does (kept, if left out), or logits',
      ),
    logs: logsSchema.optional(),
    card: cardSchema.optional(),
  })
  .describe('An Espalier recipe');
/** A recipe with every default filled in. */
export type Recipe = z.infer<typeof recipeSchema>;
/** A recipe as a person writes it. */
export type RecipeInput = z.input<typeof recipeSchema>;

/** Whether trained weights come with a recipe's network: it is a file, or a file of weights is named beside it. */
export function carriesWeights({ network, weights }: Pick<RecipeInput, 'network' | 'weights'>): boolean {
  return weights !== undefined || isModelPath(network);
}
