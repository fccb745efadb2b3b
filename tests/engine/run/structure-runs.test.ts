import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { readSafetensors } from '../../../main/engine/formats/safetensors/read.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { temporaryFolder } from '../../support/folder.ts';

const scratch = temporaryFolder();
let runs = 0;

/** A whole run: its masks and its report. */
async function run(change: Partial<RecipeInput>) {
  const folder = join(scratch, String(runs++));
  const recipe = recipeSchema.parse({
    network: 'lenet-300-100',
    data: { kind: 'digits', train: 128, validation: 0, test: 20 },
    dense: { epochs: 1 },
    finetune: { epochs: 1 },
    baseline: false,
    budget: { sparsity: 0.75 },
    export: ['safetensors'],
    ...change,
  });
  const options = { recipe, folder, baseFolder: scratch, device: 'onnxruntime', threads: 1, resume: false };
  const report = await runSession(options, new Control(), () => undefined);
  const { tensors } = readSafetensors(readFileSync(join(folder, 'masks.safetensors')));
  const masks = new Map(tensors.map(({ name, shape, data }) => [name, { shape, mask: data as Uint8Array }]));
  return { report, masks };
}

type Masks = Awaited<ReturnType<typeof run>>['masks'];

/** How many every group of eight inputs of a layer keeps; the last group may be smaller. */
function eights(masks: Masks, name: string): Set<number> {
  const { shape: [out = 0, ins = 0] = [], mask = new Uint8Array() } = masks.get(name) ?? {};
  const counts = new Set<number>();
  for (let row = 0; row < out; row++) {
    for (let from = 0; from < ins; from += 8)
      counts.add(
        mask.slice(row * ins + from, row * ins + Math.min(from + 8, ins)).reduce((a, b) => a + b, 0),
      );
  }
  return counts;
}

/** Whether a dense layer's masks are alike in every block of four outputs, the last being smaller. */
function inFours(masks: Masks, name: string): boolean {
  const { shape: [out = 0, ins = 0] = [], mask = new Uint8Array() } = masks.get(name) ?? {};
  return Array.from({ length: out * ins }, (_, at) => at).every(
    (at) => mask[at] === mask[Math.floor(at / ins / 4) * 4 * ins + (at % ins)],
  );
}

const nm = { structure: { kind: 'n:m', n: 2, m: 8 } };
const block = { structure: { kind: 'block' } };

describe('a run whose structure is n:m', () => {
  it.each<[string, Partial<RecipeInput>]>([
    ['magnitude-gradual', { prune: { ...nm, epochs: 2 } }],
    ['snip', { prune: nm }],
    ['greg-1', { prune: { ...nm, epochs: 1 } }],
    ['edge-popup', { prune: { ...nm, scope: 'global' } }],
  ])('ends with two of every eight inputs kept: %s', async (paradigm, change) => {
    const { report, masks } = await run({ paradigm, ...change });
    for (const name of masks.keys()) expect(eights(masks, name)).toEqual(new Set([2]));
    // 784 inputs make 98 groups; 300 and 100 make 37 and 12, and one of four inputs.
    const kept = 300 * 98 * 2 + 100 * 38 * 2 + 10 * 13 * 2;
    expect(report.sparsity).toBeCloseTo(1 - kept / 266_200, 9);
    expect(report.findings[0]).toMatch(
      /^2:8: .*fc2.weight \(4 of 300 inputs\), fc3.weight \(4 of 100 inputs\)\./,
    );
  });
});

describe('a run whose structure is blocks', () => {
  it.each<[string, Partial<RecipeInput>]>([
    ['magnitude-one-shot', { prune: { ...block, scope: 'layerwise', control: 'shuffle' } }],
    ['force', { prune: { ...block, rounds: 3 } }],
    ['greg-2', { prune: { ...block, epochs: 1 } }],
  ])('keeps or prunes four outputs at once, and keeps what was asked: %s', async (paradigm, change) => {
    const { report, masks } = await run({ paradigm, budget: { sparsity: 0.8 }, ...change });
    for (const name of masks.keys()) expect(inFours(masks, name)).toBe(true);
    expect(masks.get('fc1.weight')?.mask).toContain(0);
    expect(Math.abs(report.sparsity - 0.8)).toBeLessThan(1e-3);
    expect(report.findings[0]).toMatch(/^Blocks of 4 x 1: .*: fc3.weight\.$/);
  });
});
