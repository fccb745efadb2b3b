import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import type { MetricName } from '../../../main/contract/run.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { runSession } from '../../../main/engine/run/session.ts';

const scratch = mkdtempSync(join(tmpdir(), 'espalier-rounds-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function run(paradigm: string, change: Partial<RecipeInput>) {
  const folder = join(scratch, paradigm);
  const recipe = recipeSchema.parse({
    network: 'lenet-300-100',
    data: { kind: 'digits', train: 256, validation: 0, test: 40 },
    dense: { epochs: 1 },
    baseline: false,
    paradigm,
    ...change,
  });
  const logged: string[] = [];
  const options = { recipe, folder, baseFolder: scratch, device: 'onnxruntime', threads: 1, resume: false };
  const report = await runSession(options, new Control(), (m) => {
    if (m.type === 'log') logged.push(m.text);
  });
  const of = (metric: MetricName) => report.history.filter(({ name }) => name === metric);
  return { report, of, logged, page: readFileSync(join(folder, 'report.html'), 'utf8') };
}

describe('prunings in rounds', () => {
  it('that only take away lie within the mask before: the Jaccard distance is the share that went', async () => {
    const { of, report, logged } = await run('iterative-snip', {
      budget: { sparsity: 0.99 },
      prune: { rounds: 4 },
    });
    expect(of('mask/overlap').map(({ round, value }) => [round, value])).toEqual([
      [2, 1],
      [3, 1],
      [4, 1],
    ]);
    // Every round keeps the same share, the fourth root of what is kept in the end.
    for (const { value } of of('mask/jaccard')) expect(value).toBeCloseTo(1 - 0.01 ** (1 / 4), 4);
    expect(report.findings).toEqual([expect.stringMatching(/^Each of the 4 rounds only took away/)]);
    expect(logged.filter((text) => text.startsWith('Round '))).toEqual([]);
  });

  it('in which weights come back tell how much of a mask was in the one before, in curves, log and report', async () => {
    const { of, report, logged, page } = await run('force', {
      budget: { sparsity: 0.99 },
      prune: { rounds: 4 },
    });
    const [overlap, jaccard] = [of('mask/overlap'), of('mask/jaccard')];
    expect(overlap.map(({ round }) => round)).toEqual([2, 3, 4]);
    overlap.forEach(({ value }, i) => {
      expect(value).toBeGreaterThan(0);
      expect(value).toBeLessThan(1);
      // |B| = share of |A|, so |A and B| / |A or B| follows from the overlap.
      const share = 0.01 ** (1 / 4);
      const both = value * share;
      expect(jaccard[i]?.value).toBeCloseTo(1 - both / (1 + share - both), 4);
    });
    expect(logged.filter((text) => /^Round [234] of 4: .* was in the one before/.test(text))).toHaveLength(3);
    expect(report.findings).toHaveLength(1);
    expect(page).toContain('Masks from round to round');
    expect(page).toContain(report.findings[0]);
  });

  it('of a single one have nothing to tell', async () => {
    const { of, report } = await run('snip', { budget: { sparsity: 0.9 } });
    expect([...of('mask/overlap'), ...of('mask/jaccard')]).toEqual([]);
    expect(report.findings).toEqual([]);
  });
});

describe('early-bird tickets', () => {
  it('have the distances of each epoch in the curves, and the epoch of the ticket in the report', async () => {
    const { of, report, page } = await run('early-bird', { budget: { sparsity: 0.9 }, dense: { epochs: 9 } });
    const hamming = of('mask/hamming');
    expect(hamming.map(({ epoch }) => epoch)).toEqual([2, 3, 4, 5]);
    expect(of('mask/jaccard').every(({ value }, i) => value > (hamming[i]?.value ?? 1))).toBe(true);
    // This network has no batch norms, which is said before.
    expect(report.findings[0]).toMatch(
      /^lenet-300-100 has no batch norms .*: instead .* single weights are pruned by magnitude/,
    );
    expect(report.findings[1]).toMatch(/^Early-bird ticket found after epoch 5/);
    expect(page).toContain('Distance of masks');
  });
});
