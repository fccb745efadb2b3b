import type { LogLine, RunSummary, StudioEvent } from '../contract/api.ts';
import type { LayerSparsity, MetricPoint, RunState } from '../contract/run.ts';
import type { RunRecord } from '../store/run-rows.ts';
import type { RunChange } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import { assertMove, canMove } from './states.ts';

/** Writes down what happens to a run: into the store first, then to everybody who listens. */
export class Journal {
  private readonly store: Store;
  private readonly tell: (event: StudioEvent) => void;

  constructor(store: Store, tell: (event: StudioEvent) => void) {
    this.store = store;
    this.tell = tell;
  }

  /** @throws EspalierError 'run/missing' */
  run(id: number): RunRecord {
    return this.store.runs.get(id);
  }

  change(id: number, change: Omit<RunChange, 'state'>): RunRecord {
    return this.announce(this.store.runs.update(id, change));
  }

  /** @throws Error when the table of states does not have this step */
  move(id: number, state: RunState, change: RunChange = {}): RunRecord {
    assertMove(this.run(id).state, state);
    return this.announce(this.store.runs.update(id, { ...change, state }));
  }

  /** Moves only where the table of states has this step. */
  moveIfLegal(id: number, state: RunState): void {
    if (canMove(this.run(id).state, state)) this.move(id, state);
  }

  log(id: number, level: LogLine['level'], text: string): void {
    const line: LogLine = { at: new Date().toISOString(), level, text };
    this.store.logs.add(id, line);
    this.tell({ type: 'log', runId: id, line });
  }

  metrics(id: number, points: MetricPoint[]): void {
    this.store.metrics.add(id, points);
    this.tell({ type: 'metrics', runId: id, points });
  }

  layers(id: number, epoch: number, layers: LayerSparsity[]): void {
    this.store.layers.set(id, epoch, layers);
    this.tell({ type: 'layers', runId: id, epoch, layers });
  }

  removed(id: number): void {
    this.tell({ type: 'run-removed', id });
  }

  announce<R extends RunSummary>(run: R): R {
    this.tell({ type: 'run', run });
    return run;
  }
}
