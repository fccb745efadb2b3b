import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { recipeSchema } from '../../../main/contract/recipe.ts';
import type { Tools } from '../../../main/engine/compress/budgets/budget.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { latencyOf } from '../../../main/engine/evaluate/latency.ts';
import { prunableParams } from '../../../main/engine/network/graph.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';

/** Milliseconds of a call by the number of layers, in place of a clock. */
let clock: Readonly<Record<number, number>> = {};
const timed: number[] = [];

vi.mock('../../../main/engine/run/results/timing.ts', () => ({
  timing: {
    time: (models, { batch, threads }) =>
      Promise.resolve(
        models.map(({ network }) => {
          const layers = prunableParams(network).length;
          timed.push(layers);
          return latencyOf(new Array<number>(20).fill(clock[layers] ?? NaN), { batch, threads });
        }),
      ),
  } satisfies Tools,
}));

const scratch = temporaryFolder();
const run = (budget: object, folder: string) =>
  runSession(
    {
      recipe: recipeSchema.parse({
        network: 'lenet-300-100',
        data: { kind: 'digits', train: 128, test: 40 },
        seed: 1,
        dense: { epochs: 1, batchSize: 64 },
        paradigm: 'layer-fusion',
        prune: { epochs: 0 },
        budget,
        finetune: { epochs: 1, batchSize: 64 },
        export: ['safetensors'],
      }),
      folder: join(scratch, folder),
      baseFolder: scratch,
      device: 'onnxruntime',
      threads: 1,
      resume: false,
    },
    new Control(),
    () => undefined,
  );

afterEach(() => (timed.length = 0));

describe('a budget of latency for fusions', () => {
  it('ends with the first fusion after which the network is fast enough', async () => {
    clock = { 3: 3, 2: 2, 1: 1 };
    const { fusions, promises } = await run({ latency: { kept: 0.7 } }, 'one');
    expect(fusions).toHaveLength(1);
    expect(promises).toMatchObject([{ kind: 'latency', before: 3, after: 2 }]);
    expect(promises[0]?.asked).toBeCloseTo(2.1, 9);
  });

  it('goes on past a fused network that takes longer than what it replaces', async () => {
    clock = { 3: 3, 2: 4, 1: 1 };
    const { fusions, promises } = await run({ latency: { kept: 0.7 } }, 'two');
    expect(fusions).toHaveLength(2);
    expect(promises).toMatchObject([{ kind: 'latency', before: 3, after: 1 }]);
  });

  it('is refused with the fastest that was timed, before anything is trained', async () => {
    clock = { 3: 3, 2: 2.5, 1: 2.7 };
    const refused = run({ latency: { kept: 0.5 } }, 'none');
    await expect(refused).rejects.toThrow(
      problemWith({ code: 'budget/unreachable', field: 'budget.latency' }),
    );
    await expect(refused).rejects.toThrow(/after 1 fusion\b/);
    // Each number of fusions was timed in turns with the whole network.
    expect(timed.toSorted()).toEqual([1, 2, 3, 3]);
    expect(existsSync(join(scratch, 'none', 'checkpoint.safetensors'))).toBe(false);
  });
});
