import type { LogLine, RunSummary, StudioEvent } from '../contract/api.ts';
import type { EngineMessage } from '../contract/messages.ts';
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

  /** Writes down what a run's engine says, as far as it is to be kept; what it means for the run's state is the caller's matter. */
  hear(id: number, message: EngineMessage): void {
    switch (message.type) {
      case 'ready':
        this.change(id, { versions: message.versions });
        break;
      case 'plan':
        this.change(id, { stages: message.stages, device: message.device });
        break;
      case 'progress':
        this.change(id, { progress: message.progress });
        break;
      case 'metrics':
        this.metrics(id, message.points);
        break;
      case 'layers':
        this.layers(id, message.epoch, message.layers);
        break;
      case 'log':
        this.log(id, message.level, message.text);
        break;
      case 'checkpoint':
        this.change(id, { checkpoint: { stage: message.stage, epoch: message.epoch } });
        break;
      case 'state':
      case 'report':
      case 'failed':
      case 'answer':
      case 'study-progress':
      case 'probe':
      case 'heartbeat':
        break;
    }
  }

  log(id: number, level: LogLine['level'], text: string): void {
    const line: LogLine = { at: new Date().toISOString(), level, text };
    this.store.logs.add(id, line);
    this.tell({ type: 'log', runId: id, line });
  }

  private metrics(id: number, points: MetricPoint[]): void {
    this.store.metrics.add(id, points);
    this.tell({ type: 'metrics', runId: id, points });
  }

  private layers(id: number, epoch: number, layers: LayerSparsity[]): void {
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
