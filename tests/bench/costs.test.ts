import { describe, expect, it } from 'vitest';
import { costsTable } from '../../bench/quality/costs.ts';
import { finishedRows } from './quality-rows.ts';

describe('what networks with fewer layers cost', () => {
  const rows = finishedRows('fused', [0.9, 0.92]);

  it('stands beside the dense ones, as means over the runs that noted it', () => {
    const [first, second] = rows.map((row, i) => ({
      ...row,
      latencyMs: 0.2 + 0.1 * i,
      costs: { macs: 300 + 100 * i, denseMacs: 1000, denseLatencyMs: 0.1 },
    }));
    const unnoted = { ...rows[0], costs: undefined } as (typeof rows)[number];
    const text = costsTable([first, second, unnoted] as typeof rows) ?? '';
    expect(text).toContain('fused (2)');
    expect(text).toMatch(/1,000 to 350 +\| +0\.35×/);
    // 0.2 and 0.3 ms where the dense network takes 0.1: slower, though it computes less.
    expect(text).toMatch(/0\.100 to 0\.250 ms +\| +2\.50×/);
  });

  it('is left out where nobody noted it', () => {
    expect(costsTable(rows.map((row) => ({ ...row, costs: undefined })))).toBeNull();
  });

  it("is noted from a run's report", () => {
    expect(Object.keys(rows[0]?.costs ?? {}).sort()).toEqual(['denseLatencyMs', 'denseMacs', 'macs']);
  });
});
