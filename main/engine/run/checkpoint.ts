import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { inputError } from '../../contract/errors.ts';
import { metricPointSchema } from '../../contract/run.ts';
import { measuredWidthsSchema } from '../../contract/speed.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { CHECKPOINT_FILE } from '../../files/checkpoint-file.ts';
import { fileError } from '../../files/problems.ts';
import { readSafetensors } from '../formats/safetensors/read.ts';
import { writeSafetensors, type NamedTensor } from '../formats/safetensors/write.ts';
import type { MaskSet, Network, WeightSet } from '../network/graph.ts';
import type { Model, OptimizerState, SlotSet, Snapshot } from '../network/model.ts';
import { keptFusion, keptFusionSchema, replayedFusions } from './fusions.ts';
import { identityHash } from './identity.ts';
import { keptRemoval, keptRemovalSchema, replayed } from './removals.ts';
import { widthSearchSchema } from './width-search.ts';
import { MOMENTS, type Moment, type RunData, type Search } from './context.ts';

const classificationSchema = z
  .object({
    samples: z.number(),
    loss: z.number(),
    accuracy: z.number(),
    top5: z.number().nullable(),
    perClass: z.array(z.number().nullable()),
    confusion: z.array(z.array(z.number())),
    invalid: z.number(),
    right: z.string().default(''),
    f1: z.object({ micro: z.number(), macro: z.number() }).nullable().default(null),
  })
  .nullable();

const positionSchema = z.object({
  version: z.literal(1),
  recipe: z.string(),
  stage: z.number().int(),
  epoch: z.number().int(),
  batch: z.number().int(),
  dynamics: z.unknown(),
  steps: z.number().int(),
  removals: z.array(keptRemovalSchema).default([]),
  fusions: z.array(keptFusionSchema).default([]),
  shallow: z.boolean().default(false),
  /** How many removals the network of a kept moment has gone through. */
  removed: z.record(z.string(), z.number().int()).default({}),
  search: z
    .object({
      reference: z.number(),
      outcomes: z.array(z.object({ share: z.number(), lost: z.number(), holds: z.boolean() })),
      over: z.boolean(),
      best: z
        .object({
          attempt: z.number().int(),
          removals: z.array(keptRemovalSchema),
          fused: z.number().int().default(0),
        })
        .nullable(),
    })
    .nullable()
    .default(null),
  widths: widthSearchSchema.nullable().default(null),
  optimizerSteps: z.record(z.string(), z.number().int()),
  window: z
    .object({ loss: z.number(), correct: z.number(), samples: z.number() })
    .default({ loss: 0, correct: 0, samples: 0 }),
  history: z.array(metricPointSchema),
  seconds: z.array(z.number()),
  findings: z.array(z.string()).default([]),
  warnings: z.array(z.string()).default([]),
  warned: z.array(z.string()).default([]),
  amounts: z.record(z.string(), z.number()).default({}),
  aim: z.number().nullable().default(null),
  widthTimes: measuredWidthsSchema.nullable().default(null),
  original: classificationSchema.default(null),
  dense: classificationSchema,
  course: z.array(z.object({ stage: z.number().int(), label: z.string(), accuracy: z.number() })).default([]),
  compressed: classificationSchema,
});

/** Writes the run's data to its folder, all or nothing. */
export async function saveCheckpoint(folder: string, identity: object, run: RunData): Promise<void> {
  const { model, snapshots, extras, removals, fusions, search, ...rest } = run;
  const optimizerSteps: Record<string, number> = { now: model.optimizer.steps };
  const removed: Record<string, number> = {};
  const tensors: NamedTensor[] = [];
  const add = (part: string, arrays: SlotSet): void => {
    for (const [name, data] of arrays)
      tensors.push({ name: `${part}/${name}`, dtype: 'F32', shape: [data.length], data });
  };
  for (const [moment, { weights }] of [['weights', model] as const, ...snapshots]) {
    for (const [name, { shape, data }] of weights)
      tensors.push({ name: `${moment}/${name}`, dtype: 'F32', shape, data });
  }
  const mark = (part: string, masks: MaskSet): void => {
    for (const [name, mask] of masks)
      tensors.push({ name: `${part}/${name}`, dtype: 'U8', shape: [mask.length], data: mask });
  };
  mark('masks', model.masks);
  if (search?.best) mark(BEST_MASKS, search.best.masks);
  add('slots', model.optimizer.slots);
  for (const [moment, { network, optimizer }] of snapshots) {
    optimizerSteps[moment] = optimizer.steps;
    removed[moment] = removals.findIndex((removal) => removal.network === network) + 1;
    add(slotsOf(moment), optimizer.slots);
  }
  add('extras', extras);
  const position = {
    ...rest,
    search: search && { ...search, best: search.best && keptBest(search.best) },
    removals: removals.map(keptRemoval),
    fusions: fusions.map(keptFusion),
    removed,
    optimizerSteps,
  };
  const text = JSON.stringify({ version: 1, recipe: identityHash(identity), ...position });
  await writeFileAtomic(join(folder, CHECKPOINT_FILE), writeSafetensors(tensors, { run: text }));
}

/**
 * Reads the folder's checkpoint; undefined when there is none.
 * @param base the network as it came; what left it since is taken out of it again
 * @throws EspalierError when it is damaged or belongs to another recipe.
 */
