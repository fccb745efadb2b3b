import { describe, expect, it } from 'vitest';
import { recipeSchema, trainSpecSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import type { Stage } from '../../../main/engine/compress/framework.ts';
import { planOf } from '../../../main/engine/compress/plan/plan.ts';
import type { StepHooks } from '../../../main/engine/compress/dynamics/dynamics.ts';
import { slimmingPenalty, withPenalty } from '../../../main/engine/compress/slimming.ts';
import type { Network, WeightSet } from '../../../main/engine/network/graph.ts';
import { wholeModel } from '../../../main/engine/network/model.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { TrainingModel } from '../../../main/engine/train/training-model.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { useBackend } from './support.ts';

const LAMBDA = 0.05;
const LR = 0.1;
const network = zoo.get('resnet-20').build({ input: [1, 8, 8], classes: 3 });
const random = Random.from(2, 'samples');
const batch = {
  x: Float32Array.from({ length: 4 * 64 }, () => random.normal()),
  y: Int32Array.of(0, 1, 2, 1),
  size: 4,
};
const scaleNames = Object.keys(network.params).filter((name) => network.params[name]?.role === 'scale');

/** Weights whose first scale has a negative, a zero and a positive entry. */
function start(of: Network): WeightSet {
  const weights = initialize(of, Random.from(1, 'weights'));
  const scale = weights.get(scaleNames[0] ?? '');
  scale?.data.set([-0.5, 0, 0.5]);
  return weights;
}

describe("network slimming's penalty", () => {
  const backend = useBackend('onnxruntime');
  const train = async (steps: number, hooks?: StepHooks) => {
    const spec = trainSpecSchema.parse({ epochs: 1, momentum: 0, weightDecay: 0, optimizer: 'sgd' });
    const model = new TrainingModel(backend(), wholeModel({ network, weights: start(network) }), spec, {
      ...(hooks && { hooks }),
    });
    for (let step = 0; step < steps; step++) await model.train(batch, [1, 8, 8], LR, step + 1);
    const weights = await model.weights();
    model.dispose();
    return weights;
  };

  it('adds lambda sign(gamma) to the gradient of every batch-norm scale, and to nothing else', async () => {
    const without = await train(1, undefined);
    const penalised = await train(1, { penalty: slimmingPenalty(network, LAMBDA) });
    for (const [name, { data }] of start(network)) {
      const moved = penalised.get(name)?.data ?? [];
      without.get(name)?.data.forEach((plain, i) => {
        const pull = scaleNames.includes(name) ? LR * LAMBDA * Math.sign(data[i] ?? NaN) : 0;
        expect(Math.abs((moved[i] ?? NaN) - (plain - pull))).toBeLessThan(1e-6);
      });
    }
  });

  it('shrinks the scales', async () => {
    const mean = (weights: WeightSet) => {
      const scales = scaleNames.flatMap((name) => [...(weights.get(name)?.data ?? [])]);
      return scales.reduce((sum, scale) => sum + Math.abs(scale), 0) / scales.length;
    };
    const without = mean(await train(10, undefined));
    expect(mean(await train(10, { penalty: slimmingPenalty(network, LAMBDA) }))).toBeLessThan(
      without - 8 * LR * LAMBDA,
    );
  });

  it('joins the penalty of other dynamics', async () => {
    const own = slimmingPenalty(network, LAMBDA);
    const [twice, sum] = [
      await train(1, { penalty: slimmingPenalty(network, 2 * LAMBDA) }),
      await train(1, withPenalty({ penalty: own }, own)),
    ];
    for (const name of scaleNames) expect(sum.get(name)).toEqual(twice.get(name));
  });
});

describe('a plan with slimming', () => {
  const plan = (change: Partial<RecipeInput>) =>
    planOf(
      recipeSchema.parse({
        network: 'vgg-like',
        data: 'digits',
        dense: { epochs: 2 },
        finetune: { epochs: 1 },
        paradigm: 'bn-scale',
        budget: { sparsity: 0.5 },
        ...change,
      }),
    );
  const penalties = (stages: readonly Stage[]) =>
    stages.flatMap((stage) => (stage.kind === 'train' ? [[stage.id, stage.slimming]] : []));

  it('pulls in the trainings on whose scales a selection goes by, not in the fine-tuning', () => {
    expect(penalties(plan({ prune: { slimming: 1e-4 } }))).toEqual([
      ['dense', 1e-4],
      ['finetune', undefined],
    ]);
    expect(penalties(plan({}))).toEqual([
      ['dense', undefined],
      ['finetune', undefined],
    ]);
    const rounds = { slimming: 1e-3, schedule: 'iterative', rounds: 2, epochs: 1 };
    expect(penalties(plan({ prune: rounds }))).toEqual([
      ['dense', 1e-3],
      ['train-1', 1e-3],
      ['finetune', undefined],
    ]);
  });

  it("has the paper's strength for early-bird tickets drawn from scales, unless the recipe says otherwise", () => {
    const ticket = { paradigm: 'early-bird', baseline: false };
    expect(penalties(plan({ ...ticket, prune: { criterion: 'bn-scale' } }))).toEqual([['sparse', 1e-4]]);
    expect(penalties(plan({ ...ticket, prune: { criterion: 'bn-scale', slimming: 1e-5 } }))).toEqual([
      ['sparse', 1e-5],
    ]);
    expect(penalties(plan(ticket))).toEqual([['sparse', 1e-4]]);
    expect(penalties(plan({ ...ticket, prune: { criterion: 'magnitude' } }))).toEqual([
      ['sparse', undefined],
    ]);
  });

  it('is refused where no selection goes by scales, or nothing is trained before it', () => {
    expect(() => plan({ paradigm: 'magnitude-one-shot', prune: { slimming: 1e-4 } })).toThrow(
      /'magnitude' does not listen to prune.slimming/,
    );
    expect(() => plan({ dense: undefined, prune: { slimming: 1e-4 } })).toThrow(/trains nothing/);
  });
});
