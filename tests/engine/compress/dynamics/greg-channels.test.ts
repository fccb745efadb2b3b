import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EngineMessage } from '../../../../main/contract/messages.ts';
import { recipeSchema, type RecipeInput } from '../../../../main/contract/recipe.ts';
import { CHECKPOINT_FILE } from '../../../../main/files/checkpoint-file.ts';
import { CancelledError } from '../../../../main/engine/base/control.ts';
import { Random } from '../../../../main/engine/base/random.ts';
import { dynamicsKinds } from '../../../../main/engine/compress/dynamics/index.ts';
import { planOf } from '../../../../main/engine/compress/plan/plan.ts';
import { readSafetensors } from '../../../../main/engine/formats/safetensors/read.ts';
import { initialize } from '../../../../main/engine/network/initialize.ts';
import { NetworkBuilder } from '../../../../main/engine/network/builder.ts';
import { runSession } from '../../../../main/engine/run/session.ts';
import { temporaryFolder } from '../../../support/folder.ts';
import { Stop } from '../../run/stop.ts';
import { FakeTraining } from './live.ts';

const scratch = temporaryFolder();
const METHODS = ['greg-1', 'greg-2'] as const;
/** Epochs of sixteen steps in which the penalty grows. */
const EPOCHS = 10;

function recipeOf(paradigm: string, prune: RecipeInput['prune'] = {}): RecipeInput {
  return {
    network: 'lenet-5-caffe',
    narrow: 0.75,
    data: { kind: 'digits', train: 128, validation: 0, test: 40 },
    seed: 3,
    dense: { epochs: 2, batchSize: 8 },
    // With momentum what is pulled to zero swings around it on its way.
    finetune: { epochs: 1, batchSize: 8, momentum: 0, lr: 0.05 },
    paradigm,
    prune: { structure: { kind: 'channel' }, epochs: EPOCHS, ...prune },
    budget: { macs: 0.5 },
    export: ['safetensors'],
  };
}

type Tensors = ReadonlyMap<string, ArrayLike<number>>;

/** A run, with the numbers of every checkpoint that it wrote, by the stage that it was in. */
async function run(paradigm: string, name: string, control = new Stop(), resume = false) {
  const folder = join(scratch, name);
  const kept: { stage: number; tensors: Tensors }[] = [];
  const watch = (message: EngineMessage) => {
    if (message.type !== 'checkpoint') return;
    const { tensors } = readSafetensors(readFileSync(join(folder, CHECKPOINT_FILE)));
    kept.push({
      stage: message.stage,
      tensors: new Map(tensors.map((one) => [one.name, one.data as ArrayLike<number>])),
    });
  };
  const recipe = recipeSchema.parse(recipeOf(paradigm));
  const options = { recipe, folder, baseFolder: scratch, device: 'onnxruntime', threads: 1, resume };
  const report = await runSession(options, control, watch);
  return { report, kept, weights: readFileSync(join(folder, 'weights.safetensors')).toString('base64') };
}

/** The sum of the magnitudes of all numbers that masks prune, or of those that they keep. */
function norm(weights: Tensors, masks: Tensors, bit: 0 | 1): number {
  let sum = 0;
  for (const [name, mask] of masks) {
    if (!name.startsWith('masks/')) continue;
    const values = weights.get(name.replace('masks/', 'weights/'));
    Array.from(mask).forEach((own, i) => (sum += own === bit ? Math.abs(values?.[i] ?? NaN) : 0));
  }
  return sum;
}

