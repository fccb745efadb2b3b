import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EspalierError, inputError } from '../../contract/errors.ts';
import { CHECKPOINT_FILE } from '../../files/checkpoint-file.ts';
import { fileError } from '../../files/problems.ts';
import { MASKS_FILE } from '../formats/safetensors/layout.ts';
import { openSafetensors } from '../formats/safetensors/file.ts';
import { readSafetensors } from '../formats/safetensors/read.ts';

/** A mask as it lies in a run's folder: one value a weight, not 0 where the weight is kept. */
export interface KeptMask {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number | bigint>;
}

/**
 * The masks of a run by parameter: from its last checkpoint, else from the masks that it exported.
 * @throws EspalierError 'run/no-masks' where its folder holds no masks any more
 */
export async function keptMasks(folder: string): Promise<Map<string, KeptMask>> {
  const checkpoint = await tensorsOf(join(folder, CHECKPOINT_FILE));
  if (checkpoint !== null) {
    const at = new Map(checkpoint.map((tensor) => [tensor.name, tensor]));
    return new Map(
      checkpoint.flatMap(({ name, data }) => {
        const parameter = name.startsWith('masks/') ? name.slice('masks/'.length) : null;
        const weights = parameter === null ? undefined : at.get(`weights/${parameter}`);
        return parameter === null || weights === undefined
          ? []
          : [[parameter, { shape: weights.shape, data }]];
      }),
    );
  }
  const exported = await tensorsOf(join(folder, MASKS_FILE));
  if (exported !== null) return new Map(exported.map(({ name, shape, data }) => [name, { shape, data }]));
  throw noMasks(folder);
}

/**
 * The mask of one parameter, read without the rest of its file.
 * @returns null where the run has no mask for it
 * @throws EspalierError 'run/no-masks' where its folder holds no masks any more
 */
export async function keptMask(folder: string, param: string): Promise<KeptMask | null> {
  for (const [name, prefix] of [
    [CHECKPOINT_FILE, 'masks/'],
    [MASKS_FILE, ''],
  ] as const) {
    const file = join(folder, name);
    const opened = await openSafetensors(file).catch(nullIfMissing(file));
    if (opened === null) continue;
    try {
      const mask = await opened.tensor(`${prefix}${param}`);
      // A checkpoint keeps masks flat, beside the weights that have the shape.
      const shape = prefix === '' ? mask?.shape : opened.shapes.get(`weights/${param}`);
      return mask === undefined || shape === undefined ? null : { shape, data: mask.data };
    } finally {
      await opened.close();
    }
  }
  throw noMasks(folder);
}

const noMasks = (folder: string) =>
  inputError('run/no-masks', 'The masks of a run are not there any more.', {
    file: join(folder, CHECKPOINT_FILE),
    remedy: 'Repeat the run; or let runs export safetensors, whose masks stay when checkpoints are removed.',
  });

const nullIfMissing = (file: string) => (error: unknown) => {
  if (error instanceof EspalierError) throw error;
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw fileError(error, file, 'read the masks of this run');
};

async function tensorsOf(file: string) {
  const bytes = await readFile(file).catch(nullIfMissing(file));
  return bytes === null ? null : readSafetensors(bytes, file).tensors;
}
