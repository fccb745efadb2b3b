import { z } from 'zod';
import { recipeSchema } from './recipe.ts';
import { reportSchema } from './report.ts';
import { studyProgressSchema, studySpecSchema } from './study.ts';
import { layerSparsitySchema, metricPointSchema, progressSchema, stageInfoSchema } from './run.ts';

/** What crosses the border between a run's own process (the engine) and its host. Every message is checked on arrival. */

export const problemSchema = z.object({
  code: z.string(),
  message: z.string(),
  file: z.string().optional(),
  field: z.string().optional(),
  remedy: z.string().optional(),
  kind: z.enum(['input', 'run']),
});

/** onnxruntime's execution providers besides the CPU. */
export const providerSchema = z.enum(['cuda', 'dml', 'coreml', 'webgpu']);
export type ProviderName = z.infer<typeof providerSchema>;

export const hostMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    recipe: recipeSchema,
    /** Folder of the run: checkpoints, exports and the report go there. */
    folder: z.string(),
    /** Folder that relative paths in the recipe start from. */
    baseFolder: z.string(),
    /** Where files are that the recipe names, by the name that it has for them: they came along with the run. */
    places: z.record(z.string(), z.string()).optional(),
    /** 'auto', 'cpu', 'onnxruntime', 'tensorflow', ... */
    device: z.string(),
    /** Threads for devices that take a number; all cores when left out. */
    threads: z.number().int().positive().optional(),
    /** Folder of dense trainings that runs share: what is there is taken from it, what is not is added. */
    sharedDense: z.string().optional(),
    /** Folder for logs that hold several runs; the run's own if left out. */
    logsFolder: z.string().optional(),
    /** Continue from the folder's last checkpoint. */
    resume: z.boolean(),
    /** What the run leaves is for the user alone: the folder is the program's own, not one that a person chose. */
    private: z.boolean().optional(),
  }),
  /** A study, from the folder's checkpoint where there is one. What it leaves is for the user alone. */
  z.object({
    type: z.literal('study'),
    ...studySpecSchema.pick({ study: true, seed: true, parameters: true }).shape,
    folder: z.string(),
    /** Folder that relative paths in the parameters start from. */
    baseFolder: z.string(),
  }),
  z.object({ type: z.literal('pause') }),
  /** Write a checkpoint at the next border between steps; told by the message `checkpoint`. */
  z.object({ type: z.literal('keep') }),
  z.object({ type: z.literal('resume') }),
  z.object({ type: z.literal('cancel') }),
  /** A question that needs the engine but is no run: one process answers one question and ends. */
  z.object({ type: z.literal('query'), query: z.string(), args: z.unknown() }),
  /** The answer to `probe`: why the provider cannot be used here; null when it can. */
  z.object({ type: z.literal('probed'), provider: providerSchema, problem: z.string().nullable() }),
]);
export type HostMessage = z.infer<typeof hostMessageSchema>;

export const engineMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), versions: z.record(z.string(), z.string()) }),
  z.object({
    type: z.literal('state'),
    state: z.enum(['preparing', 'running', 'paused', 'cancelled', 'finished']),
  }),
  z.object({ type: z.literal('plan'), stages: z.array(stageInfoSchema), device: z.string() }),
  z.object({ type: z.literal('progress'), progress: progressSchema }),
  /** Of a study; the folder's files have all steps that are done. */
  z.object({ type: z.literal('study-progress'), progress: studyProgressSchema }),
  z.object({ type: z.literal('metrics'), points: z.array(metricPointSchema) }),
  z.object({ type: z.literal('layers'), epoch: z.number(), layers: z.array(layerSparsitySchema) }),
  z.object({ type: z.literal('log'), level: z.enum(['info', 'warning']), text: z.string() }),
  z.object({ type: z.literal('checkpoint'), stage: z.number().int(), epoch: z.number().int() }),
  z.object({ type: z.literal('report'), report: reportSchema }),
  z.object({ type: z.literal('failed'), problem: problemSchema }),
  z.object({ type: z.literal('answer'), result: z.unknown() }),
  /** Asks the host to try a provider in another process, which a graphics driver may hang or end. */
  z.object({ type: z.literal('probe'), provider: providerSchema }),
  z.object({ type: z.literal('heartbeat') }),
]);
export type EngineMessage = z.infer<typeof engineMessageSchema>;
