import type { Term } from '../../contract/amount.ts';
import type { BatchNormMode, Restart, TrainSpec } from '../../contract/recipe.ts';
import type { StageInfo } from '../../contract/run.ts';
import type { SearchMethod } from '../../contract/search.ts';
import type { CouplingOptions } from '../../contract/groups.ts';
import type { DynamicsSpec } from './dynamics/dynamics.ts';
import type { Selection, WithoutNorms } from './selection.ts';

/**
 * The survey's framework (arXiv 2103.06460), in types. A run is
 *
 *     mask    M  = select(score(weights at step k1, data), budget, scope, schedule)
 *     start   w0 = weights at step k2
 *     result  w* = train(M * w0, k3 steps)
 *
 * A paradigm presets a point of that space, a recipe may move it, and `plan.ts` turns it into a list of stages with every loop
 * unrolled: a run's position is one number, and resuming it is going on in the list.
 */
export interface Point {
  /**
   * k1, the weights that the mask is made from: the trained ones, the initial ones, or none of a single moment ('learned':
   * the dynamics of a training from the initial weights make the mask).
   */
  readonly maskFrom: 'trained' | 'init' | 'learned';
  /** k2, the values that the kept weights start from: as the mask found them, at the rewind point, or drawn anew. */
  readonly startFrom: 'found' | 'rewound' | 'fresh';
  /** k3: a fine-tuning, the whole training, the training from the rewind point on, or nothing. */
  readonly train: 'finetune' | 'full' | 'rewound' | 'none';
  readonly criterion: string;
  readonly scope: string;
  /** What is kept or pruned as one; single weights when left out. */
  readonly structure?: string;
  /** The criterion and structure for networks without batch norms, where those of the point need some. */
  readonly withoutNorms?: WithoutNorms;
  readonly schedule: string;
  /** Rounds of an iterative schedule, or the share of the remaining weights that each round prunes. */
  readonly rounds: number | { readonly rate: number };
  /** How often a schedule that prunes within training makes new masks. */
  readonly updatesPerEpoch: number;
  /** Weights that an earlier round pruned may come back in a later one. */
  readonly regrow?: boolean;
  /** How batch norms compute while weights are scored, where the method's authors differ from the criterion's. */
  readonly batchNorm?: BatchNormMode;
  /** The initial weights are drawn anew on the edge of chaos before anything is scored. */
  readonly edgeOfChaos?: boolean;
  /** Kept weights are scaled so that every layer passes on the variance it had on the edge of chaos. */
  readonly rescale?: boolean;
  /** A control that is a paradigm of its own; the recipe's comes first. */
  readonly control?: 'shuffle' | 'reinitialize';
  /** What goes on while the network trains; for 'within' schedules, while it is pruned. */
  readonly dynamics?: string;
  /** How much of every layer stays is searched for, by this method; a scope has no say. */
  readonly search?: SearchMethod;
  /** Nothing is pruned: neighbouring layers are fused until the budget is met. Criterion, scope and schedule have no say. */
  readonly fuses?: true;
}

/** What a budget demands besides the share that a pruning goes by. */
export interface Demands {
  readonly terms: readonly Term[];
  /** No share is asked for: as little is pruned as the terms take. */
  readonly free: boolean;
  /** How far each target is on the way to what is asked, 0..1. */
  readonly progress: readonly number[];
  /** With which couplings channels leave afterwards; absent where nothing leaves. */
  readonly leaves?: CouplingOptions;
  /** Training goes on under what is selected, by the scope alone: widths are not chosen by measured steps. */
  readonly scoped?: true;
}

interface StageBase {
  /** Unique within a plan; random draws of the stage derive from it. */
  readonly id: string;
  readonly label: string;
  /** Which attempt to keep a floor under accuracy it belongs to, from 0; passed over once no further one is needed. */
  readonly attempt?: number;
  /** Which fusion of layers it belongs to, from 1; passed over once no further one is needed. */
  readonly fusion?: number;
}

