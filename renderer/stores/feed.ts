import { onScopeDispose, shallowRef, watch } from 'vue';
import type { ShallowRef } from 'vue';
import type { LogLine } from '../../main/contract/api.ts';
import type { LayerSparsity, MetricPoint } from '../../main/contract/run.ts';
import { studio } from '../bridge/index.ts';
import { useConnection } from './connection.ts';
import { useLoader } from './loadable.ts';
import type { Loader } from './loadable.ts';
import { mergePoints } from './points.ts';

export interface RunFeed {
  /** Whether the history has been fetched. */
  readonly history: Loader<null>;
  readonly points: ShallowRef<readonly MetricPoint[]>;
  /** Sparsity of each layer as it was last told; empty before the first pruning. */
  readonly layers: ShallowRef<readonly LayerSparsity[]>;
  readonly log: ShallowRef<readonly LogLine[]>;
}

/** What a run measures: its history, then everything that arrives, for as long as the calling component lives. */
export function useRunFeed(runId: number): RunFeed {
  const points = shallowRef<readonly MetricPoint[]>([]);
  const layers = shallowRef<readonly LayerSparsity[]>([]);
  const log = shallowRef<readonly LogLine[]>([]);
  let early: LogLine[] = [];

  const history = useLoader(async () => {
    early = [];
    const [metrics, snapshots, lines] = await Promise.all([
      studio.call('runs.metrics', { id: runId }),
      studio.call('runs.layers', { id: runId }),
      studio.call('runs.log', { id: runId }),
    ]);
    points.value = mergePoints(metrics, points.value);
    layers.value = snapshots.at(-1)?.layers ?? layers.value;
    const known = new Set(lines.map((line) => `${line.at} ${line.text}`));
    log.value = [...lines, ...early.filter((line) => !known.has(`${line.at} ${line.text}`))];
    return null;
  });

  const stop = studio.on((event) => {
    switch (event.type) {
      case 'metrics':
        if (event.runId === runId) points.value = mergePoints(points.value, event.points);
        break;
      case 'layers':
        if (event.runId === runId) layers.value = event.layers;
        break;
      case 'log':
        if (event.runId === runId) {
          if (history.refreshing.value) early.push(event.line);
          log.value = [...log.value, event.line];
        }
        break;
      case 'run':
      case 'run-removed':
      case 'answering':
        break;
    }
  });
  onScopeDispose(stop);
  void history.reload();
  watch(() => useConnection().returns, history.reload);
  return { history, points, layers, log };
}
