import { z } from 'zod';
import { targetSchema } from './targets.ts';

/** A median, and where four of five values lie: the tenth and the ninetieth hundredth. */
export const spreadSchema = z.object({
  median: z.number().nonnegative(),
  low: z.number().nonnegative(),
  high: z.number().nonnegative(),
});
export type Spread = z.infer<typeof spreadSchema>;

/** What twins of a network were measured to take in one target; what is kept on the disk, too. */
export const timedTwinSchema = z.object({
  /** Milliseconds of a call of the twin, and of the whole network in onnxruntime, called in turns with it. */
  ms: spreadSchema,
  wholeMs: spreadSchema,
  /** How many times as fast the twin is. */
  faster: spreadSchema,
  /** By layer in the network's order, where the target tells: milliseconds of a call before and after. */
  layers: z.array(z.object({ name: z.string(), before: z.number(), after: z.number() })).optional(),
  /** When it was measured, ISO 8601. */
  at: z.string(),
});
export type TimedTwin = z.infer<typeof timedTwinSchema>;

const targetSpeedSchema = timedTwinSchema.extend({
  target: targetSchema,
  /** Of a call, of the whole network's too. */
  threads: z.number().int(),
  /** Taken from what was measured before. */
  reused: z.boolean(),
});
export type TargetSpeed = z.infer<typeof targetSpeedSchema>;

/** From what sparsity on a target is faster than the whole network in onnxruntime. */
const gainSchema = z.object({
  target: targetSchema,
  /** The sparsity from which on it gains; null where it gains by none of those measured. */
  from: z.number().min(0).max(1).nullable(),
  points: z.array(z.object({ sparsity: z.number(), faster: z.number() })),
});
export type Gain = z.infer<typeof gainSchema>;

/** How the time of what makes and reads a group's channels climbs with their number. */
const groupWidthsSchema = z.object({
  name: z.string(),
  /** Channels, units or heads that may leave, one excepted. */
  units: z.number().int().positive(),
  /** Milliseconds of a call of these layers with all of them. */
  ms: z.number().positive(),
  /** How many are computed at once; null where widths make no steps that can be told. */
  step: z.number().int().positive().nullable(),
  /** Those worth having, ascending, all units last: the edges of steps, with the time of a call as a share of that with all units. */
  widths: z.array(z.object({ width: z.number().int(), time: spreadSchema })),
});
export type GroupWidths = z.infer<typeof groupWidthsSchema>;

/** How a network's time hangs on the widths of its groups; what is kept in a checkpoint, too. */
export const measuredWidthsSchema = z.object({
  /** In the network's order. */
  groups: z.array(groupWidthsSchema),
  /** Of each group, what each layer that makes or reads it takes: milliseconds with all units, and by width, ascending, the share of that. */
  layers: z.array(
    z.object({
      layer: z.string(),
      group: z.string(),
      ms: z.number().nonnegative(),
      times: z.array(z.object({ width: z.number().int(), time: z.number().nonnegative() })),
    }),
  ),
});
export type MeasuredWidths = z.infer<typeof measuredWidthsSchema>;

/** What a run will need, by some steps of its training. */
const costSchema = z.object({
  /** Of the plan's trainings and evaluations. */
  seconds: z.number().nonnegative(),
  /** The most memory that the process held while it trained. */
  memoryBytes: z.number().nonnegative(),
  /** Of the run's folder at its fullest: checkpoint, exports, report. */
  diskBytes: z.number().nonnegative(),
});
export type Cost = z.infer<typeof costSchema>;

/** Whether a recipe's network will be faster on this machine, measured on twins before anything is trained. */
export const speedForecastSchema = z.object({
  processor: z.string(),
  batch: z.number().int(),
  speeds: z.array(targetSpeedSchema),
  /** Targets that cannot be measured here, and why. */
  missing: z.array(z.object({ target: targetSchema, why: z.string() })),
  /** Of networks whose weights become zero; empty where channels leave. */
  gains: z.array(gainSchema),
  /** Of networks whose channels leave, in the target that a budget of latency is of, or onnxruntime: at which widths a channel more costs a step. */
  stairs: z.object({ target: targetSchema, groups: z.array(groupWidthsSchema) }).nullable(),
  /** Null where it was not asked for. */
  cost: costSchema.nullable(),
});
export type SpeedForecast = z.infer<typeof speedForecastSchema>;
