import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { recipeSchema } from '../../main/contract/recipe.ts';
import type { Report } from '../../main/contract/report.ts';
import { epochsOf, type Stage } from '../../main/engine/compress/framework.ts';
import { revisionOf } from '../../main/engine/compress/paradigms/revision.ts';
import { planOf } from '../../main/engine/compress/plan/plan.ts';
import { SCRATCH } from '../../main/engine/compress/plan/scratch.ts';
import type { GridRun } from '../../main/engine/sweep/expand.ts';
import { recipeId } from '../../main/engine/sweep/identity.ts';
import { resultOf } from '../../main/engine/sweep/results.ts';

/*
 * What the runs came to, kept in the repository, so that the document can be made anew and added to without their folders.
 * Each has its recipe and the revision of its paradigm: by these it is told whether it is of a former form.
 */
const amount = z.number().nullable();
const costsSchema = z.strictObject({
  macs: z.number(),
  denseMacs: z.number(),
  denseLatencyMs: z.number(),
});
/** Multiply-accumulates of a sample, zeros counted, and milliseconds of the dense network's call, timed in turn with the other. */
export type Costs = z.infer<typeof costsSchema>;

const measurementSchema = z.strictObject({
  folder: z.string(),
  series: z.string(),
  paradigm: z.string(),
  /** Of the paradigm, when it was measured. */
  revision: z.number().int().positive(),
  budget: z.number(),
  seed: z.number().int(),
  createdAt: z.string(),
  /** Processor and its cores. */
  machine: z.string(),
  device: z.string(),
  versions: z.record(z.string(), z.string()),
  epochs: z.number(),
  denseEpochs: amount,
  classes: amount,
  accuracy: amount,
  bestValidation: amount,
  loss: amount,
  denseAccuracy: amount,
  sparsity: amount,
  parameters: amount,
  nonzero: amount,
  effectiveMacs: amount,
  gzipBytes: amount,
  latencyMs: amount,
  /** What the network costs beside the dense one; absent where it was not noted. */
  costs: costsSchema.optional(),
  emptyLayers: z.array(z.string()),
  lostClasses: amount,
  seconds: amount,
  ownSeconds: amount,
  /** Why the run failed; null where it finished. */
  problem: z.string().nullable(),
  recipe: z.record(z.string(), z.unknown()),
});
/** A run that came to an end. */
export type Measurement = z.infer<typeof measurementSchema>;

/** Where measurements are kept in the repository. */
const FOLDER = join(import.meta.dirname, 'measured');
const fileOf = (folder: string, id: string): string => join(folder, `${id}.json`);

/**
 * A run's measurement, from its report.
 * @param machine the processor that it ran on, with its cores
 */
export function measurementOf(run: GridRun, report: Report, machine: string): Measurement {
  const stages = planOf(run.recipe);
  const own = ownStages(stages);
  const { timings, history, compressed } = report;
  const training = stages.findLastIndex(({ kind }) => kind === 'train');
  const best = history.filter(({ name, stage }) => name === 'validation/accuracy' && stage === training);
  return measurementSchema.strip().parse({
    ...report,
    ...common(run, machine, stages),
    ...resultOf(run, report),
    epochs: epochsNeeded(stages) + epochsOfFusions(run, report),
    costs: costsOf(report),
    classes: compressed.perClass.length,
    bestValidation: best.length === 0 ? null : Math.max(...best.map(({ value }) => value)),
    lostClasses: compressed.perClass.filter((recall) => recall === 0).length,
    ownSeconds: timings.stages.slice(own).reduce((sum, { seconds }) => sum + seconds, 0),
  });
}

function costsOf({ dense, compressed }: Report): Costs | undefined {
  if (dense === null) return undefined;
  return { macs: compressed.macs, denseMacs: dense.macs, denseLatencyMs: dense.latencyMs.median };
}

/** Epochs of training behind fusions beyond the first: a plan without its network has one fusion stand for all. */
function epochsOfFusions({ recipe }: GridRun, { fusions }: Report): number {
  return Math.max(0, fusions.length - 1) * (recipe.prune.epochs ?? 0);
}

/** What is kept of a run that failed. */
export function failureOf(run: GridRun, problem: string, machine: string): Measurement {
  return measurementSchema.strip().parse({
    ...common(run, machine, planOf(run.recipe)),
    ...resultOf(run, undefined),
    createdAt: new Date().toISOString(),
    device: '',
    versions: {},
    classes: null,
    bestValidation: null,
    lostClasses: null,
    ownSeconds: null,
    problem,
  });
}

/** What does not depend on how a run ended. */
function common({ recipe }: GridRun, machine: string, stages: readonly Stage[]) {
  return {
    machine,
    revision: revisionOf(recipe.paradigm),
    epochs: epochsNeeded(stages),
    denseEpochs: denseEpochs(stages),
    recipe,
  };
}

/** Epochs of all trainings that a recipe's result needs. */
export function epochsNeeded(stages: readonly Stage[]): number {
  return epochsIn(stages.slice(ownStages(stages)));
}

/** In what a measurement is of a former form than the run that it is of; null where it is of the same. */
export function formOf(measurement: Measurement, run: GridRun): string | null {
  const now = revisionOf(run.recipe.paradigm);
  if (measurement.revision !== now) return `revision ${measurement.revision}, now ${now}`;
  // What a recipe left out when it was measured is filled in by the defaults of today.
  const recipe = recipeSchema.safeParse(measurement.recipe);
  return recipe.success && recipeId(recipe.data) === recipeId(run.recipe) ? null : 'other settings';
}

/** A grid's measurements as they were kept. */
export function readMeasured(id: string, folder = FOLDER): Measurement[] {
  let text: string;
  try {
    text = readFileSync(fileOf(folder, id), 'utf8');
  } catch {
    return [];
  }
  return z.array(measurementSchema).parse(JSON.parse(text));
}

/** One line a run, so that a change of one shows as such. */
export function keep(id: string, measurements: readonly Measurement[], folder = FOLDER): void {
  if (measurements.length === 0) return;
  mkdirSync(folder, { recursive: true });
  const lines = measurements.map((measurement) => JSON.stringify(measurement));
  writeFileSync(fileOf(folder, id), `[\n${lines.join(',\n')}\n]\n`);
}

/**
 * The first stage of those that make the result: what comes before the way back to the initial weights is for comparison, and
 * of a smaller network from scratch what comes before its weights are drawn is how its widths were found.
 */
function ownStages(stages: readonly Stage[]): number {
  const scratch = stages.findIndex(({ id }) => id === SCRATCH);
  if (scratch >= 0) return scratch;
  return stages.findLastIndex((stage) => stage.kind === 'restore' && stage.from === 'init') + 1;
}

/** Epochs of the dense network that is measured; none where the file is, or nothing. */
function denseEpochs(stages: readonly Stage[]): number | null {
  const measured = stages.findIndex((stage) => stage.kind === 'evaluate' && stage.side === 'dense');
  return measured < 0 ? null : epochsIn(stages.slice(0, measured));
}

function epochsIn(stages: readonly Stage[]): number {
  return stages.reduce((sum, stage) => sum + epochsOf(stage), 0);
}
