import { z } from 'zod';
import { amountKindSchema } from './amount.ts';
import { constantsSchema, normalizeSchema } from './data.ts';
import { dataReadSchema } from './data-read.ts';
import { problemSchema } from './messages.ts';

/** What there is to choose from, made from the engine's registries: the wizard, the CLI and the docs show the same lists. */

const catalogEntrySchema = z.object({
  id: z.string(),
  label: z.string(),
  summary: z.string(),
  /** What papers and other tools call it. */
  aliases: z.array(z.string()).readonly().optional(),
});

/** A setting under a recipe's `prune` that a paradigm listens to. */
const settingSchema = z.object({
  /** Its name there: 'rounds', 'dynamics.every'. */
  field: z.string(),
  /** The values that go with the paradigm, where not all do. */
  values: z.array(z.string()).optional(),
  /** Values that go with these structures alone. */
  only: z.record(z.string(), z.array(z.string())).optional(),
  /** Values that mean a structure where the recipe names none: criteria of channels mean these. */
  means: z.record(z.string(), z.string()).optional(),
  /** What it is where the recipe leaves it open, if that is one value. */
  preset: z.union([z.number(), z.boolean()]).optional(),
  /** The schedules, scopes, criteria and structures with which it is listened to, where not with all. */
  schedules: z.array(z.string()).optional(),
  scopes: z.array(z.string()).optional(),
  criteria: z.array(z.string()).optional(),
  structures: z.array(z.string()).optional(),
});
export type Setting = z.infer<typeof settingSchema>;

const paradigmEntrySchema = catalogEntrySchema.extend({
  /** Branch of the survey: 'after training', 'lottery ticket', 'at initialisation', 'dynamic sparse training', 'sparse selection'. */
  branch: z.string(),
  /** When to choose it. */
  when: z.string(),
  /** What it costs: trainings, memory. */
  cost: z.string(),
  paper: z.object({ title: z.string(), authors: z.string(), year: z.number(), url: z.string() }).nullable(),
  /** What the wizard puts into the recipe's stages; each may be left out by the paradigm. */
  defaults: z.object({
    dense: z.number().int().nullable(),
    pruneEpochs: z.number().int().nullable(),
    finetune: z.number().int().nullable(),
  }),
  /** Epochs of `dense` where the network comes trained; null where the method needs no such training. */
  denseOfTrained: z.number().int().nullable(),
  /** What it does to weights that come with the network, where it throws them away; null where it goes on with them. */
  throwsAway: z.string().nullable(),
  /** What it takes where the recipe leaves it open. */
  presets: z.object({
    criterion: z.string(),
    structure: z.string(),
    scope: z.string(),
    schedule: z.string(),
    /** The criterion for networks to which the preset one does not apply; null where there is none. */
    otherwise: z.string().nullable(),
  }),
  /** Layers are fused, and no weights or channels pruned. */
  fuses: z.boolean(),
  settings: z.array(settingSchema),
});
export type ParadigmEntry = z.infer<typeof paradigmEntrySchema>;

const networkEntrySchema = catalogEntrySchema.extend({
  /** The shape it is meant for, without the batch: [channels, height, width]. */
  inputShape: z.array(z.number().int()),
  parameters: z.number().int(),
  macs: z.number().int(),
});
export type NetworkEntry = z.infer<typeof networkEntrySchema>;

const structureEntrySchema = catalogEntrySchema.extend({
  /** What it prunes leaves the network. */
  leaves: z.boolean(),
  /** A sparsity is the share of channels that leave, not of weights. */
  countsChannels: z.boolean(),
});
export type StructureEntry = z.infer<typeof structureEntrySchema>;

export const catalogSchema = z.object({
  networks: z.array(networkEntrySchema),
  data: z.array(catalogEntrySchema),
  paradigms: z.array(paradigmEntrySchema),
  criteria: z.array(catalogEntrySchema),
  structures: z.array(structureEntrySchema),
  scopes: z.array(catalogEntrySchema),
  schedules: z.array(catalogEntrySchema),
  budgets: z.array(catalogEntrySchema.extend({ id: amountKindSchema })),
  exports: z.array(
    catalogEntrySchema.extend({
      /** Of its main file, with the dot. */
      extension: z.string(),
      /** False for formats of weights without a network, of which nothing can be measured. */
      runs: z.boolean(),
    }),
  ),
});
export type Catalog = z.infer<typeof catalogSchema>;

