import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { criteria } from '../../../main/engine/compress/criteria/index.ts';
import { channel } from '../../../main/engine/compress/structures/channel.ts';
import { readSafetensors } from '../../../main/engine/formats/safetensors/read.ts';
import { prunableParams } from '../../../main/engine/network/graph.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { temporaryFolder } from '../../support/folder.ts';

const scratch = temporaryFolder();
let runs = 0;
const resnet = zoo.get('resnet-20').build({ input: [1, 28, 28], classes: 10 });

/** A whole run on a ResNet-20: what it leaves and tells. */
async function run(change: Partial<RecipeInput>) {
  const folder = join(scratch, String(runs++));
  const recipe = recipeSchema.parse({
    network: 'resnet-20',
    data: { kind: 'digits', train: 64, validation: 0, test: 20 },
    dense: { epochs: 1 },
    finetune: { epochs: 1 },
    baseline: false,
    budget: { sparsity: 0.5 },
    export: ['safetensors'],
    ...change,
  });
  const options = { recipe, folder, baseFolder: scratch, device: 'onnxruntime', threads: 1, resume: false };
  const report = await runSession(options, new Control(), () => undefined);
  const read = (file: string) => readSafetensors(readFileSync(join(folder, file))).tensors;
  const weights = new Map(read('weights.safetensors').map((tensor) => [tensor.name, tensor]));
  return { report, masks: read('masks.safetensors'), weights };
}

/** Channels that may leave by a criterion, and how many of them a network with these weights has left. */
function channelsOf(weights: ReadonlyMap<string, { shape: readonly number[] }>, criterion: string) {
  const units = channel.units(resnet, prunableParams(resnet), {}, criteria.get(criterion));
  const params = Object.fromEntries(
    Object.entries(resnet.params).map(([name, info]) => [
      name,
      { ...info, shape: weights.get(name)?.shape ?? [] },
    ]),
  );
  const total = units.groups.reduce((sum, group) => sum + group.units, 0);
  return { total, left: units.left?.({ network: { ...resnet, params }, masks: new Map() }) };
}

describe('a run that prunes whole channels', () => {
  it.each<[string, string, Partial<RecipeInput>]>([
    ['bn-scale', 'bn-scale', { prune: { slimming: 1e-4 } }],
    [
      'magnitude-gradual',
      'magnitude',
      { prune: { structure: { kind: 'channel' }, epochs: 2, updatesPerEpoch: 1 } },
    ],
    ['greg-1', 'magnitude', { prune: { structure: { kind: 'channel' }, epochs: 1 } }],
  ])(
    'by %s takes half of them out, with all that makes and reads them',
    async (paradigm, criterion, change) => {
      const { report, weights, masks } = await run({ paradigm, ...change });
      expect(channelsOf(weights, criterion)).toEqual({ total: 448, left: 224 });
      expect(masks).toEqual([]);
      expect(report.removals.reduce((sum, { channels }) => sum + channels, 0)).toBe(224);
      expect(report.promises).toEqual([{ kind: 'channels', before: 448, asked: 224, after: 224 }]);
      // What is left is whole, and less than half: channels take with them what reads them.
      expect(report.sparsity).toBe(0);
      expect(report.compressed.parameters).toBeLessThan(272_186 / 2);
      expect(report.findings.at(-1)).toMatch(
        /^224 of the 448 channels that may leave are pruned; asked for: 50 % of them\. .* \d\d\.\d % of the prunable weights\.$/,
      );
      expect(report.checks.emptyLayers).toEqual([]);
    },
  );
});

describe('an early-bird ticket of a network with batch norms', () => {
  it('is of channels, ranked over all scales, and its distance counts channels', async () => {
    const { report, weights } = await run({
      paradigm: 'early-bird',
      finetune: { epochs: 9 },
      budget: { sparsity: 0.3 },
    });
    const { left } = channelsOf(weights, 'bn-scale');
    expect(left).toBe(448 - Math.round(0.3 * 448));
    const hamming = report.history.filter(({ name }) => name === 'mask/hamming');
    expect(hamming.length).toBeGreaterThanOrEqual(3);
    for (const { value } of hamming) expect(value * 448).toBeCloseTo(Math.round(value * 448), 9);
    const told = [...report.findings, ...report.warnings];
    expect(
      told.some((text) => /^(Early-bird ticket found after|No early-bird ticket by) epoch \d/.test(text)),
    ).toBe(true);
    expect(report.findings.some((text) => text.includes('has no batch norms'))).toBe(false);
  });
});
