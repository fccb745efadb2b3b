import { onScopeDispose, shallowRef, watch } from 'vue';
import type { ShallowRef } from 'vue';
import type { LogLine } from '../../main/contract/api.ts';
import type { MetricPoint } from '../../main/contract/run.ts';
import { studio } from '../bridge/index.ts';
import { useConnection } from './connection.ts';
import { useLoader } from './loadable.ts';
import type { Loader } from './loadable.ts';
import { addPoints, countOf, noPoints } from './points.ts';
import type { LayersAt, PointMap } from './points.ts';

/**
 * However fast measurements arrive, the page is told of them this often, and less so the more there are: drawing all of them anew takes
 * longer then.
 */
const gatherMs = (known: number) => 100 + Math.min(900, known / 200);

export interface RunFeed {
  /** Whether the history has been fetched. */
  readonly history: Loader<null>;
  readonly points: ShallowRef<PointMap>;
  /** What was left of each layer whenever it was told, in the order of time. */
  readonly layers: ShallowRef<readonly LayersAt[]>;
  readonly log: ShallowRef<readonly LogLine[]>;
}

/** What a run measures: its history, then everything that arrives, for as long as the calling component lives. */
export function useRunFeed(runId: number): RunFeed {
  const points = shallowRef<PointMap>(noPoints);
  const layers = shallowRef<readonly LayersAt[]>([]);
  const log = shallowRef<readonly LogLine[]>([]);
  let early: LogLine[] = [];
  let gathered: MetricPoint[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    points.value = addPoints(points.value, gathered);
    gathered = [];
  };
  /** Later news of a moment takes the place of what was told of it; a resumed run goes over its last epoch again. */
  const addLayers = (added: readonly LayersAt[]) => {
    const at = new Map([...layers.value, ...added].map((one) => [one.epoch, one]));
    layers.value = [...at.values()].sort((a, b) => a.epoch - b.epoch);
  };

  const history = useLoader(async () => {
    early = [];
    const [metrics, snapshots, lines] = await Promise.all([
      studio.call('runs.metrics', { id: runId }),
      studio.call('runs.layers', { id: runId }),
      studio.call('runs.log', { id: runId }),
    ]);
    points.value = addPoints(addPoints(noPoints, metrics), [...points.value.values()].flat());
    addLayers(snapshots);
    const known = new Set(lines.map((line) => `${line.at} ${line.text}`));
    log.value = [...lines, ...early.filter((line) => !known.has(`${line.at} ${line.text}`))];
    return null;
  });

  const stop = studio.on((event) => {
    switch (event.type) {
      case 'metrics':
        if (event.runId !== runId) break;
        for (const point of event.points) gathered.push(point);
        timer ??= setTimeout(flush, gatherMs(countOf(points.value)));
        break;
      case 'layers':
        if (event.runId === runId) addLayers([{ epoch: event.epoch, layers: event.layers }]);
        break;
      case 'log':
        if (event.runId === runId) {
          if (history.refreshing.value) early.push(event.line);
          log.value = [...log.value, event.line];
        }
        break;
      case 'run':
      case 'run-removed':
      case 'study':
      case 'study-removed':
      case 'answering':
        break;
    }
  });
  onScopeDispose(() => {
    clearTimeout(timer);
    stop();
  });
  void history.reload();
  watch(() => useConnection().returns, history.reload);
  return { history, points, layers, log };
}
