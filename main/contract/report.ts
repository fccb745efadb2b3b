import { z } from 'zod';
import { promiseSchema } from './amount.ts';
import { dataReadSchema } from './data-read.ts';
import { fusionReportSchema } from './fusion.ts';
import { headKindSchema } from './head.ts';
import { recipeSchema } from './recipe.ts';
import { metricPointSchema } from './run.ts';
import { searchReportSchema } from './search.ts';

/** What a finished run leaves behind as report.json. Accuracies are fractions of the test part; sizes are bytes. */

const latencySchema = z.object({
  /** Milliseconds of one call. */
  median: z.number().nonnegative(),
  /** Null in reports of older versions. */
  p90: z.number().nonnegative().nullable().default(null),
  p95: z.number().nonnegative(),
  /** Samples per call. */
  batch: z.number().int().positive(),
  threads: z.number().int().positive(),
  /** Timed calls, after warm-up; dense and compressed are timed in turn. */
  runs: z.number().int().positive(),
});
export type Latency = z.infer<typeof latencySchema>;

const sideSchema = z.object({
  /** Share of the test samples that are right; of multi-label data, with all of their classes right. */
  accuracy: z.number().min(0).max(1),
  /** Of multi-label data, with a class found from a probability of 0.5 on; null where each sample has one class. */
  f1: z
    .object({ micro: z.number().min(0).max(1), macro: z.number().min(0).max(1) })
    .nullable()
    .default(null),
  /** Null where there are five classes or fewer. */
  top5: z.number().min(0).max(1).nullable(),
  loss: z.number(),
  /** Recall of each class, of multi-label data its F1, in the data's class order; null for a class without test samples. */
  perClass: z.array(z.number().min(0).max(1).nullable()),
  /** All learned numbers: weights, biases, normalisation scales and shifts (not running statistics). */
  parameters: z.number().int().nonnegative(),
  nonzero: z.number().int().nonnegative(),
  /** Share of the prunable weights that are zero. */
  sparsity: z.number().min(0).max(1),
  /** Multiply-accumulates of convolutions and dense layers for one sample. */
  macs: z.number().int().nonnegative(),
  /** MACs x non-zeros / weights, layer by layer: what a perfect sparse kernel would do. */
  effectiveMacs: z.number().nonnegative(),
  /** The .onnx file. */
  onnxBytes: z.number().int().nonnegative(),
  /** The same file after gzip: what a download costs. */
  gzipBytes: z.number().int().nonnegative(),
  latencyMs: latencySchema,
  /** The same with a batch of many samples; null in reports of older versions and for files that take one batch only. */
  latencyOfMany: latencySchema.nullable().default(null),
  /** Float32 values of one sample that are held at once, at the most (see `network/memory.ts`); null in older reports. */
  peakActivationBytes: z.number().int().nonnegative().nullable().default(null),
});
export type Side = z.infer<typeof sideSchema>;

const layerReportSchema = z.object({
  /** The layer. */
  name: z.string(),
  op: z.string(),
  /** Its weight; biases and norms are not listed. */
  param: z.string(),
  shape: z.array(z.number().int()),
  parameters: z.number().int(),
  nonzero: z.number().int(),
  macs: z.number().int(),
});
export type LayerReport = z.infer<typeof layerReportSchema>;

const channelsReportSchema = z.object({
  /** The layer that makes them. */
  layer: z.string(),
  /** Layers of one group lose the same channels. */
  group: z.string(),
  /** 'channel', 'unit', 'head', 'head index'. */
  unit: z.string(),
  total: z.number().int().positive(),
  kept: z.number().int().positive(),
});
export type ChannelsReport = z.infer<typeof channelsReportSchema>;

const fileReportSchema = z.object({
  /** Relative to the run's folder. */
  path: z.string(),
  /** 'onnx', 'tfjs', 'tfjs-weights', 'keras', 'weights', 'masks', 'dense-onnx', 'metrics', 'report-html', ... */
  kind: z.string(),
  /** 'onnx', 'safetensors', 'csv', 'html'. */
  format: z.string(),
  bytes: z.number().int().nonnegative(),
  gzipBytes: z.number().int().nonnegative(),
  sha256: z.string(),
  /** What a person should know of it, such as layers that were left as they were. */
  notes: z.array(z.string()).optional(),
});
export type FileReport = z.infer<typeof fileReportSchema>;

/** What a file that computes in eight bits gives where no sum saturates, whatever the processor. */
const exactFiguresSchema = z.object({
  accuracy: z.number().min(0).max(1),
  /** Largest difference of an answer between this processor's kernels and exact arithmetic; null where one is no number. */
  maxDifference: z.number().nonnegative().nullable(),
  /** Whether that, or the accuracy, is more than rounding of float32. */
  differs: z.boolean(),
});
export type ExactFigures = z.infer<typeof exactFiguresSchema>;

