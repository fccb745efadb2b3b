import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inputError } from '../../contract/errors.ts';
import type { LayerOverlap } from '../../contract/mask-overlap.ts';
import { CHECKPOINT_FILE } from '../../files/checkpoint-file.ts';
import { fileError } from '../../files/problems.ts';
import { MASKS_FILE } from '../formats/safetensors/layout.ts';
import { readSafetensors } from '../formats/safetensors/read.ts';

/** A mask as it lies in a run's folder: one value a weight, not 0 where the weight is kept. */
interface KeptMask {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number | bigint>;
}

/**
 * Layer by layer, how many of the weights that two runs keep are the same: |A and B| / |A or B| (Jaccard 1912). Layers whose
 * shapes are not the same, because channels have left one of the networks or the networks are others, cannot be laid over each other.
 * @param folders of the two runs
 * @throws EspalierError 'run/no-masks' where a folder holds no masks any more
 */
export async function maskOverlap(folders: readonly [string, string]): Promise<LayerOverlap[]> {
  const [a, b] = [await masksOf(folders[0]), await masksOf(folders[1])];
  return [...new Set([...a.keys(), ...b.keys()])].map((name) => overlapOf(name, a.get(name), b.get(name)));
}

function overlapOf(name: string, a: KeptMask | undefined, b: KeptMask | undefined): LayerOverlap {
  const shapes: LayerOverlap['shapes'] = [a ? [...a.shape] : null, b ? [...b.shape] : null];
  if (a === undefined || b === undefined || String(a.shape) !== String(b.shape))
    return { name, shapes, kept: null, both: null, jaccard: null, byChance: null };
  let [keptA, keptB, both] = [0, 0, 0];
  for (let i = 0; i < a.data.length; i++) {
    const [inA, inB] = [Number(a.data[i]) !== 0, Number(b.data[i]) !== 0];
    if (inA) keptA++;
    if (inB) keptB++;
    if (inA && inB) both++;
  }
  const expected = (keptA * keptB) / a.data.length;
  return {
    name,
    shapes,
    kept: [keptA, keptB],
    both,
    jaccard: share(both, keptA + keptB - both),
    byChance: share(expected, keptA + keptB - expected),
  };
}

const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);

/** The masks of a run by parameter: from its last checkpoint, else from the masks that it exported. */
async function masksOf(folder: string): Promise<Map<string, KeptMask>> {
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
  throw inputError('run/no-masks', 'The masks of a run are not there any more.', {
    file: join(folder, CHECKPOINT_FILE),
    remedy: 'Repeat the run; or let runs export safetensors, whose masks stay when checkpoints are removed.',
  });
}

async function tensorsOf(file: string) {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw fileError(error, file, 'read the masks of this run');
  });
  return bytes === null ? null : readSafetensors(bytes, file).tensors;
}
