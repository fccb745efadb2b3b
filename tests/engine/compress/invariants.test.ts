import '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { readSafetensors } from '../../../main/engine/formats/safetensors/read.ts';
import { runSession } from '../../../main/engine/run/session.ts';

const scratch = mkdtempSync(join(tmpdir(), 'espalier-invariants-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const base: RecipeInput = {
  network: 'lenet-300-100',
  data: { kind: 'digits', train: 192, validation: 0, test: 40 },
  seed: 5,
  dense: { epochs: 2 },
  paradigm: 'imp',
  budget: { sparsity: 0.36 },
  export: ['safetensors'],
};
let runs = 0;

/** The weights and masks that a whole run leaves. */
async function weightsAfter(change: Partial<RecipeInput>) {
  const folder = join(scratch, String(runs++));
  const options = { folder, baseFolder: scratch, device: 'onnxruntime', threads: 1, resume: false };
  const warnings: string[] = [];
  await runSession({ ...options, recipe: recipeSchema.parse({ ...base, ...change }) }, new Control(), (m) => {
    if (m.type === 'log' && m.level === 'warning') warnings.push(m.text);
  });
  const read = (file: string) =>
    new Map(readSafetensors(readFileSync(join(folder, file))).tensors.map(({ name, data }) => [name, data]));
  return { weights: read('weights.safetensors'), masks: read('masks.safetensors'), warnings };
}

describe('the framework', () => {
  it('without sparsity and without training after it leaves the dense weights, bit for bit', async () => {
    const pruned = await weightsAfter({ paradigm: 'magnitude-one-shot', budget: { sparsity: 0 } });
    const dense = await weightsAfter({ paradigm: 'taylor', prune: { rounds: 1 }, budget: { sparsity: 0 } });
    expect(pruned.weights).toEqual(dense.weights);
    expect([...pruned.masks.values()].every((mask) => mask.every((bit) => bit === 1))).toBe(true);
  });

  it('magnitude before any training is magnitude at initialisation', async () => {
    const none = { dense: { epochs: 0 }, budget: { sparsity: 0.9 } };
    const atInit = await weightsAfter({ ...none, paradigm: 'magnitude-at-init', baseline: false });
    const after = await weightsAfter({ ...none, paradigm: 'magnitude-one-shot' });
    expect(after.masks).toEqual(atInit.masks);
    expect(after.weights).toEqual(atInit.weights);
  });

  it('rewinding to the end of training is learning-rate rewinding to it', async () => {
    const prune = { rewind: 2 };
    const rewound = await weightsAfter({ prune });
    expect(rewound).toEqual(await weightsAfter({ paradigm: 'lr-rewinding', prune }));
    const early = await weightsAfter({ prune: { rewind: 1 } });
    expect(early.weights).not.toEqual(rewound.weights);
  });

  it('keeps pruned weights at zero and warns before it empties a layer', async () => {
    const { weights, masks, warnings } = await weightsAfter({
      paradigm: 'synflow',
      baseline: false,
      budget: { sparsity: 0.95 },
      prune: { rounds: 1, protect: false },
    });
    for (const [name, mask] of masks) {
      const data = weights.get(name) ?? [];
      mask.forEach((bit: number | bigint, i: number) => (bit === 0 ? expect(data[i]).toBe(0) : undefined));
    }
    expect(warnings.join()).toContain('empty these layers');
    expect(warnings.join()).toContain('fc1.weight');
  });

  it('SBP-SR trains from rescaled weights on the edge of chaos', async () => {
    const { weights, masks } = await weightsAfter({
      paradigm: 'sbp',
      baseline: false,
      dense: { epochs: 0 },
      budget: { sparsity: 0.9 },
    });
    for (const [name, mask] of masks) {
      const data = (weights.get(name) ?? new Float32Array()) as Float32Array;
      const energy = data.reduce((sum, w) => sum + w * w, 0);
      const fanIn = { 'fc1.weight': 784, 'fc2.weight': 300, 'fc3.weight': 100 }[name] ?? NaN;
      expect((energy * fanIn) / mask.length).toBeCloseTo(2, 4);
    }
  });
});
