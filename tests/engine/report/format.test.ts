import { describe, expect, it } from 'vitest';
import * as format from '../../../main/engine/report/format.ts';
import { niceTicks } from '../../../main/engine/report/line-chart.ts';
import { renderTable } from '../../../main/engine/report/table.ts';
import { compressedSide, side } from './sample.ts';

describe('numbers as text', () => {
  it('scales bytes by thousands and never shows 1000 of a unit', () => {
    const shown = [0, 999, 1000, 1234, 999_499, 999_600, 1_068_214, 5e9].map(format.formatBytes);
    expect(shown).toEqual(['0 B', '999 B', '1.00 kB', '1.23 kB', '999 kB', '1.00 MB', '1.07 MB', '5.00 GB']);
  });

  it('has true minus signs and no negative zero', () => {
    expect(format.formatPoints(-0.0125)).toBe('−1.25');
    expect(format.formatPoints(0.001)).toBe('+0.10');
    expect(format.formatPoints(-0.000001)).toBe('0.00');
    expect(format.formatNumber(-0.5)).toBe('−0.5000');
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
    const table = renderTable({ dense: side(), compressed: compressedSide() });
    const row = (label: string) => table.split('\n').find((line) => line.includes(`│ ${label} `)) ?? '';
    expect(row('Test accuracy')).toMatch(/97\.85 %.*97\.65 %.*−0\.20 points/);
    expect(row('Non-zero')).toMatch(/266,610.*27,030.*9\.9× fewer/);
    expect(row('ONNX, gzipped')).toMatch(/990 kB.*215 kB.*4\.6× smaller/);
    expect(row('Latency')).toMatch(/0\.0213 ms.*0\.0211 ms.*same, within noise/);
    expect(row('Parameters')).toContain('same');
    // eslint-disable-next-line no-control-regex -- no colours: the table goes into files and pipes as well
    expect(table).not.toMatch(/\u001b/);
  });

  it('has no top-5 row where there is no top-5', () => {
    expect(renderTable({ dense: side({ top5: null }), compressed: side({ top5: null }) })).not.toContain(
      'Top-5',
    );
  });

  it('leaves the dense column empty where there is no dense network', () => {
    const table = renderTable({ dense: null, compressed: compressedSide() });
    expect(table).toMatch(/Test accuracy +│ +– │ +97\.65 % │ +│/);
    expect(table).not.toContain('same');
  });
});
