import { metricNameSchema, type MetricPoint } from '../../contract/run.ts';

/** The metric history as a table, one row per moment: what was not measured at that moment is left empty. */
export function metricsCsv(history: readonly MetricPoint[]): string {
  // Of searches those methods that took part.
  const found = new Set(history.map(({ name }) => name));
  const names = metricNameSchema.options.filter((name) => !name.startsWith('search/') || found.has(name));
  const rows = new Map<string, { place: readonly (number | '')[]; values: Map<string, number> }>();
  for (const { name, step, epoch, stage, round, value } of history) {
    const place = [epoch, step, stage, round ?? ''] as const;
    const key = place.join('/');
    const row = rows.get(key) ?? { place, values: new Map<string, number>() };
    rows.set(key, row);
    row.values.set(name, value);
  }
  const lines = [...rows.values()].map(({ place, values }) =>
    [...place, ...names.map((name) => values.get(name) ?? '')].join(','),
  );
  return `${[['epoch', 'step', 'stage', 'round', ...names].join(','), ...lines].join('\n')}\n`;
}