/** Ways of bringing samples to a trained network, tried on a few of them; a good one is not held against others. */
const normalizationTriedSchema = z.object({
  /** Training samples that each way was tried on. */
  samples: z.number().int().positive(),
  /** The best first. */
  tried: z.array(
    z.object({
      /** For people: '0..1'. */
      label: z.string(),
      /** Share of right answers, 0..1. */
      accuracy: z.number(),
      /** Whether it is what the recipe says now. */
      used: z.boolean(),
      /** What to write under `data` for it. */
      set: z.object({ normalize: normalizeSchema.optional(), constants: constantsSchema.optional() }),
    }),
  ),
});
export type NormalizationTried = z.infer<typeof normalizationTriedSchema>;

/** A network as the screens may know it: layers and costs, no weights. */
export const networkSummarySchema = z.object({
  name: z.string(),
  inputShape: z.array(z.number().int()),
  classes: z.number().int(),
  /** The file's or the network's outputs; of several, with data, which one is used. */
  outputs: z
    .array(z.object({ name: z.string(), shape: z.array(z.number().int()), used: z.boolean().optional() }))
    .default([]),
  parameters: z.number().int(),
  prunable: z.number().int(),
  macs: z.number().int(),
  layers: z.array(
    z.object({
      name: z.string(),
      op: z.string(),
      outputShape: z.array(z.number().int()),
      parameters: z.number().int(),
      macs: z.number().int(),
      /** Parameters that can be pruned, by name. */
      weights: z.array(z.string()),
    }),
  ),
  /** Of a file: what a person should know of its reading, and what looks wrong with these data. */
  notes: z.array(z.string()).optional(),
  warnings: z.array(z.string()).optional(),
  /** Methods that cannot prune it and why, by id; told where it is known what of the network is used. */
  unsuited: z
    .object({
      criteria: z.record(z.string(), problemSchema),
      /** Those that ask more of it than their criterion does. */
      paradigms: z.record(z.string(), problemSchema),
    })
    .optional(),
  /** The data that it was fitted to, where there are any. */
  data: dataReadSchema.optional(),
  /** How it answers samples under several normalisations, where its weights came with it. */
  normalization: normalizationTriedSchema.optional(),
});
export type NetworkSummary = z.infer<typeof networkSummarySchema>;

/** A data set as the screens may know it. */
export const dataSummarySchema = z.object({
  name: z.string(),
  classes: z.array(z.string()),
  sampleShape: z.array(z.number().int()),
  /** Whether a sample may have several classes or none. */
  multiLabel: z.boolean(),
  sizes: z.object({ train: z.number(), validation: z.number(), test: z.number() }),
  /** Training samples of each class. */
  counts: z.array(z.number().int()),
  range: z.object({ min: z.number(), max: z.number() }),
  normalization: z.object({ mean: z.array(z.number()), std: z.array(z.number()) }),
  /** A few training samples for the eye; base64 of width x height x (1 or 3) bytes in row-major, channels-last order. */
  thumbnails: z.array(
    z.object({
      width: z.number(),
      height: z.number(),
      channels: z.number(),
      base64: z.string(),
      /** Its classes: one, or any number of them in multi-label data. */
      labels: z.array(z.number()),
    }),
  ),
  fingerprint: z.string(),
  read: dataReadSchema.optional(),
});
export type DataSummary = z.infer<typeof dataSummarySchema>;

export const deviceSummarySchema = z.object({
  id: z.string(),
  label: z.string(),
  available: z.boolean(),
  /** Why it is not available, or what the check found. */
  note: z.string(),
  checked: z.boolean(),
  /** Measured on a small convolutional training step; null when not available. */
  gflops: z.number().nullable(),
  chosen: z.boolean(),
});
export type DeviceSummary = z.infer<typeof deviceSummarySchema>;
