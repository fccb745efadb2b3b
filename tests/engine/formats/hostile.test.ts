import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EspalierError } from '../../../main/contract/errors.ts';
import { readModel } from '../../../main/engine/formats/read.ts';
import { readTensors } from '../../../main/engine/formats/weights/read.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { damagedBytes, FUZZ_ROUNDS } from '../../support/mutate.ts';
import { type Seed, seedFiles } from '../../support/seed-files.ts';

/** No file of a few kilobytes may take longer than this. */
/** Nor more memory than this at its peak, beyond what the process needs anyway. */
const MEGABYTES = 600;

const folder = temporaryFolder();

let seeds: Record<string, readonly Seed[]> = {};

beforeAll(async () => {
  seeds = await seedFiles();
});

/** Starting threads for HDF5 and writing files takes longer than reading them. */
const kinds = [
  'Keras .h5',
  'Keras .keras',
  'TensorFlow.js layers',
  'TensorFlow.js graph',
  '.espalier',
  'ONNX',
  'ONNX with data beside it',
  'ONNX of a transformer',
  'safetensors',
  'npz',
];

describe('damaged model files', () => {
  const counts = { refused: 0, whole: 0 };
  afterAll(() => {
    console.log(`in all, ${counts.refused} damaged files refused and ${counts.whole} read`);
  });
  for (const kind of kinds) {
    it(
      `${kind}: an error that names the place, in bounded time and memory`,
      { timeout: 60_000 + FUZZ_ROUNDS * 200 },
      async () => {
        const files = seeds[kind] ?? [];
        const [main] = files;
        const here = join(folder, kind.replace(/\W+/g, '-'));
        await mkdir(here, { recursive: true });
        for (const { name, bytes } of files) await writeFile(join(here, name), bytes);
        const named = `./${main?.name ?? ''}`;
        const read = () =>
          kind === 'safetensors' || kind === 'npz' ? readTensors(named, here) : readModel(named, here);
        await read();
        // The peak of the whole process so far, in kilobytes.
        const before = process.resourceUsage().maxRSS;
        const random = Random.from(1, kind);
        let [whole, refused] = [0, 0];
        for (let round = 0; round < FUZZ_ROUNDS; round++) {
          const which = files[random.int(files.length)];
          if (which === undefined) continue;
          const inside = random.int(2) === 0 ? which.inside?.(random) : undefined;
          await writeFile(join(here, which.name), inside ?? damagedBytes(which.bytes, random));
          try {
            await read();
            whole++;
          } catch (error) {
            if (!(error instanceof EspalierError)) {
              throw new Error(`round ${round} of ${kind}: ${String(error)}`, { cause: error });
            }
            expect(error.problem.kind).toBe('input');
            expect(error.problem.file ?? error.problem.field, JSON.stringify(error.problem)).toBeTruthy();
            refused++;
          }
          await writeFile(join(here, which.name), which.bytes);
        }
        expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(MEGABYTES);
        expect(refused).toBeGreaterThan(FUZZ_ROUNDS / 5);
        counts.refused += refused;
        counts.whole += whole;
        console.log(`${kind}: ${refused} refused, ${whole} still whole or changed in their numbers only`);
        expect((await readFile(join(here, main?.name ?? ''))).length).toBe(main?.bytes.length);
      },
    );
  }
});
