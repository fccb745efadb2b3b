import { describe, expect, it } from 'vitest';
import * as format from '../../../main/words/format.ts';
import { niceTicks } from '../../../main/words/ticks.ts';
import { sizeNote } from '../../../main/words/sizes.ts';
import { renderSizes, renderTable } from '../../../main/engine/report/table.ts';
import { compressedSide, sampleReport, sampleSizes, side } from './sample.ts';

describe('numbers as text', () => {
  it('scales bytes by thousands and never shows 1000 of a unit', () => {
    const shown = [0, 999, 1000, 1234, 999_499, 999_600, 1_068_214, 5e9].map(format.formatBytes);
    expect(shown).toEqual(['0 B', '999 B', '1.00 kB', '1.23 kB', '999 kB', '1.00 MB', '1.07 MB', '5.00 GB']);
  });

  it('has true minus signs and no negative zero', () => {
    expect(format.formatPoints(-0.0125)).toBe('−1.25 points');
    expect(format.formatPoints(0.001)).toBe('+0.10 points');
    expect(format.formatPoints(-0.000001)).toBe('0.00 points');
    expect(format.formatNumber(-0.5)).toBe('−0.5');
  });

  it('keeps three digits of milliseconds', () => {
    expect([0.02134, 1.5, 123.4].map(format.formatMs)).toEqual(['0.0213 ms', '1.50 ms', '123 ms']);
  });

  it('reads durations aloud', () => {
    expect([0.42, 9.97, 59.6, 200, 7500].map(format.formatDuration)).toEqual([
      '0.4 s',
      '10 s',
      '1 min',
      '3 min 20 s',
      '2 h 5 min',
    ]);
  });
});

describe('niceTicks', () => {
  it('encloses the data with three to seven even steps', () => {
    for (const [low, high] of [
      [0, 1],
      [0.551, 0.978],
      [0.0312, 2.41],
      [-3, 17],
      [5, 5],
      [1e-5, 2e-5],
      [99_000, 101_000],
    ] as const) {
      const ticks = niceTicks(low, high);
      expect(ticks[0]).toBeLessThanOrEqual(low);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(high);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(7);
      const steps = ticks.slice(1).map((tick, i) => tick - (ticks[i] ?? 0));
      for (const step of steps) expect(step).toBeCloseTo(steps[0] ?? 0, 9);
    }
  });

  it('ends a percent axis at 100 %', () => {
    expect(niceTicks(0.6, 0.99, 1).at(-1)).toBeCloseTo(1, 12);
    expect(niceTicks(1, 1, 1).at(-1)).toBeCloseTo(1, 12);
  });
});

describe('renderTable', () => {
  it('shows every measure once, dense beside compressed', () => {
    const table = renderTable(sampleReport());
    const row = (label: string) => table.split('\n').find((line) => line.includes(`│ ${label} `)) ?? '';
    expect(row('Test accuracy')).toMatch(/97\.85 %.*97\.65 %.*−0\.20 points, within noise/);
    expect(row('Non-zero')).toMatch(/266,610.*27,030.*9\.9× fewer/);
    expect(row('ONNX, gzipped')).toMatch(/990 kB.*215 kB.*4\.6× smaller/);
    expect(row('Latency')).toMatch(/0\.0213 ms.*0\.0211 ms.*within noise/);
    expect(row('Parameters')).toContain('same');
    // eslint-disable-next-line no-control-regex -- no colours: the table goes into files and pipes as well
    expect(table).not.toMatch(/\u001b/);
  });

  it('has no top-5 row where there is no top-5', () => {
    expect(
      renderTable(sampleReport({ dense: side({ top5: null }), compressed: side({ top5: null }) })),
    ).not.toContain('Top-5');
  });

  it('sets a file that was trained again apart from the dense network, and compares with the file', () => {
    const table = renderTable(
      sampleReport({ original: side({ accuracy: 0.99 }), pairs: { lost: 40, gained: 13, samples: 2000 } }),
    );
    expect(table).toMatch(/Your file │ Dense, trained again │ Compressed │ Change/);
    expect(table).toMatch(/Test accuracy *│ *99\.00 % │ *97\.85 % │ *97\.65 % │ −1\.35 points /);
  });

  it('leaves the dense column empty where there is no dense network', () => {
    const table = renderTable(sampleReport({ dense: null, pairs: null }));
    expect(table).toMatch(/Test accuracy +│ +– │ +97\.65 % │ +│/);
    expect(table).not.toContain('same');
  });
});

describe('renderSizes', () => {
  it('holds the sizes as they are, beside the dense file, and the speed only where it was measured', () => {
    const table = renderSizes(sampleReport());
    expect(table).toMatch(
      /ONNX, sparse *│ *327 kB │ *145 kB │ 6\.8× smaller *│ *97\.65 % │ same, once loaded/,
    );
    expect(table).toMatch(
      /ONNX, 8 bits *│ *273 kB │ *58\.3 kB │ 17× smaller *│ *97\.55 % │ 0\.0142 ms, 1\.5× faster/,
    );
    expect(renderSizes(sampleReport({ sizes: [] }))).toBe('');
  });

  it('claims neither speed nor size beyond what was measured', () => {
    const [plain, ...rest] = sampleSizes();
    const int8 = rest.at(-1);
    if (plain === undefined || int8 === undefined) throw new Error('no sizes');
    const slow = { ...int8, latencyMs: { ...side().latencyMs, median: 0.05, p90: null, p95: 0.06 } };
    const same = { ...int8, latencyMs: side().latencyMs };
    const large = { ...plain, bytes: 1_100_000, gzipBytes: 1_090_000 };
    const table = renderSizes(sampleReport({ sizes: [large, slow, same] }));
    expect(table).toContain('1.1× larger');
    expect(table).toContain('2.4× slower');
    expect(table).toContain('within noise');
    expect(table).not.toContain('faster');
  });

  it('says smaller download, same speed only where the times say so', () => {
    expect(sizeNote(sampleReport())).toContain('Smaller download, same speed');
    const compressed = compressedSide({
      latencyMs: { median: 0.01, p90: null, p95: 0.011, batch: 1, threads: 2, runs: 300 },
    });
    expect(sizeNote(sampleReport({ compressed }))).not.toContain('same speed');
  });
});
