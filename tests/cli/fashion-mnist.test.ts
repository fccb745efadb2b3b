import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { RecipeInput } from '../../main/contract/recipe.ts';
import type { Report } from '../../main/contract/report.ts';
import { cli, ROOT } from './harness.ts';

const DATA = join(ROOT, '..', 'shared', 'data', 'fashion-mnist');

describe.skipIf(!existsSync(DATA))('Fashion-MNIST (skipped without ../shared/data/fashion-mnist)', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'espalier-fashion-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('learns and keeps 90 % sparsity on a sixth of the samples, by the shortened sample recipe', async () => {
    const sample = join(ROOT, 'resources', 'recipes', 'fashion-mnist-lenet-300-100-90.yaml');
    const recipe: RecipeInput = {
      ...(parse(await readFile(sample, 'utf8')) as RecipeInput),
      data: { kind: 'idx', path: DATA, limit: 9000 },
      dense: { epochs: 4 },
      prune: { epochs: 3 },
      finetune: { epochs: 2 },
    };
    await writeFile(join(folder, 'recipe.yaml'), stringify(recipe));
    const entry = join(ROOT, 'main', 'engine', 'process', 'entry.ts');
    const argv = ['compress', 'recipe.yaml', '--out', 'out', '--json', '--quiet'];
    const { code, stdout } = await cli(argv, { cwd: folder, entry });
    expect(code).toBe(0);
    const { dense, compressed, sparsity } = JSON.parse(stdout) as Report;
    // A linear classifier gets 84 % from all samples; chance is 10 %.
    expect(dense?.accuracy).toBeGreaterThan(0.83);
    expect(compressed.accuracy).toBeGreaterThan((dense?.accuracy ?? 1) - 0.02);
    expect(sparsity).toBeCloseTo(0.9, 4);
  });
});
