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
  expect(rows[1]).toMatchObject({ epoch: '1', 'train/loss': '', 'validation/accuracy': '0.8' });
});
