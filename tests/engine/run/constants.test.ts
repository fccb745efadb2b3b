import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recipeSchema, type Recipe } from '../../../main/contract/recipe.ts';
import { openScoring, type Scoring } from '../../../main/engine/ask/scoring.ts';
import { Control } from '../../../main/engine/base/control.ts';
import type { Stage } from '../../../main/engine/compress/framework.ts';
import type { Selection } from '../../../main/engine/compress/selection.ts';
import { copyWeights } from '../../../main/engine/compress/masks.ts';
import { batches } from '../../../main/engine/data/batches.ts';
import { coupling } from '../../../main/engine/network/coupling/index.ts';
import { componentMasks } from '../../../main/engine/network/coupling/masks.ts';
import { maskedSet } from '../../../main/engine/network/masked.ts';
import type { Network, WeightSet } from '../../../main/engine/network/graph.ts';
import { wholeModel, type Weighed } from '../../../main/engine/network/model.ts';
import { loadCheckpoint, saveCheckpoint } from '../../../main/engine/run/checkpoint.ts';
import type { RunContext } from '../../../main/engine/run/context.ts';
import { runStage } from '../../../main/engine/run/stages/index.ts';
import { formatNumber } from '../../../main/words/format.ts';
import { Graph } from '../network/coupling/graph.ts';
import { sizedWeights } from '../network/coupling/removal.ts';
import { temporaryFolder } from '../../support/folder.ts';

const folder = temporaryFolder();
let opened: Scoring | undefined;
afterEach(async () => {
  await opened?.close();
});

const selection: Selection = {
  criterion: 'bn-scale',
  scope: 'global',
  exclude: [],
  regrow: false,
  invert: false,
  structure: { kind: 'channel' },
};
const stages: Stage[] = [
  { kind: 'prune', id: 'prune', label: 'Prune', selection, targets: [0.5], shuffle: false },
  { kind: 'shrink', id: 'shrink', label: 'Remove channels', coupling: {} },
];

let context: RunContext;
let recipe: Recipe;
beforeEach(async () => {
  recipe = recipeSchema.parse({
    network: 'lenet-5-caffe',
    data: { kind: 'digits', train: 256, test: 64 },
    dense: { epochs: 1 },
    paradigm: 'bn-scale',
    budget: { sparsity: 0.5 },
  });
  opened = await openScoring({ recipe, baseFolder: folder, device: 'onnxruntime', threads: 1 }, () => [], new Control());
  context = opened.context;
}); // prettier-ignore

/** Two convolutions with batch norms, whose second one's channels a third one reads that has no bias and no norm. */
function network(pad: number): Network {
  const g = new Graph(context.dataset.sampleShape);
  const block = (x: string, out: number, act: string) =>
    g.add(act, [g.norm(g.conv(x, out, { kernel: 3, pad, stride: 2, bias: false }))]);
  const x = block(block(g.x, 6, 'Relu'), 8, 'Sigmoid');
  const both = g.sum(g.conv(x, 4, { bias: false, pad }), g.conv(x, 4, { bias: false, pad }));
  return g.build(g.dense(g.add('Flatten', [both]), 10));
}

/** Every second scale is zero, as network slimming makes them, and no shift is. */
function slimmed(made: Network): WeightSet {
  const weights = sizedWeights(made, 7);
  for (const [name, { data }] of weights) {
    if (/scale$/.test(name)) data.forEach((_, i) => i % 2 === 1 && (data[i] = 0));
    if (/shift$/.test(name)) data.forEach((_, i) => (data[i] = 0.3 + 0.1 * i));
  }
  return weights;
}

async function removed(
  pad: number,
  more: readonly Stage[] = [],
): Promise<{ dense: Weighed; run: RunContext }> {
  const made = network(pad);
  const dense = { network: made, weights: slimmed(made) };
  const run = { ...context, base: made, stages: [...stages, ...more] };
  run.data.model = wholeModel({ network: made, weights: copyWeights(dense.weights) });
  run.data.snapshots = new Map([['rewound', wholeModel({ network: made, weights: sizedWeights(made, 1) })]]);
  for (const stage of stages) {
    await runStage(run, stage);
    run.data.stage++;
  }
  return { dense, run };
}

/** The largest difference of a logit on the first training samples, over the largest one. */
async function differenceOf(a: Weighed, b: Weighed): Promise<number> {
  const { dataset, evaluator } = context;
  const [probe] = batches(dataset.train, dataset, { batchSize: 256, order: 'sequential' });
  if (probe === undefined) return NaN;
  const answer = (model: Weighed) => evaluator.logits(model, probe.x, [probe.size, ...dataset.sampleShape]);
  const [before, after] = [await answer(a), await answer(b)];
  const apart = before.reduce((most, value, i) => Math.max(most, Math.abs(value - (after[i] ?? NaN))), 0);
  return apart / before.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
}

describe('channels whose scales are zero and whose shifts are not', () => {
  it('leave a network without padding that answers as it did', async () => {
    const { dense, run } = await removed(0);
    const { model, removals, findings, warnings } = run.data;
    expect(model.network.params['conv2d0.weight']?.shape[0]).toBe(3);
    expect(model.network.params['conv2d3.weight']?.shape[0]).toBe(4);
    expect(await differenceOf(dense, model)).toBeLessThan(1e-5);
    const accuracy = async (of: Weighed) =>
      (await run.evaluator.evaluate(of, run.dataset, run.dataset.test, async () => undefined)).accuracy;
    expect(await accuracy(model)).toBe(await accuracy(dense));
    expect(removals[0]?.biases).toEqual({ conv2d6: 'conv2d6.bias', conv2d7: 'conv2d7.bias' });
    expect(findings.join(' ')).toMatch(/7 channels without weights still gave a constant/);
    expect(warnings).toEqual([]);
  });

  it('with padding are told with what the zeros beside the image make of the answers', async () => {
    const { dense, run } = await removed(1);
    const difference = await differenceOf(dense, run.data.model);
    expect(difference).toBeGreaterThan(1e-3);
    expect(run.data.warnings.join(' ')).toContain(
      `The answers differ by up to ${formatNumber(difference)} of`,
    );
    expect(run.data.warnings.join(' ')).toMatch(/at the borders of 'conv2d3', 'conv2d6', 'conv2d7':/);
    // Without what was folded far more is lost.
    const gone = coupling(dense.network).groups.flatMap(({ components }) =>
      components.filter((_, i) => i % 2 === 1),
    );
    const zeroed = maskedSet(dense.weights, componentMasks(dense.network, gone));
    expect(difference).toBeLessThan(0.5 * (await differenceOf(dense, { ...dense, weights: zeroed })));
  });

  it('leave biases that a checkpoint makes again, zero in the moments before', async () => {
    const { run } = await removed(0);
    expect(run.data.snapshots.get('rewound')?.weights.get('conv2d6.bias')?.data).toEqual(new Float32Array(4));
    await saveCheckpoint(folder, recipe, run.data);
    expect(await loadCheckpoint(folder, recipe, run.base)).toEqual(run.data);
  });

  it('leave no constants where other weights are put in their place', async () => {
    const restore: Stage = { kind: 'restore', id: 'rewind', label: 'Rewind', from: 'rewound' };
    const { run } = await removed(0, [restore]);
    expect(run.data.removals[0]?.biases).toEqual({});
    expect(run.data.findings.filter((text) => text.includes('constant'))).toEqual([]);
    await runStage(run, restore);
    expect(run.data.model.weights.get('conv2d0.weight')?.shape[0]).toBe(3);
  });
});
