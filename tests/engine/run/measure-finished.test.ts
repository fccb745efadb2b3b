import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ExportFormat } from '../../../main/contract/export-formats.ts';
import { recipeSchema } from '../../../main/contract/recipe.ts';
import { Control } from '../../../main/engine/base/control.ts';
import type { FinishedRun } from '../../../main/engine/run/results/finished-run.ts';
import { measureFinished } from '../../../main/engine/run/results/measure-finished.ts';
import { writeFinished } from '../../../main/engine/run/results/write-finished.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';

let run: FinishedRun;

beforeAll(async () => {
  const folder = temporaryFolder();
  const recipe = recipeSchema.parse({
    network: 'lenet-300-100',
    data: { kind: 'digits', train: 200, validation: 20, test: 100 },
    paradigm: 'magnitude-one-shot',
    dense: { epochs: 1 },
    baseline: false,
    budget: { sparsity: 0.5 },
    finetune: { epochs: 1 },
    export: ['onnx'],
  });
  const options = { recipe, folder, baseFolder: folder, device: 'onnxruntime', resume: false };
  const report = await runSession(options, new Control(), () => undefined);
  run = { folder, shown: folder, report, recipe, baseFolder: folder };
});

async function written(format: ExportFormat): Promise<{ name: string; sha256: string }> {
  const [file] = await writeFinished(run, format);
  return { name: file?.path ?? '', sha256: file?.sha256 ?? '' };
}

describe('a file that a finished run has written', () => {
  it.each(['onnx', 'onnx-fp16', 'onnx-sparse', 'tfjs', 'keras', 'espalier', 'wasm'] as const)(
    'is as right as the report says, read from the folder: %s',
    async (format) => {
      const { sha256 } = await written(format);
      const { accuracy, samples } = await measureFinished(run, format, sha256);
      expect(samples).toBe(100);
      // Half precision may turn a sample at the border.
      expect(Math.abs(accuracy - run.report.compressed.accuracy)).toBeLessThanOrEqual(0.0101);
    },
  );

  it('is not measured where it is another file by now, or gone', async () => {
    const { name, sha256 } = await written('keras');
    appendFileSync(join(run.folder, name), 'x');
    await expect(measureFinished(run, 'keras', sha256)).rejects.toEqual(
      problemWith({ code: 'run/changed-file' }),
    );
    rmSync(join(run.folder, name));
    await expect(measureFinished(run, 'keras', sha256)).rejects.toEqual(
      problemWith({ code: 'files/missing' }),
    );
  });

  it('that holds weights alone says so', async () => {
    const { sha256 } = await written('safetensors');
    await expect(measureFinished(run, 'safetensors', sha256)).rejects.toThrow(/weights/);
  });
});