export type Stage = StageBase &
  (
    | {
        /** Trains under the current masks; with `dynamics`, masks, penalties or scores change on the way. */
        readonly kind: 'train';
        readonly spec: TrainSpec;
        /** The part of the recipe that sets `spec`, to be named where it does not work. */
        readonly part: 'dense' | 'finetune';
        readonly dynamics?: DynamicsSpec;
        /** Starts this many epochs into the schedule: what a rewound training repeats. */
        readonly startEpoch?: number;
        /** Keeps the weights and the optimiser of this moment, counted in epochs, for a later `restore`. */
        readonly keepAt?: number;
        /** Leaves its optimiser as it is at the end to the next training, which goes on with the same weights. */
        readonly keepOptimizer?: true;
        /** Pulls the scales of batch norms towards zero with this strength: a later selection goes by them. */
        readonly slimming?: number;
        /** Takes the data in the order of the stage of this id. */
        readonly orderOf?: string;
        /** Channels that the masks keep nothing of leave after each of its epochs, coupled in this way. */
        readonly coupling?: CouplingOptions;
      }
    | {
        /** Makes masks from the weights as they stand, one round after the other without training in between. */
        readonly kind: 'prune';
        readonly selection: Selection;
        /** Sparsities to reach. */
        readonly targets: readonly number[];
        readonly demands?: Demands;
        /** The sanity control that permutes every layer's final mask. */
        readonly shuffle: boolean;
        /** Scales what is kept (the rescaling trick of Hayou et al. 2021). */
        readonly rescale?: boolean;
        /** Every group keeps what the search before it found, in place of what a scope would have. */
        readonly searched?: true;
      }
    | {
        /** Finds the share that the pruning within the next training goes to, so that its network meets demands which only measuring tells. */
        readonly kind: 'aim';
        readonly selection: Selection;
        /** The share that the budget's leading term prunes. */
        readonly target: number;
        readonly demands: Demands;
      }
    | {
        /** Looks for the widths that the next pruning gives every group, by one or several methods with as many evaluations each. */
        readonly kind: 'search';
        readonly methods: readonly SearchMethod[];
        readonly evaluations: number;
        /** Of the validation part. */
        readonly samples: number;
        /** Steps of fine-tuning before widths are measured, and how they go. */
        readonly fineTune: number;
        readonly spec: TrainSpec;
        readonly selection: Selection;
        /** The share that goes of what the budget's leading term is of. */
        readonly target: number;
      }
    /** Puts earlier or fresh values under the current masks; 'init' also drops the masks. */
    | {
        readonly kind: 'restore';
        readonly from: 'init' | 'rewound' | 'fresh' | 'edge-of-chaos';
        /** Other values for what is kept. */
        readonly restart?: Restart;
      }
    /** Takes channels that the masks keep nothing of out of the network, which computes the same without them. */
    | { readonly kind: 'shrink'; readonly coupling: CouplingOptions }
    /** Puts one layer in place of two neighbours, those that lose the least of all that lead to the budget. */
    | { readonly kind: 'fuse'; readonly terms: readonly Term[]; readonly exclude: readonly string[] }
    /** Gives batch norm the statistics of the weights as they stand, over the training part. */
    | {
        readonly kind: 'recalibrate';
        readonly batchSize: number;
        /** Nothing is done in a network without batch norms. */
        readonly optional?: true;
      }
    /** An attempt begins: with the dense network as it was. */
    | { readonly kind: 'begin' }
    /** Measures on the validation part whether the floor under accuracy holds. */
    | { readonly kind: 'judge'; readonly asked: number | null }
    /** Goes back to the best attempt that held, or to the dense network. */
    | { readonly kind: 'settle' }
    /** Measures on the validation part whether the floor under accuracy holds after a fusion; no further one follows where it does not. */
    | { readonly kind: 'judge-fusion' }
    /** Goes back to the network before the fusion that broke the floor under accuracy. */
    | { readonly kind: 'settle-fusions' }
    /** Takes back the fine-tuning after fusions where it broke the floor under accuracy. */
    | { readonly kind: 'confirm-fusions' }
    /** Measures on the test part and keeps the result as one side of the report. */
    | { readonly kind: 'evaluate'; readonly side: 'original' | 'dense' | 'compressed' }
  );

/** The plan as people see it. */
export function stageInfos(stages: readonly Stage[]): StageInfo[] {
  return stages.map((stage) => ({ id: stage.id, label: stage.label, epochs: Math.ceil(epochsOf(stage)) }));
}

/** Epochs that a stage trains; fractional when it starts within one. */
export function epochsOf(stage: Stage): number {
  return stage.kind === 'train' ? stage.spec.epochs - (stage.startEpoch ?? 0) : 0;
}