export async function loadCheckpoint(
  folder: string,
  identity: object,
  base: Network,
): Promise<RunData | undefined> {
  const file = join(folder, CHECKPOINT_FILE);
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw fileError(error, file, 'read this checkpoint');
  });
  if (bytes === undefined) return undefined;
  const { tensors, metadata } = readSafetensors(bytes, file);
  const position = positionSchema.safeParse(parsedOr(metadata.run, null));
  if (!position.success) {
    throw inputError('checkpoint/damaged', 'The checkpoint does not say where the run stands.', {
      file,
      field: z.prettifyError(position.error),
      remedy: 'Start the run again.',
    });
  }
  if (position.data.recipe !== identityHash(identity)) {
    throw inputError('checkpoint/other-recipe', 'The checkpoint belongs to another recipe.', {
      file,
      remedy: 'Resume with the recipe that the run was started with.',
    });
  }
  const {
    version: _version,
    recipe: _hash,
    removals: kept,
    fusions: keptFusions,
    removed,
    optimizerSteps,
    search,
    ...rest
  } = position.data;
  const removals = replayed(base, kept, file);
  const best = search?.best ? { ...search.best, removals: replayed(base, search.best.removals, file) } : null;
  const fusions = replayedFusions(removals.at(-1)?.network ?? base, keptFusions, file);
  const networkAfter = (count: number): Network => removals[count - 1]?.network ?? base;
  // The best attempt lost channels of its own, or layers.
  const bestNetwork = fusions[(best?.fused ?? 0) - 1]?.network ?? best?.removals.at(-1)?.network ?? base;
  const networkAt = (moment: Moment): Network =>
    moment === 'best' ? bestNetwork : networkAfter(removed[moment] ?? 0);
  const part = partsOf(tensors, file);
  const optimizer = (slots: string, at: string): OptimizerState => ({
    slots: arraysOf(part(slots)),
    steps: optimizerSteps[at] ?? 0,
  });
  const snapshots = MOMENTS.map((moment) => [moment, weightsOf(part(moment))] as const)
    .filter(([, weights]) => weights.size > 0)
    .map(([moment, weights]): [Moment, Snapshot] => [
      moment,
      {
        network: networkAt(moment),
        weights,
        optimizer: optimizer(slotsOf(moment), moment),
      },
    ]);
  const data: RunData = {
    ...rest,
    model: {
      network: fusions.at(-1)?.network ?? networkAfter(removals.length),
      weights: weightsOf(part('weights')),
      masks: masksOf(part('masks')),
      optimizer: optimizer('slots', 'now'),
    },
    removals,
    fusions,
    search: search && { ...search, best: best && { ...best, masks: masksOf(part(BEST_MASKS)) } },
    snapshots: new Map(snapshots),
    extras: arraysOf(part('extras')),
  };
  refuseOtherShapes(data.model, file);
  return data;
}

/** The part of a checkpoint with the masks of the best attempt. */
const BEST_MASKS = 'best-masks';

function keptBest({ attempt, removals, fused }: NonNullable<Search['best']>) {
  return { attempt, removals: removals.map(keptRemoval), fused };
}

function masksOf(tensors: readonly Tensor[]): MaskSet {
  return new Map(tensors.map(({ name, data }) => [name, data as Uint8Array]));
}

/** The part of a checkpoint with the optimiser's slots at an earlier moment. */
const slotsOf = (moment: Moment): string => `${moment}-slots`;

type Tensor = ReturnType<typeof readSafetensors>['tensors'][number];

/** A checkpoint's tensors by the part that they belong to, which the start of their names tells. */
function partsOf(tensors: readonly Tensor[], file: string): (part: string) => Tensor[] {
  const parts = new Map<string, Tensor[]>();
  for (const tensor of tensors) {
    const [part = '', ...path] = tensor.name.split('/');
    refuseOtherType(part, tensor.name, tensor.data, file);
    parts.set(part, [...(parts.get(part) ?? []), { ...tensor, name: path.join('/') }]);
  }
  return (part) => parts.get(part) ?? [];
}

function weightsOf(tensors: readonly Tensor[]): WeightSet {
  return new Map(tensors.map(({ name, shape, data }) => [name, { shape, data: data as Float32Array }]));
}

function arraysOf(tensors: readonly Tensor[]): SlotSet {
  return new Map(tensors.map(({ name, data }) => [name, data as Float32Array]));
}

/** @throws EspalierError where the weights are not those of the model's network */
function refuseOtherShapes({ network, weights }: Model, file: string): void {
  const wrong = Object.entries(network.params).find(([name, { shape }]) => {
    const kept = weights.get(name);
    return kept !== undefined && kept.shape.join() !== shape.join();
  });
  if (wrong !== undefined) {
    throw inputError('checkpoint/damaged', `The checkpoint has '${wrong[0]}' in another shape.`, {
      file,
      remedy: 'Start the run again.',
    });
  }
  const missing = Object.keys(network.params).find((name) => !weights.has(name));
  if (missing !== undefined) {
    throw inputError('checkpoint/damaged', `The checkpoint has no values of '${missing}'.`, {
      file,
      remedy: 'Start the run again.',
    });
  }
}

/** What a text of JSON says; the other value where it is none. */
function parsedOr(text: string | undefined, otherwise: unknown): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return otherwise;
  }
}

/** @throws EspalierError where a part's numbers are of another type than the program wrote: they would be read as others */
function refuseOtherType(part: string, name: string, values: unknown, file: string): void {
  const fits =
    part === 'masks' || part === BEST_MASKS ? values instanceof Uint8Array : values instanceof Float32Array;
  if (fits) return;
  throw inputError('checkpoint/damaged', `The checkpoint has '${name}' as numbers of another type.`, {
    file,
    remedy: 'Start the run again.',
  });
}
