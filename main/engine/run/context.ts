import type { EngineMessage } from '../../contract/messages.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { Report } from '../../contract/report.ts';
import type { MetricPoint } from '../../contract/run.ts';
import type { MeasuredWidths } from '../../contract/speed.ts';
import type { Backend } from '../backend/backend.ts';
import { epochsOf, type Stage } from '../compress/framework.ts';
import type { Outcome } from '../compress/plan/attempts.ts';
import type { Control } from '../base/control.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Classification } from '../evaluate/classification.ts';
import type { SelectionContext } from '../compress/select.ts';
import type { Signature } from '../formats/signature.ts';
import type { MaskSet, Network } from '../network/graph.ts';
import type { Model, SlotSet, Snapshot } from '../network/model.ts';
import type { Fusion } from './fusions.ts';
import type { Removal } from './removals.ts';
import type { WidthSearch } from './width-search.ts';
import type { ProgressMeter } from './progress.ts';
import type { Evaluator } from '../train/evaluator.ts';

/** Sends a message to the host. */
export type Emit = (message: EngineMessage) => void;

/** Sums over samples, of which a point of the training curves is the mean. */
export interface CurveWindow {
  loss: number;
  correct: number;
  samples: number;
}

export const emptyWindow = (): CurveWindow => ({ loss: 0, correct: 0, samples: 0 });

/** The moments of a run of which the network may be kept. */
export const MOMENTS = ['init', 'rewound', 'dense', 'start', 'start-init', 'start-rewound', 'best'] as const;
export type Moment = (typeof MOMENTS)[number];

/** The search for how much holds a floor under accuracy. */
export interface Search {
  /** Validation accuracy of the dense network. */
  reference: number;
  outcomes: Outcome[];
  /** No further attempt is needed. */
  over: boolean;
  /** The best attempt that held: which, what left the network in it, and its masks; its numbers are the moment 'best'. */
  best: {
    readonly attempt: number;
    readonly removals: readonly Removal[];
    readonly masks: MaskSet;
    /** How many fusions it has gone through. */
    readonly fused: number;
  } | null;
}

/** All that changes while a run goes on, and all that a checkpoint holds. */
export interface RunData {
  /** Index of the stage at work; equal to the number of stages when all are done. */
  stage: number;
  /** Epochs done in this stage. */
  epoch: number;
  /** Batches done in this epoch. */
  batch: number;
  /** What this stage's dynamics need to go on; null where there are none. */
  dynamics: unknown;
  /** Optimiser steps done in the whole run. */
  steps: number;
  /** Sums over the steps since the training curves' last point. */
  window: CurveWindow;
  /** The network as it stands; its optimiser is fresh between stages unless the next one goes on with it. */
  model: Model;
  /** Networks of earlier moments: those that a later stage goes back to, and the one that teaches. */
  snapshots: Map<Moment, Snapshot>;
  /** What left the network so far, in order. */
  removals: Removal[];
  /** Layers that were fused so far, in order. */
  fusions: Fusion[];
  /** Enough of them are: further fusions are passed over. */
  shallow: boolean;
  /** The extra tensors of dynamics, or of the method that searches for widths; empty between stages. */
  extras: SlotSet;
  history: MetricPoint[];
  /** Seconds spent in each stage so far. */
  seconds: number[];
  /** Null where the budget sets no floor under accuracy. */
  search: Search | null;
  /** The search for widths; null where none has begun. */
  widths: WidthSearch | null;
  /** How much there was of what the budget is of and only measuring tells, before anything was pruned. */
  amounts: Record<string, number>;
  /** The share that the pruning within a training goes to, where it had to be found; null otherwise. */
  aim: number | null;
  /** How the time of a call hangs on widths, where a budget is of it and channels leave; null until it is measured. */
  widthTimes: MeasuredWidths | null;
  /** The person's file as it came, where a dense network is trained besides. */
  original: Classification | null;
  dense: Classification | null;
  /** What the method found on its way, in words. */
  findings: string[];
  /** What the person who watches was warned of, in words, and the layers and classes of which once was enough. */
  warnings: string[];
  warned: string[];
  /** Test accuracy after some of the stages, by their place in the plan. */
  course: { stage: number; label: string; accuracy: number }[];
  compressed: Classification | null;
}

/** What a stage of a run works with. */
export interface RunContext {
  readonly recipe: Recipe;
  /** Of attempts that are still to come what they prune is open: the plan is made anew after each. */
  stages: readonly Stage[];
  /** The network as it came; `data.model` has what has become of it. */
  readonly base: Network;
  /** What the file that the network came from takes and gives; absent for those of the zoo. */
  readonly signature?: Signature;
  /** Where a model file comes from; absent for networks of the zoo. */
  readonly origin?: Report['network']['origin'];
  readonly dataset: Dataset;
  readonly backend: Backend;
  readonly evaluator: Evaluator;
  /** The run's folder. */
  readonly folder: string;
  readonly control: Control;
  readonly progress: ProgressMeter;
  readonly emit: Emit;
  readonly data: RunData;
  /** Seconds of work since the run began, breaks between its processes left out. */
  worked(): number;
  /** Writes `data` to the run's folder, all or nothing. */
  checkpoint(): Promise<void>;
}

/** The run where it stands, as selecting looks at it. */
export function selecting(context: RunContext): SelectionContext {
  const { dataset, backend, recipe, data } = context;
  const initial = data.snapshots.get('init')?.weights;
  return { network: data.model.network, base: context.base, dataset, backend, recipe, initial };
}

/** What the network is held against in counts of its weights: as it came, or where layers were fused as it is, whose weights are others. */
export function countedAgainst({ base, data }: RunContext): Network {
  return data.fusions.length === 0 ? base : data.model.network;
}

/** Epochs of the whole run that are done, counting `within` epochs of the current stage. */
export function epochsDone(context: RunContext, within: number): number {
  const before = context.stages.slice(0, context.data.stage);
  return before.reduce((sum, stage) => sum + epochsOf(stage), within);
}

/**
 * Records measured values and tells the host.
 * @param round of what is measured in rounds without training between, from 1.
 */
export function record(
  context: RunContext,
  epochsInStage: number,
  values: Partial<Record<MetricPoint['name'], number>>,
  round?: number,
): void {
  const { data, emit } = context;
  const place = {
    step: data.steps,
    epoch: epochsDone(context, epochsInStage),
    stage: data.stage,
    ...(round !== undefined && { round }),
  };
  const points = Object.entries(values).map(([name, value]) => ({
    name: name as MetricPoint['name'],
    ...place,
    value,
  }));
  data.history.push(...points);
  // Told only: no two runs take equally long, and what a run leaves behind is to be the same.
  emit({ type: 'metrics', points: [...points, { name: 'seconds', ...place, value: context.worked() }] });
}
