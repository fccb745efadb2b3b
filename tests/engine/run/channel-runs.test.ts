import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { criteria } from '../../../main/engine/compress/criteria/index.ts';
import { channel } from '../../../main/engine/compress/structures/channel.ts';
import { readSafetensors } from '../../../main/engine/formats/safetensors/read.ts';
import { prunableParams, type Network } from '../../../main/engine/network/graph.ts';
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
  const read = (file: string) =>
    new Map(readSafetensors(readFileSync(join(folder, file))).tensors.map(({ name, data }) => [name, data]));
  const masks = new Map([...read('masks.safetensors')].map(([name, mask]) => [name, mask as Uint8Array]));
  return { report, masks, weights: read('weights.safetensors') };
}

/** Channels left, and whether every channel is kept or masked as a whole. */
function channelsOf(network: Network, masks: Map<string, Uint8Array>, criterion: string) {
  const units = channel.units(network, prunableParams(network), {}, criteria.get(criterion));
  const total = units.groups.reduce((sum, group) => sum + group.units, 0);
  const kept = new Map(
    units.groups.map((group) => {
      const alive = Array.from({ length: group.units }, (_, i) => {
        const only = new Map(units.groups.map(({ name, units: n }) => [name, new Uint8Array(n).fill(1)]));
        only.get(group.name)?.fill(0, i, i + 1);
        return [...units.expand(only)].some(([name, mask]) =>
          mask.some((bit, at) => bit === 0 && masks.get(name)?.[at] === 1),
        );
      });
      return [group.name, Uint8Array.from(alive, Number)];
    }),
  );
  return { total, left: units.left?.({ network, masks }), whole: units.expand(kept) };
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
    'by %s masks each with all that makes and reads it, half of them',
    async (paradigm, criterion, change) => {
      const { report, masks, weights } = await run({ paradigm, ...change });
      const { total, left, whole } = channelsOf(resnet, masks, criterion);
      expect(total).toBe(448);
      expect(left).toBe(224);
      // Nothing is masked but what belongs to a channel that is gone.
      for (const name of new Set([...masks.keys(), ...whole.keys()])) {
        const [own, of] = [masks.get(name) ?? [], whole.get(name) ?? []];
        expect(
          own.every((bit, i) => bit === of[i]),
          name,
        ).toBe(true);
      }
      for (const [name, mask] of masks) {
        const data = weights.get(name) as Float32Array;
        expect(mask.every((bit, i) => bit === 1 || data[i] === 0)).toBe(true);
      }
      expect(report.promises).toEqual([{ kind: 'channels', before: 448, asked: 224, after: 224 }]);
      expect(report.sparsity).toBeGreaterThan(0.5);
      expect(report.findings.at(-1)).toMatch(
        /^224 of the 448 channels that may leave are pruned; asked for: 50 % of them\. .* \d\d\.\d % of the prunable weights\.$/,
      );
      expect(report.checks.emptyLayers).toEqual([]);
    },
  );
});

describe('an early-bird ticket of a network with batch norms', () => {
  it('is of channels, ranked over all scales, and its distance counts channels', async () => {
    const { report, masks } = await run({
      paradigm: 'early-bird',
      finetune: { epochs: 9 },
      budget: { sparsity: 0.3 },
    });
    const { left } = channelsOf(resnet, masks, 'bn-scale');
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
