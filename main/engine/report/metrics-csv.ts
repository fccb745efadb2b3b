import { metricNameSchema, type MetricPoint } from '../../contract/run.ts';

/** The metric history as a table, one row per moment: what was not measured at that moment is left empty. */
export function metricsCsv(history: readonly MetricPoint[]): string {
  const names = metricNameSchema.options;
  const rows = new Map<string, { epoch: number; step: number; stage: number; values: Map<string, number> }>();
  for (const { name, step, epoch, stage, value } of history) {
    const key = `${stage}/${step}/${epoch}`;
    const row = rows.get(key) ?? { epoch, step, stage, values: new Map<string, number>() };
    rows.set(key, row);
    row.values.set(name, value);
  }
  const lines = [...rows.values()].map(({ epoch, step, stage, values }) =>
    [epoch, step, stage, ...names.map((name) => values.get(name) ?? '')].join(','),
  );
  return `${[['epoch', 'step', 'stage', ...names].join(','), ...lines].join('\n')}\n`;
}
