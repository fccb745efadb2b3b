import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Report } from '../../../main/contract/report.ts';
import { recipeSchema } from '../../../main/contract/recipe.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { cli } from '../../cli/harness.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { has } from '../formats/sparse/run-c.ts';

const folder = temporaryFolder();
const data = { kind: 'digits', train: 200, validation: 0, test: 120 } as const;

async function run(name: string): Promise<Report> {
  const recipe = recipeSchema.parse({
    network: 'lenet-300-100',
    ...{ data, paradigm: 'magnitude-one-shot', budget: { sparsity: 0.95 } },
    dense: { epochs: 4 },
    finetune: { epochs: 1 },
    export: ['wasm', 'c', 'c-int8'],
  });
  const out = join(folder, name);
  const session = {
    recipe,
    folder: out,
    baseFolder: folder,
    device: 'onnxruntime',
    threads: 1,
    resume: false,
  };
  return runSession(session, new Control(), () => undefined);
}

const sizeOf = ({ sizes }: Report, id: string) => sizes.find(({ format }) => format === id);
const FILES = { wasm: 'model.wasm', c: 'model.c', 'c-int8': 'model-int8.c' } as const;

describe('a run whose files have kernels of their own', () => {
  afterEach(() => void vi.unstubAllEnvs());

  it.skipIf(!has('gcc') && !has('clang'))(
    'scores and times each on the same samples, and verify finds the same',
    async () => {
      const report = await run('measured');
      const { accuracy } = report.compressed;
      expect(accuracy).toBeGreaterThan(0.3);
      for (const [format, file] of Object.entries(FILES)) {
        const size = sizeOf(report, format);
        const least = accuracy - (format === 'c-int8' ? 0.02 : 1 / data.test);
        expect(size?.accuracy, format).toBeGreaterThanOrEqual(least);
        expect(size?.latencyMs).toMatchObject({ threads: 1, batch: 1 });
        expect(size?.besideMs).toEqual(sizeOf(report, 'wasm')?.besideMs);
        expect(size?.bytes).toBe((await readFile(join(folder, 'measured', file))).byteLength);
        const shown = join('measured', file);
        const options = [
          '--data',
          JSON.stringify(data),
          '--json',
          ...(format === 'wasm' ? [] : ['--compile']),
        ];
        const verified = await cli(['verify', shown, ...options], { cwd: folder });
        expect(verified.stderr).toBe('');
        const found = JSON.parse(verified.stdout) as Record<string, unknown>;
        expect(found).toMatchObject({ accuracy: size?.accuracy, sameData: true, samples: data.test });
        const evaluated = await cli(['evaluate', shown, ...options], { cwd: folder });
        expect(JSON.parse(evaluated.stdout)).toMatchObject({ accuracy: size?.accuracy });
      }
      const refused = await cli(['verify', join('measured', 'model.c'), '--data', JSON.stringify(data)], {
        cwd: folder,
      });
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain('Add --compile');
    },
    60_000,
  );

  it('says so where there is no compiler', async () => {
    vi.stubEnv('PATH', folder);
    const report = await run('unmeasured');
    expect(sizeOf(report, 'wasm')?.accuracy).toBeTypeOf('number');
    expect(sizeOf(report, 'c')).toMatchObject({ accuracy: null, latencyMs: null });
    // That of the rounded weights is known without it.
    expect(sizeOf(report, 'c-int8')?.accuracy).toBeTypeOf('number');
    expect(report.findings.filter((text) => text.includes('There is no C compiler.'))).toHaveLength(2);
  }, 60_000);
});
