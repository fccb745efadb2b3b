import { estimate } from '../../main/words/estimate.ts';
import { formatCount } from '../../main/words/format.ts';
import type { Row } from './rows.ts';
import { markdownTable } from './words.ts';

/**
 * What networks with fewer layers cost beside the dense ones: a kernel that does the work of two may cost more than both. Means over the
 * runs; none where it was not noted.
 */
export function costsTable(rows: readonly Row[]): string | null {
  const lines = [...Map.groupBy(rows, ({ series }) => series)].flatMap(([series, own]) => {
    const costs = own.flatMap(({ costs, latencyMs }) =>
      costs === undefined || latencyMs === null ? [] : [{ ...costs, latencyMs }],
    );
    if (costs.length === 0) return [];
    const mean = (of: (each: (typeof costs)[number]) => number) => estimate(costs.map(of)).mean;
    const times = (of: (each: (typeof costs)[number]) => number) => `${mean(of).toFixed(2)}×`;
    return [
      [
        `${series} (${costs.length})`,
        `${formatCount(mean(({ denseMacs }) => denseMacs))} to ${formatCount(mean(({ macs }) => macs))}`,
        times(({ macs, denseMacs }) => macs / denseMacs),
        `${mean(({ denseLatencyMs }) => denseLatencyMs).toFixed(3)} to ${mean(({ latencyMs }) => latencyMs).toFixed(3)} ms`,
        times(({ latencyMs, denseLatencyMs }) => latencyMs / denseLatencyMs),
      ],
    ];
  });
  return lines.length === 0
    ? null
    : markdownTable(
        ['', 'Multiply-accumulates', 'of the dense', 'A call in onnxruntime', 'of the dense'],
        lines,
      );
}
