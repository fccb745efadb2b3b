import { afterEach, describe, expect, it } from 'vitest';
import { recipeSchema, trainSpecSchema } from '../../../main/contract/recipe.ts';
import { openScoring, type Scoring } from '../../../main/engine/ask/scoring.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { applyMasks } from '../../../main/engine/compress/masks.ts';
import type { Stage } from '../../../main/engine/compress/framework.ts';
import { coupling } from '../../../main/engine/network/coupling/index.ts';
import { cutBy, type Cut } from '../../../main/engine/network/cut-by-masks.ts';
import { networkCost } from '../../../main/engine/network/cost.ts';
import type { MaskSet, WeightSet } from '../../../main/engine/network/graph.ts';
import { componentMasks } from '../../../main/engine/network/coupling/masks.ts';
import { loadCheckpoint, saveCheckpoint } from '../../../main/engine/run/checkpoint.ts';
import { runStage } from '../../../main/engine/run/stages/index.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';

const folder = temporaryFolder();
const opened: Scoring[] = [];
afterEach(async () => {
  for (const scoring of opened.splice(0)) await scoring.close();
});

const spec = trainSpecSchema.parse({ epochs: 1, batchSize: 32 });
const train: Stage = { kind: 'train', id: 'dense', label: 'Train', spec, part: 'dense', keepAt: 0.5, keepOptimizer: true }; // prettier-ignore
const shrinking: Stage = { kind: 'shrink', id: 'shrink', label: 'Remove channels', coupling: {} };
const rewind: Stage = { kind: 'restore', id: 'rewind', label: 'Rewind', from: 'rewound' };

/** A LeNet-5 trained for an epoch, with the masks of every third channel of every group. */
async function trained() {
  const recipe = recipeSchema.parse({
    network: 'lenet-5-caffe',
    data: { kind: 'digits', train: 256, test: 64 },
    dense: spec,
    paradigm: 'magnitude-one-shot',
    budget: { sparsity: 0.5 },
  });
  const scoring = await openScoring(
    { recipe, baseFolder: folder, device: 'onnxruntime', threads: 1 },
    () => [train],
    new Control(),
  );
  opened.push(scoring);
  const { context } = scoring;
  const { network } = context.data.model;
  const components = coupling(network).groups.flatMap((group) =>
    group.components.filter((_, place) => place % 3 === 1),
  );
  const masks = componentMasks(network, components);
  context.data.model.masks = masks;
  applyMasks(context.data.model.weights, masks);
  return { context, masks, components, recipe };
}

/** What is left of a parameter's numbers where a mask keeps them: all that stays, in order. */
function kept(values: ArrayLike<number>, mask: ArrayLike<number> | undefined): number[] {
  return Array.from(values).filter((_, i) => mask === undefined || mask[i] === 1);
}

/** Of a network whose every leaving number is masked, the numbers that stay. */
function keptWeights(weights: WeightSet, masks: MaskSet): Record<string, number[]> {
  return Object.fromEntries([...weights].map(([name, { data }]) => [name, kept(data, masks.get(name))]));
}

describe('a stage that takes channels out', () => {
  it('leaves weights, optimiser and rewind point without exactly what the masks leave out', async () => {
    const { context, masks, components } = await trained();
    const { data, base } = context;
    const before = data.model;
    const rewound = data.snapshots.get('rewound');
    expect(before.optimizer.slots.size).toBeGreaterThan(0);
    await runStage(context, shrinking);
    expect(keptWeights(data.model.weights, new Map())).toEqual(keptWeights(before.weights, masks));
    for (const [name, slot] of before.optimizer.slots) {
      const mask = masks.get(name.replace('velocity/', ''));
      expect([...(data.model.optimizer.slots.get(name) ?? [])], name).toEqual(kept(slot, mask));
    }
    const again = data.snapshots.get('rewound');
    if (rewound === undefined || again === undefined) throw new Error('the training keeps its rewind point');
    expect(keptWeights(again.weights, new Map())).toEqual(keptWeights(rewound.weights, masks));
    expect(data.model.masks.size).toBe(0);
    const cost = [base, data.model.network].map((network) => networkCost(network));
    expect(cost[1]?.macs).toBeLessThan((cost[0]?.macs ?? 0) * 0.6);
    expect(data.removals).toMatchObject([{ label: 'Remove channels', coupling: {} }]);
    expect(Object.values(data.removals[0]?.left ?? {}).flat()).toHaveLength(components.length);
    expect(data.removals[0]?.proof.difference).toBeLessThan(1e-4);
    // What goes back goes back to the smaller network, and trains on.
    await runStage(context, rewind);
    expect(data.model.network).toBe(data.removals[0]?.network);
    await runStage(context, { ...train, id: 'again' });
    expect(data.model.weights.get('conv1.weight')?.shape[0]).toBeLessThan(20);
  });

  it('is kept by a checkpoint as what left, and made again from the network as it came', async () => {
    const { context, recipe } = await trained();
    const { data, base } = context;
    await runStage(context, shrinking);
    await saveCheckpoint(folder, recipe, data);
    const read = await loadCheckpoint(folder, recipe, base);
    expect(read).toEqual(data);
    expect(read?.snapshots.get('rewound')?.network).toBe(read?.model.network);
  });

  it('refuses a checkpoint whose channels are not those of the network', async () => {
    const { context, recipe } = await trained();
    const { data, base } = context;
    await runStage(context, shrinking);
    const [removal] = data.removals;
    if (removal === undefined) throw new Error('something left');
    const others: Cut['left'][] = [{ conv1: [0, 1, 2] }, { conv1: [99] }, { conv7: [0] }];
    for (const left of others) {
      const other = { ...data, removals: [{ ...removal, left }] };
      await saveCheckpoint(folder, recipe, other);
      await expect(loadCheckpoint(folder, recipe, base)).rejects.toThrow(
        problemWith({ code: 'checkpoint/damaged' }),
      );
    }
  });

  it('leaves what the masks keep a part of', async () => {
    const { context, masks } = await trained();
    const network = context.base;
    const [name, mask] = [...masks][0] ?? ['', new Uint8Array()];
    const whole = cutBy(masks, network);
    const more = new Map(masks).set(
      name,
      mask.map((bit, i) => (i === mask.indexOf(0) ? 1 : bit)),
    );
    const count = ({ left }: typeof whole) => Object.values(left).flat().length;
    expect(count(cutBy(more, network))).toBe(count(whole) - 1);
    expect(cutBy(new Map(), network)).toEqual({ coupling: {}, left: {} });
  });
});

describe('the proof', () => {
  it('ends a run whose smaller network computes something else', async () => {
    const { context } = await trained();
    const { evaluator } = context;
    let calls = 0;
    const wrong = Object.assign(Object.create(evaluator) as typeof evaluator, {
      logits: async (...args: Parameters<typeof evaluator.logits>) => {
        const logits = await evaluator.logits(...args);
        return ++calls % 2 === 0 ? logits.map((value) => value + 1e-2) : logits;
      },
    });
    await expect(runStage({ ...context, evaluator: wrong }, shrinking)).rejects.toThrow(
      problemWith({ code: 'structure/differs' }),
    );
  });
});
