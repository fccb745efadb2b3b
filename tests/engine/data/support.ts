import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect } from 'vitest';
import { dataSpecSchema } from '../../../main/contract/data.ts';
import { EspalierError, type Problem } from '../../../main/contract/errors.ts';
import type { Dataset, Split } from '../../../main/engine/data/dataset.ts';
import { loadDataset } from '../../../main/engine/data/load.ts';

/** Where real data sets lie, when they do. */
export const sharedData = path.resolve(import.meta.dirname, '../../../../shared/data');

/** A folder for one test file, removed at its end. */
export function temporaryFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'espalier-data-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    write: (name: string, content: Uint8Array | string): void => {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), content);
    },
  };
}

export function load(baseFolder: string, spec: unknown, seed = 1): Promise<Dataset> {
  return loadDataset(dataSpecSchema.parse(spec), { seed, baseFolder });
}

/** Waits for the work to fail because of the user's input, checks the problem's fields and that it is complete. */
export async function expectProblem(work: Promise<unknown>, expected: Partial<Problem>): Promise<Problem> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EspalierError);
  const { problem } = error as EspalierError;
  expect(problem).toMatchObject({ kind: 'input', ...expected });
  expect(problem.file ?? problem.field).toBeTruthy();
  expect(problem.remedy).toBeTruthy();
  return problem;
}

export const samplesOf = (split: Split): string[] => {
  const size = split.values.length / Math.max(1, split.size);
  return Array.from({ length: split.size }, (_, i) => split.values.subarray(i * size, (i + 1) * size).join());
};

/** An IDX file of unsigned bytes. */
export function idx(shape: number[], values: ArrayLike<number>, magic = [0, 0, 8, shape.length]): Uint8Array {
  const bytes = Buffer.alloc(4 + 4 * shape.length + values.length);
  bytes.set(magic);
  shape.forEach((size, i) => bytes.writeUInt32BE(size, 4 + 4 * i));
  bytes.set(values, 4 + 4 * shape.length);
  return bytes;
}

/** Sample i of n images is filled with i (mod 256), so samples are told apart; its label is i mod classes. */
export function numberedImages(n: number, side: number, classes: number, first = 0) {
  return {
    images: Uint8Array.from({ length: n * side * side }, (_, at) => first + Math.floor(at / (side * side))),
    labels: Uint8Array.from({ length: n }, (_, i) => i % classes),
  };
}
