import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { inputError } from '../../contract/errors.ts';
import { metricPointSchema } from '../../contract/run.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { CHECKPOINT_FILE } from '../../files/checkpoint-file.ts';
import { fileError } from '../../files/problems.ts';
import { readSafetensors } from '../formats/safetensors/read.ts';
import { writeSafetensors, type NamedTensor } from '../formats/safetensors/write.ts';
import type { Network, TensorData } from '../network/graph.ts';
import type { RunData } from './context.ts';

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
  optimizerSteps: z.object({ now: z.number().int(), rewound: z.number().int() }),
  window: z
    .object({ loss: z.number(), correct: z.number(), samples: z.number() })
    .default({ loss: 0, correct: 0, samples: 0 }),
  history: z.array(metricPointSchema),
  seconds: z.array(z.number()),
  findings: z.array(z.string()).default([]),
  warnings: z.array(z.string()).default([]),
  warned: z.array(z.string()).default([]),
  original: classificationSchema.default(null),
  dense: classificationSchema,
  accuracyBefore: z.number().nullable().default(null),
  compressed: classificationSchema,
});

/** Identifies what must not change between a run and its continuation: its recipe, or whatever its tensors depend on. */
export function identityHash(identity: object): string {
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

/** Writes the run's data to its folder, all or nothing. */
export async function saveCheckpoint(folder: string, identity: object, data: RunData): Promise<void> {
  const { weights, masks, snapshots, optimizer, rewoundOptimizer, extras, ...rest } = data;
  const position = { ...rest, optimizerSteps: { now: optimizer.steps, rewound: rewoundOptimizer.steps } };
  const tensors: NamedTensor[] = [];
  for (const [moment, kept] of [['weights', weights] as const, ...snapshots]) {
    for (const [name, { shape, data: values }] of kept) {
      tensors.push({ name: `${moment}/${name}`, dtype: 'F32', shape, data: values });
    }
  }
  for (const [name, mask] of masks) {
    tensors.push({ name: `masks/${name}`, dtype: 'U8', shape: [mask.length], data: mask });
  }
  const parts = { slots: optimizer.slots, 'rewound-slots': rewoundOptimizer.slots, extras };
  for (const [part, arrays] of Object.entries(parts)) {
    for (const [name, values] of arrays) {
      tensors.push({ name: `${part}/${name}`, dtype: 'F32', shape: [values.length], data: values });
    }
  }
  const run = JSON.stringify({ version: 1, recipe: identityHash(identity), ...position });
  await writeFileAtomic(join(folder, CHECKPOINT_FILE), writeSafetensors(tensors, { run }));
}

/**
 * Reads the folder's checkpoint; undefined when there is none.
 * @throws EspalierError when it is damaged or belongs to another recipe.
 */
export async function loadCheckpoint(
  folder: string,
  identity: object,
  network: Network,
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
  const { version: _version, recipe: _hash, optimizerSteps, ...rest } = position.data;
  const data: RunData = {
    ...rest,
    weights: new Map(),
    masks: new Map(),
    snapshots: new Map(),
    optimizer: { slots: new Map(), steps: optimizerSteps.now },
    rewoundOptimizer: { slots: new Map(), steps: optimizerSteps.rewound },
    extras: new Map(),
  };
  for (const tensor of tensors) {
    const [part = '', ...path] = tensor.name.split('/');
    const name = path.join('/');
    const { data: values } = tensor;
    refuseOtherType(part, tensor.name, values, file);
    switch (part) {
      case 'weights':
        data.weights.set(name, { shape: tensor.shape, data: values as Float32Array });
        break;
      case 'masks':
        data.masks.set(name, values as Uint8Array);
        break;
      case 'slots':
        data.optimizer.slots.set(name, values as Float32Array);
        break;
      case 'rewound-slots':
        data.rewoundOptimizer.slots.set(name, values as Float32Array);
        break;
      case 'extras':
        data.extras.set(name, values as Float32Array);
        break;
      case 'init':
      case 'rewound':
      case 'dense': {
        const snapshot = data.snapshots.get(part) ?? new Map<string, TensorData>();
        data.snapshots.set(part, snapshot.set(name, { shape: tensor.shape, data: values as Float32Array }));
        break;
      }
    }
  }
  const wrong = Object.entries(network.params).find(([name, { shape }]) => {
    const kept = data.weights.get(name);
    return kept !== undefined && kept.shape.join() !== shape.join();
  });
  if (wrong !== undefined) {
    throw inputError('checkpoint/damaged', `The checkpoint has '${wrong[0]}' in another shape.`, {
      file,
      remedy: 'Start the run again.',
    });
  }
  const missing = Object.keys(network.params).find((name) => !data.weights.has(name));
  if (missing !== undefined) {
    throw inputError('checkpoint/damaged', `The checkpoint has no values of '${missing}'.`, {
      file,
      remedy: 'Start the run again.',
    });
  }
  return data;
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
  const fits = part === 'masks' ? values instanceof Uint8Array : values instanceof Float32Array;
  if (fits) return;
  throw inputError('checkpoint/damaged', `The checkpoint has '${name}' as numbers of another type.`, {
    file,
    remedy: 'Start the run again.',
  });
}