/** One form in which the compressed network can be taken away. */
const sizeReportSchema = z.object({
  /** The export format: 'onnx', 'onnx-sparse', 'espalier', 'wasm', 'onnx-int8', and where asked for 'onnx-int8-7bit', 'c', 'c-int8'. */
  format: z.string(),
  /** The file as it lies on disk. */
  bytes: z.number().int().nonnegative(),
  /** The same file after gzip. */
  gzipBytes: z.number().int().nonnegative(),
  /** Test accuracy of this form; null where it computes the same as the compressed network. */
  accuracy: z.number().min(0).max(1).nullable(),
  /** Of forms that compute in eight bits; null for the others. */
  exact: exactFiguresSchema.nullable().default(null),
  /** Timed in turn with the others; null where it is the compressed network again once it is loaded. */
  latencyMs: latencySchema.nullable(),
  /** Of forms that need no onnxruntime: the reference in onnxruntime on as many threads, timed in turn with the form. */
  besideMs: latencySchema.nullable().default(null),
});
export type SizeReport = z.infer<typeof sizeReportSchema>;

/** How two networks answer the same test samples. */
export const pairsSchema = z.object({
  /** Samples that only the reference (`original`, else `dense`) gets right. */
  lost: z.number().int().nonnegative(),
  /** Samples that only the compressed network gets right. */
  gained: z.number().int().nonnegative(),
  samples: z.number().int().positive(),
});
export type Pairs = z.infer<typeof pairsSchema>;

export const reportSchema = z.object({
  version: z.literal(1),
  name: z.string(),
  /** Only a run that went to its end has a report. */
  status: z.literal('finished'),
  /** ISO 8601. */
  createdAt: z.string(),
  recipe: recipeSchema,
  seed: z.number().int(),
  device: z.string(),
  versions: z.record(z.string(), z.string()),
  network: z.object({
    name: z.string(),
    inputShape: z.array(z.number().int()),
    /** Of a model file: the output that was used; null for networks of the zoo. */
    output: z.string().nullable().default(null),
    /** How its answers come from its logits. */
    head: headKindSchema.default('none'),
    /** Of a model file: what wrote it in which form, and what it says of its licence; absent in older reports. */
    origin: z.object({ form: z.string(), says: z.record(z.string(), z.string()) }).optional(),
  }),
  data: z.object({
    name: z.string(),
    fingerprint: z.string(),
    classes: z.array(z.string()),
    /** Whether a sample may have several classes or none. */
    multiLabel: z.boolean().default(false),
    /** Samples in each part. */
    train: z.number().int(),
    validation: z.number().int(),
    test: z.number().int(),
    normalization: z.object({ mean: z.array(z.number()), std: z.array(z.number()) }),
    /** What was read; older reports have none. */
    read: dataReadSchema.optional(),
  }),
  /** The person's own network as its file had it, where the run trained a dense network besides; else null. */
  original: sideSchema.nullable().default(null),
  /** The network before pruning: as its file had it, or trained; null where none was measured (`baseline: false`). */
  dense: sideSchema.nullable(),
  compressed: sideSchema,
  /** The compressed network against the reference; null where there is none, and in reports of older versions. */
  pairs: pairsSchema.nullable().default(null),
  /** The compressed network in several forms, each really encoded: what a person may choose from. */
  sizes: z.array(sizeReportSchema).default([]),
  /**
   * Test accuracy from stage to stage: of the dense network, and behind what took channels out, gave batch norms new statistics or
   * learned from the dense network, each with what was before it.
   */
  course: z.array(z.object({ label: z.string(), accuracy: z.number().min(0).max(1) })).default([]),
  /** Share of the prunable weights that are zero. */
  sparsity: z.number().min(0).max(1),
  /** What the budget asked for and what came of it; empty in reports of older versions, whose budget was of sparsity. */
  promises: z.array(promiseSchema).default([]),
  /** Where widths were searched for: how, by which methods, and what was found; else null. */
  search: searchReportSchema.nullable().default(null),
  /** Where layers were fused: each fusion, in order; else empty. */
  fusions: z.array(fusionReportSchema).default([]),
  layers: z.array(layerReportSchema),
  /** Where channels left the network: how many each layer still makes, in the network's order; else empty. */
  channels: z.array(channelsReportSchema).default([]),
  /** Channels that left the network, stage by stage, each with the proof that it computes the same without them. */
  removals: z
    .array(
      z.object({
        /** The stage. */
        label: z.string(),
        /** Channels, units and heads that left; what leaves together counts as one. */
        channels: z.number().int().nonnegative(),
        /** Largest difference of a logit between the masked network and the one without them, over the largest logit (at least 1). */
        difference: z.number().nonnegative(),
        samples: z.number().int().positive(),
      }),
    )
    .default([]),
  checks: z.object({
    /** Largest difference between the exported file in onnxruntime and the trained network, over the test samples tried. */
    onnxMaxDifference: z.number().nonnegative().nullable(),
    onnxSamples: z.number().int().nonnegative(),
    /** Pruned weights that were found non-zero at an epoch's end; anything but 0 fails the run. */
    revivedWeights: z.number().int().nonnegative(),
    emptyLayers: z.array(z.string()),
  }),
  /** What the method found on its way and how the asked budget is to be read, in words. */
  findings: z.array(z.string()).default([]),
  /** What the person who watched the run was warned of, in words. */
  warnings: z.array(z.string()).default([]),
  /** Seconds. */
  timings: z.object({
    total: z.number(),
    stages: z.array(z.object({ label: z.string(), seconds: z.number() })),
  }),
  history: z.array(metricPointSchema),
  files: z.array(fileReportSchema),
  /** One sentence for people: what was gained and what it cost. */
  verdict: z.string(),
});
export type Report = z.infer<typeof reportSchema>;
