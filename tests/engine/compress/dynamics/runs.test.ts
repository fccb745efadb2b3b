import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { EngineMessage } from '../../../../main/contract/messages.ts';
import { recipeSchema, type RecipeInput } from '../../../../main/contract/recipe.ts';
import { paradigms } from '../../../../main/engine/compress/paradigms/index.ts';
import { Control } from '../../../../main/engine/base/control.ts';
import { readSafetensors } from '../../../../main/engine/formats/safetensors/read.ts';
import { runSession } from '../../../../main/engine/run/session.ts';

const scratch = mkdtempSync(join(tmpdir(), 'espalier-dynamics-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Prunable weights of LeNet-300-100. */
const TOTAL = 266_200;
/** Epochs of 10 steps. */
const EPOCHS = 3;

function recipeOf(paradigm: string, change: Partial<RecipeInput> = {}): RecipeInput {
  return {
    network: 'lenet-300-100',
    data: { kind: 'digits', train: 640, test: 200 },
    seed: 7,
    dense: { epochs: EPOCHS },
    baseline: false,
    paradigm,
    budget: { sparsity: 0.9 },
    export: ['safetensors'],
    ...change,
  };
}

interface Outcome {
  readonly messages: EngineMessage[];
  readonly bytes: Buffer;
  readonly accuracy: number;
}

/** Runs in this process. */
async function run(name: string, input: RecipeInput): Promise<Outcome> {
  const folder = join(scratch, name);
  const messages: EngineMessage[] = [];
  const options = { recipe: recipeSchema.parse(input), folder, baseFolder: scratch, device: 'onnxruntime' };
  const report = await runSession({ ...options, resume: false }, new Control(), (message) =>
    messages.push(message),
  );
  return {
    messages,
    bytes: readFileSync(join(folder, 'weights.safetensors')),
    accuracy: report.compressed.accuracy,
  };
}

/** Final weights of the prunable layers. */
function weightsOf(outcome: Outcome): Float32Array[] {
  const { tensors } = readSafetensors(outcome.bytes, 'weights');
  return ['fc1.weight', 'fc2.weight', 'fc3.weight'].map(
    (name) => tensors.find((tensor) => tensor.name === name)?.data as Float32Array,
  );
}

const changes: Record<string, Partial<RecipeInput>> = {
  'greg-1': { dense: { epochs: 1 }, prune: { epochs: EPOCHS }, finetune: { epochs: 1 } },
  'greg-2': { dense: { epochs: 1 }, prune: { epochs: EPOCHS }, finetune: { epochs: 1 } },
  'early-bird': { dense: { epochs: 4 } },
  rigl: { prune: { dynamics: { every: 3 } } },
  set: { prune: { dynamics: { every: 3 } } },
};
const dynamic = paradigms.items.filter(({ point }) => point.dynamics !== undefined).map(({ id }) => id);

const outcomes = new Map<string, Promise<Outcome>>();

/** The undisturbed run of a paradigm, run once. */
function whole(id: string): Promise<Outcome> {
  const known = outcomes.get(id) ?? run(`${id}-whole`, recipeOf(id, changes[id]));
  outcomes.set(id, known);
  return known;
}

describe.each(dynamic)('%s', (id) => {
  it('ends with the sparsity that was asked for, to the weight', async () => {
    const undisturbed = await whole(id);
    const nonzero = weightsOf(undisturbed).reduce(
      (sum, data) => sum + data.reduce((count, w) => count + (w !== 0 ? 1 : 0), 0),
      0,
    );
    const layers = undisturbed.messages.findLast((message) => message.type === 'layers');
    const kept = layers?.type === 'layers' ? layers.layers.reduce((sum, layer) => sum + layer.kept, 0) : 0;
    expect(kept).toBe(Math.round(0.1 * TOTAL));
    // A kept weight may be zero: what RigL and SET grow starts there.
    expect(nonzero).toBeLessThanOrEqual(kept);
    expect(nonzero).toBeGreaterThan(0.9 * kept);
  });
});

describe('sparse training', () => {
  it.each(['set', 'rigl'])('%s never changes the number of weights of a layer', async (id) => {
    const { messages } = await whole(id);
    const counts = messages.flatMap((message) =>
      message.type === 'layers' ? [message.layers.map((layer) => layer.kept).join()] : [],
    );
    expect(counts.length).toBeGreaterThan(8);
    expect(new Set(counts).size).toBe(1);
  });
});

describe('hidden networks', () => {
  it('export untrained weights: one magnitude per layer, the signs of the initial network', async () => {
    const trained = weightsOf(await whole('edge-popup'));
    const untouched = weightsOf(await run('start', recipeOf('random-uniform', { dense: { epochs: 0 }, budget: { sparsity: 0 } }))); // prettier-ignore
    trained.forEach((data, layer) => {
      const values = new Set(data.filter((w) => w !== 0).map(Math.abs));
      expect(values.size).toBe(1);
      const initial = untouched[layer] as Float32Array;
      expect(data.every((w, i) => w === 0 || Math.sign(w) === Math.sign(initial[i] as number))).toBe(true);
    });
  });

  it.each(['supermask', 'edge-popup'])(
    '%s recognises digits with weights that were never trained',
    async (id) => {
      const data = { kind: 'digits', train: 1500, test: 500 } as const;
      const { accuracy } = await run(`${id}-digits`, recipeOf(id, { data, dense: { epochs: 4 } }));
      // Ten classes: chance is a tenth, and 500 samples leave 0.013 of standard deviation.
      expect(accuracy).toBeGreaterThan(0.4);
    },
  );
});

describe('hidden networks in a convolutional one', () => {
  // Shared weights do not run away with their masks, and scores of sparse layers do not move past each other.
  it.each([
    ['supermask', 0.95],
    ['edge-popup', 0.99],
  ])('%s finds one where the budget is %d', async (id, sparsity) => {
    const { accuracy } = await run(`${id}-${sparsity}`, {
      ...recipeOf(id),
      network: 'lenet-5-caffe',
      data: { kind: 'digits', train: 4000, test: 500 },
      dense: { epochs: 4, batchSize: 64 },
      budget: { sparsity },
    });
    expect(accuracy).toBeGreaterThan(0.7);
  });
});
