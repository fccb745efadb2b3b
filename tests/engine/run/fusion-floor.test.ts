import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EngineMessage } from '../../../main/contract/messages.ts';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { reportSchema } from '../../../main/contract/report.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { CHECKPOINT_FILE } from '../../../main/files/checkpoint-file.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { Stop } from './stop.ts';

const scratch = temporaryFolder();

/** Three dense layers, of which two fusions can take one each. */
const base: RecipeInput = {
  network: 'lenet-300-100',
  narrow: 0.9,
  data: { kind: 'digits', train: 300, test: 100, validation: 200 },
  seed: 3,
  dense: { epochs: 10, batchSize: 16, optimizer: 'adam', lr: 0.003 },
  paradigm: 'layer-fusion',
  prune: { epochs: 0 },
  budget: { accuracyDrop: 100 },
  export: ['onnx', 'safetensors'],
};

async function run(recipe: RecipeInput, name: string, control = new Control(), resume = false) {
  const folder = join(scratch, name);
  const said: string[] = [];
  const hear = (message: EngineMessage) => {
    if (message.type === 'log') said.push(message.text);
  };
  const options = { recipe: recipeSchema.parse(recipe), folder, baseFolder: scratch, device: 'onnxruntime' };
  const report = reportSchema.parse(await runSession({ ...options, threads: 1, resume }, control, hear));
  const judged = said.filter((text) => text.startsWith('Judge') && text.includes('on validation'));
  return { report, judged, weights: readFileSync(join(folder, 'weights.safetensors')) };
}

/** Points that were lost after each fusion, as the log has them. */
const lostIn = (judged: readonly string[]): number[] =>
  judged.map((text) => {
    const [, points = '0', verb] = /, (\S+) points? (?:are|is) (lost|gained)/.exec(text) ?? [];
    return verb === 'gained' ? -Number(points) : Number(points);
  });

describe('a floor under accuracy where layers are fused', () => {
  it('fuses as many layers as hold it, takes the first that breaks it back, and says what that would have cost', async () => {
    const all = await run(base, 'all');
    expect(all.report.fusions).toHaveLength(2);
    expect(all.judged).toHaveLength(2);
    const [first = 0, second = 0] = lostIn(all.judged);
    expect(second).toBeGreaterThan(first);
    // A floor that the first fusion holds and the second one breaks.
    const floor = (first + second) / 2;
    const recipe: RecipeInput = { ...base, budget: { accuracyDrop: Math.max(0, floor) } };
    const { report, weights } = await run(recipe, 'floor');
    expect(report.fusions).toHaveLength(1);
    expect(report.fusions[0]?.first).toBe(all.report.fusions[0]?.first);
    expect(report.promises).toMatchObject([{ kind: 'accuracyDrop' }]);
    expect(100 * (report.promises[0]?.after ?? 0)).toBeCloseTo(first, 6);
    expect(report.findings.join(' ')).toMatch(
      /^With 1 fusion, which leaves 2 layers, .* on validation\. The next step was tried: with 2 fusions, which leave 1 layer, .* lost\.$/,
    );
    expect(report.verdict).toContain('3 layers became 2');
    expect(report.checks.onnxMaxDifference).toBeLessThan(1e-4);

    // Cancelled after the floor broke and before it was settled, it goes on to the same bytes.
    const count = new Stop();
    await run(recipe, 'counted', count);
    for (const share of [0.7, 0.95]) {
      const name = `cancelled-${share}`;
      await expect(run(recipe, name, new Stop(Math.round(share * count.gates)))).rejects.toThrow();
      const resumes = existsSync(join(scratch, name, CHECKPOINT_FILE));
      const resumed = await run(recipe, name, new Control(), resumes);
      expect(resumed.weights.equals(weights)).toBe(true);
    }
  });

  it('leaves the network whole where no fusion holds, and says so', async () => {
    const all = await run(base, 'again');
    const [first = 0] = lostIn(all.judged);
    expect(first).toBeGreaterThan(0);
    const { report } = await run({ ...base, budget: { layers: 2, accuracyDrop: first / 2 } }, 'whole');
    expect(report.fusions).toEqual([]);
    expect(report.compressed.parameters).toBe(report.dense?.parameters);
    expect(report.compressed.accuracy).toBe(report.dense?.accuracy);
    expect(report.warnings.join(' ')).toMatch(
      /No fusion held the floor under accuracy: the network is left whole\. The next step was tried/,
    );
    expect(report.promises).toMatchObject([
      { kind: 'layers', after: 3 },
      { kind: 'accuracyDrop', after: 0 },
    ]);
  });

  it('takes a fine-tuning back that breaks it, and keeps one that does not', async () => {
    const gentle = await run({ ...base, finetune: { epochs: 1, batchSize: 16, lr: 1e-6 } }, 'gentle');
    expect(gentle.report.warnings.join(' ')).not.toContain('fine-tuning');
    const [first = 0] = lostIn(gentle.judged);
    const recipe: RecipeInput = {
      ...base,
      budget: { accuracyDrop: Math.max(1, first + 1) },
      // Steps so long that nothing of what was learned is left.
      finetune: { epochs: 1, batchSize: 16, optimizer: 'adam', lr: 0.3 },
    };
    const { report } = await run(recipe, 'wild');
    expect(report.warnings.join(' ')).toMatch(/After the fine-tuning .* The network before it is taken\./);
    expect(100 * (report.promises[0]?.after ?? 100)).toBeLessThanOrEqual(Math.max(1, first + 1));
  });
});
