import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import type { Report } from '../../../main/contract/report.ts';
import { CHECKPOINT_FILE } from '../../../main/files/checkpoint-file.ts';
import { readSafetensors } from '../../../main/engine/formats/safetensors/read.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { runSession } from '../../../main/engine/run/session.ts';

const scratch = mkdtempSync(join(tmpdir(), 'espalier-dense-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const base: RecipeInput = {
  network: 'lenet-300-100',
  data: { kind: 'digits', train: 256, test: 100 },
  dense: { epochs: 2 },
  paradigm: 'magnitude-one-shot',
  budget: { sparsity: 0.8 },
  finetune: { epochs: 1 },
  export: ['safetensors'],
};

interface Ended {
  readonly report: Report;
  readonly weights: string;
  readonly taken: boolean;
}

async function run(name: string, changes: Partial<RecipeInput>, sharedDense?: string): Promise<Ended> {
  const folder = join(scratch, name);
  let taken = false;
  const report = await runSession(
    {
      recipe: recipeSchema.parse({ ...base, ...changes }),
      folder,
      baseFolder: scratch,
      device: 'onnxruntime',
      threads: 1,
      resume: false,
      ...(sharedDense !== undefined && { sharedDense: join(scratch, sharedDense) }),
    },
    new Control(() => undefined),
    (message) => {
      if (message.type === 'log' && message.text.includes('taken from an earlier run')) taken = true;
    },
  );
  return { report, weights: readFileSync(join(folder, 'weights.safetensors')).toString('base64'), taken };
}

/** What of a report does not depend on the clock. */
const facts = ({ dense, compressed, history, layers }: Report) => ({
  history,
  layers,
  sides: [dense, compressed].map((side) => [side?.accuracy, side?.loss, side?.perClass]),
});

describe('dense trainings that runs share', () => {
  const others: Record<string, Partial<RecipeInput>> = {
    'pruning after training': { budget: { sparsity: 0.9 } },
    'pruning at initialisation': { paradigm: 'random-uniform' },
    'lottery tickets': { paradigm: 'imp', prune: { rounds: 1, rewind: 1 } },
  };

  it('give the same bytes as trainings of their own', async () => {
    expect((await run('first', {}, 'shared')).taken).toBe(false);
    for (const [name, changes] of Object.entries(others)) {
      // A lottery ticket's training also keeps the weights of its rewind point: it shares with its like.
      if (changes.paradigm === 'imp') await run('rewound', changes, 'shared');
      const own = await run(`own ${name}`, changes);
      const shared = await run(`shared ${name}`, changes, 'shared');
      expect([name, own.taken, shared.taken]).toEqual([name, false, true]);
      expect(shared.weights === own.weights, name).toBe(true);
      expect(facts(shared.report)).toEqual(facts(own.report));
    }
    expect(readdirSync(join(scratch, 'shared'))).toHaveLength(2);
  }, 180_000);

  it('leave the optimiser to a training that goes on with it', async () => {
    const changes: Partial<RecipeInput> = { paradigm: 'lr-rewinding', prune: { rounds: 1 } };
    const own = await run('own', changes, 'going-on');
    const shared = await run('shared', changes, 'going-on');
    expect([own.taken, shared.taken]).toEqual([false, true]);
    expect(shared.weights === own.weights).toBe(true);
  }, 60_000);

  it('are done anew where the file is damaged', async () => {
    await run('whole', {}, 'damaged');
    const [entry = ''] = readdirSync(join(scratch, 'damaged'));
    const file = join(scratch, 'damaged', entry, CHECKPOINT_FILE);
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length / 2));
    expect((await run('anew', {}, 'damaged')).taken).toBe(false);
    // What is kept of the clock may be longer or shorter.
    expect(readSafetensors(readFileSync(file)).tensors).toEqual(readSafetensors(bytes).tensors);
  }, 60_000);

  it('are not taken for another seed, training or data', async () => {
    await run('one', {}, 'strict');
    const changes: Partial<RecipeInput>[] = [
      { seed: 2 },
      { dense: { epochs: 1 } },
      { data: { kind: 'digits', train: 257, test: 100 } },
    ];
    for (const [i, change] of changes.entries())
      expect((await run(`${i}`, change, 'strict')).taken).toBe(false);
    expect(readdirSync(join(scratch, 'strict'))).toHaveLength(4);
  }, 60_000);
});
