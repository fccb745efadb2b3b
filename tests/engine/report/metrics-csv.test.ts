import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { metricsCsv } from '../../../main/engine/report/metrics-csv.ts';

it('writes one row per moment that other programs read', () => {
  const at = { step: 10, epoch: 0.5, stage: 0 };
  const text = metricsCsv([
    { name: 'train/loss', ...at, value: 0.25 },
    { name: 'train/accuracy', ...at, value: 0.75 },
    { name: 'validation/accuracy', step: 20, epoch: 1, stage: 0, value: 0.8 },
  ]);
  const rows = parse<Record<string, string>>(text, { columns: true });
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({ epoch: '0.5', step: '10', 'train/loss': '0.25', 'train/accuracy': '0.75' });
  expect(rows[1]).toMatchObject({ epoch: '1', round: '', 'train/loss': '', 'validation/accuracy': '0.8' });
});

it('has a row for every round of one moment', () => {
  const at = { step: 0, epoch: 0, stage: 1 };
  const text = metricsCsv([
    { name: 'mask/overlap', ...at, round: 2, value: 0.9 },
    { name: 'mask/jaccard', ...at, round: 2, value: 0.2 },
    { name: 'mask/overlap', ...at, round: 3, value: 0.8 },
    { name: 'sparsity', ...at, value: 0.99 },
  ]);
  const rows = parse<Record<string, string>>(text, { columns: true });
  expect(
    rows.map((row) => [row['round'], row['mask/overlap'], row['mask/jaccard'], row['sparsity']]),
  ).toEqual([
    ['2', '0.9', '0.2', ''],
    ['3', '0.8', '', ''],
    ['', '', '', '0.99'],
  ]);
});
