import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { recipeSchema } from '../../../main/contract/recipe.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { paradigms } from '../../../main/engine/compress/paradigms/index.ts';
import { exportFinished } from '../../../main/engine/run/results/export-finished.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { sha256 } from '../../../main/files/hash.ts';
import { temporaryFolder } from '../../support/folder.ts';

it('of a paradigm with a later revision writes what the run wrote, whatever its card says; card and note lie beside', async () => {
  const folder = temporaryFolder();
  expect(paradigms.get('snip').revision).toBeGreaterThan(1);
  const recipe = recipeSchema.parse({
    network: 'lenet-300-100',
    data: { kind: 'digits', train: 100, validation: 20, test: 20 },
    paradigm: 'snip',
    dense: { epochs: 1 },
    baseline: false,
    budget: { sparsity: 0.5 },
    finetune: { epochs: 1 },
    export: ['safetensors'],
  });
  const options = { recipe, folder, baseFolder: folder, device: 'onnxruntime', resume: false };
  const report = await runSession(options, new Control(), () => undefined);
  const told = { ...recipe, card: { license: 'mit' } };
  const files = await exportFinished(
    { folder, shown: folder, report, recipe: told, baseFolder: folder },
    'safetensors',
  );
  expect(files.length).toBeGreaterThan(0);
  const weights = (bytes: Uint8Array) => bytes.subarray(8 + Number(Buffer.from(bytes).readBigUInt64LE(0)));
  for (const { name, bytes } of files)
    expect(sha256(weights(bytes))).toBe(sha256(weights(readFileSync(join(folder, name)))));
  for (const [name, kind] of [
    ['README.md', 'model-card'],
    ['LICENSE-NOTE.md', 'license-note'],
  ] as const) {
    const listed = report.files.find(({ path }) => path === name);
    expect(listed?.kind).toBe(kind);
    expect(listed?.sha256).toBe(sha256(readFileSync(join(folder, name))));
  }
});