describe.each(METHODS)('%s on whole channels', (id) => {
  it('wears down all that leaves, removes it unnoticed, and is the same after a break', async () => {
    const stages = planOf(recipeSchema.parse(recipeOf(id))).map((stage) => stage.id);
    const growing = stages.indexOf('prune');
    const undisturbed = new Stop();
    const { report, kept, weights } = await run(id, id, undisturbed);
    const masks = kept.find(({ stage }) => stage === growing + 1)?.tensors ?? new Map<string, number[]>();
    const during = kept.filter(({ stage }) => stage === growing).map(({ tensors }) => tensors);
    // The first one is of the weights that the stage begins with.
    expect(during).toHaveLength(EPOCHS + 1);
    // GReg-2 picks in its third epoch.
    const going = during.map((tensors) => norm(tensors, masks, 0)).slice(id === 'greg-2' ? 3 : 0);
    going.slice(1).forEach((value, i) => expect(value).toBeLessThan(going[i] as number));
    expect(going.at(-1)).toBeLessThan((going[0] as number) / 20);
    const staying = during.map((tensors) => norm(tensors, masks, 1));
    expect(staying.at(-1)).toBeGreaterThan((staying[0] as number) / 2);
    expect(report.findings).toContainEqual(
      expect.stringMatching(/^Before the last step the weights to remove had at most \d\.\d\d % of the mean/),
    );
    expect(report.findings).toContain(
      "Channels leave when 'Prune while training' is over: until then the penalty wears them down, and they are part of what the network computes.",
    );
    const [promise] = report.promises;
    expect(Math.abs((promise?.after ?? 0) / (promise?.asked ?? 1) - 1)).toBeLessThanOrEqual(0.02);
    expect(report.removals).toHaveLength(1);
    expect(report.removals[0]?.difference).toBeLessThanOrEqual(1e-4);

    // Within the growth, in which most gates lie.
    const stop = new Stop(Math.round(0.6 * undisturbed.gates));
    await expect(run(id, `${id}-stopped`, stop)).rejects.toThrow(CancelledError);
    const again = await run(id, `${id}-stopped`, new Stop(), true);
    expect(again.kept[0]?.stage).toBe(growing);
    expect(again.weights).toBe(weights);
  }, 120_000);

  it('ranks channels by their L1 norms, unless the recipe says otherwise', () => {
    const structureOf = (prune: RecipeInput['prune']) =>
      planOf(recipeSchema.parse({ ...recipeOf(id, prune), budget: { sparsity: 0.5 } })).flatMap((stage) =>
        stage.kind === 'train' ? (stage.dynamics?.selection.structure ?? []) : [],
      );
    expect(structureOf({})).toEqual([{ kind: 'channel', power: 1 }]);
    expect(structureOf({ structure: { kind: 'channel', power: 2 } })).toEqual([
      { kind: 'channel', power: 2 },
    ]);
    expect(structureOf({ criterion: 'taylor' })).toEqual([{ kind: 'channel' }]);
    expect(structureOf({ structure: { kind: 'block' } })).toEqual([{ kind: 'block' }]);
  });
});

describe('the penalty on a network with batch norm', () => {
  beforeAll(async () => void (await tf.setBackend('cpu')));
  const network = new NetworkBuilder('small', [1, 4, 4])
    .conv('conv', 3, { kernel: 1, bias: false })
    .batchNorm('norm')
    .relu()
    .globalAvgPool()
    .flatten()
    .dense('fc', 2)
    .build();
  const total = 1000;

  it.each(METHODS)('of %s grows on norms and biases of channels that go, and of no others', async (id) => {
    const weights = initialize(network, Random.from(1, 'weights'));
    const selection = { criterion: 'magnitude', scope: 'global', exclude: [], regrow: false, invert: false };
    const spec = { id, target: 1 / 3, targets: [1 / 3], options: {}, selection: { ...selection, structure: { kind: 'channel' } } }; // prettier-ignore
    const random = (label: string) => Random.from(1, label);
    const dynamics = dynamicsKinds.get(id).create({ network, spec, weights, saved: undefined, random });
    const live = new FakeTraining(weights, new Map(), dynamics);
    // Channel 1 goes.
    const gone = (name: string, axis: number) => {
      const [first = 1, second = 1] = network.params[name]?.shape ?? [];
      return Uint8Array.from({ length: first * second }, (_, i) =>
        (axis === 0 ? Math.floor(i / second) : i % second) === 1 ? 0 : 1,
      );
    };
    live.select = async () =>
      new Map([
        ['conv.weight', gone('conv.weight', 0)],
        ['norm.scale', gone('norm.scale', 0)],
        ['norm.shift', gone('norm.shift', 0)],
        ['fc.weight', gone('fc.weight', 1)],
      ]);
    const penaltyOf = (name: string) =>
      tf.tidy(() => {
        const extras = Object.fromEntries(
          Object.entries(live.extras).map(([key, { shape, data }]) => [key, tf.tensor(data, [...shape])]),
        );
        const ones = tf.ones([...(network.params[name]?.shape ?? [])]);
        return [...(dynamics.hooks?.penalty?.(name, ones, extras)?.dataSync() ?? [])];
      });
    const near = (name: string, wanted: readonly number[]) => {
      const found = penaltyOf(name);
      expect(found, name).toHaveLength(wanted.length);
      wanted.forEach((value, i) => expect(found[i], name).toBeCloseTo(value, 6));
    };
    await dynamics.beforeStep(0, total, live);
    if (id === 'greg-2') {
      const [lambda = 0] = penaltyOf('conv.weight');
      expect(lambda).toBeGreaterThan(0);
      near('conv.weight', [lambda, lambda, lambda]);
      near(
        'fc.weight',
        Array.from({ length: 6 }, () => lambda),
      );
      near('norm.scale', [0, 0, 0]);
      near('norm.shift', [0, 0, 0]);
    }
    for (let done = 1; done < total; done++) await dynamics.beforeStep(done, total, live);
    const stays = id === 'greg-2' ? -1e-4 : 0;
    near('conv.weight', [stays, 1, stays]);
    near('fc.weight', [stays, 1, stays, stays, 1, stays]);
    near('norm.scale', [0, 1, 0]);
    near('norm.shift', [0, 1, 0]);
    expect(penaltyOf('fc.bias')).toEqual([]);
  });
});
