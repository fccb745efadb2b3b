import { carriesWeights, trainSpecSchema, type Recipe, type TrainSpec } from '../../../contract/recipe.ts';
import { criteria } from '../criteria/index.ts';
import { dynamicsKinds } from '../dynamics/index.ts';
import type { DynamicsSpec } from '../dynamics/dynamics.ts';
import type { Point, Stage } from '../framework.ts';
import type { Network } from '../../network/graph.ts';
import type { Selection } from '../selection.ts';
import { reductionOf } from '../budgets/promises.ts';
import { refuseUnfit, refuseUnusedSlimming } from './checks/combinations.ts';
import { refuseUnusedDistillation } from './checks/distillation.ts';
import { refuseUnusedInit } from './checks/initial.ts';
import { paradigms } from '../paradigms/index.ts';
import { schedules } from '../schedules/index.ts';
import { USUAL_ROUNDS } from '../settings.ts';
import type { Schedule } from '../schedules/schedule.ts';
import { scopes } from '../scopes/index.ts';
import { structures } from '../structures/index.ts';
import { SLIMMING } from '../slimming.ts';
import { trainsAgain } from './trained.ts';

/**
 * The stages of a recipe.
 * @param base the network as it came, of which a budget's number is a share; without it the plan is good for its stages alone
 * @throws EspalierError when the recipe names something unknown or combines what does not go together.
 */
export function planOf(recipe: Recipe, base?: Network): Stage[] {
  const plan = new Plan(recipe, base);
  const { maskFrom } = plan.point;
  if (maskFrom === 'trained') plan.afterTraining();
  else plan.fromTheStart();
  refuseUnusedDistillation(recipe, plan.stages);
  refuseUnusedSlimming(recipe, plan.stages);
  refuseUnusedInit(recipe, plan.stages);
  return plan.stages;
}

class Plan {
  readonly stages: Stage[] = [];
  readonly point: Point;
  private readonly recipe: Recipe;
  private readonly schedule: Schedule;
  private readonly selection: Selection;
  private readonly pruneEpochs: number;
  private readonly target: number;
  /** Epochs into the dense training to which kept weights go back. */
  private readonly rewind: number;
  private readonly control: NonNullable<Recipe['prune']['control']>;

  constructor(recipe: Recipe, base: Network | undefined) {
    const { prune } = recipe;
    const paradigm = paradigms.get(recipe.paradigm, 'paradigm');
    this.recipe = recipe;
    this.point = paradigm.point;
    this.schedule = schedules.get(prune.schedule ?? this.point.schedule, 'prune.schedule');
    const criterion = criteria.get(prune.criterion ?? this.point.criterion, 'prune.criterion');
    const preset = criterion.id === this.point.criterion ? this.point.batchNorm : undefined;
    const batchNorm = prune.batchNorm ?? preset ?? criterion.batchNorm;
    const target = reductionOf(recipe.budget, base);
    const structure = structures.get(
      prune.structure?.kind ?? this.point.structure ?? 'element',
      'prune.structure.kind',
    );
    this.selection = {
      criterion: criterion.id,
      structure: { ...prune.structure, kind: structure.id },
      scope: scopes.get(prune.scope ?? scopeMeant(prune) ?? this.point.scope, 'prune.scope').id,
      exclude: prune.exclude ?? [],
      regrow: this.point.regrow ?? false,
      invert: prune.control === 'invert',
      protect: prune.protect ?? true,
      ...(batchNorm && { batchNorm }),
      ...sharesOf(recipe, target),
    };
    this.control = prune.control ?? this.point.control ?? 'none';
    this.pruneEpochs = prune.epochs ?? paradigm.defaults.pruneEpochs ?? 0;
    this.target = target;
    this.rewind = prune.rewind ?? 0;
    refuseUnfit({ ...this, recipe, within: this.prunesWithin() });
  }

  /** k1 = the trained network: pruning after training, lottery tickets. */
  afterTraining(): void {
    const { point, recipe } = this;
    const rewound = point.startFrom === 'rewound';
    const trained = carriesWeights(recipe);
    // A trained network is measured as it comes. It is trained again only where the recipe asks for it, and beside the file;
    // tickets are found in a training from weights drawn anew, as only those have a beginning to go back to.
    const again = trainsAgain(recipe, point);
    if (trained && (again || rewound)) this.evaluate('original');
    if (trained && rewound) this.drawInstead();
    if (recipe.dense !== undefined && (!trained || again || rewound)) {
      const keepAt = rewound ? { keepAt: this.rewind } : {};
      this.stages.push({
        kind: 'train',
        id: 'dense',
        label: again ? 'Train your network again' : 'Train dense',
        spec: recipe.dense,
        part: 'dense',
        ...keepAt,
        ...this.keepOptimizer(),
        ...this.slimming(),
      });
    }
    this.evaluate('dense');
    if (this.prunesWithin()) {
      const dynamics = this.dynamics('gradual');
      this.train('prune', 'Prune while training', this.trainingWhilePruning(), dynamics, this.slimming());
      this.reinitialize();
    } else {
      this.rounds();
    }
    if (point.train === 'finetune') this.finetune();
    this.recalibrate();
    this.evaluate('compressed');
  }

  /** k1 = the initial weights, or a mask learned on the way: pruning at initialisation, sparse training, sparse selection. */
  fromTheStart(): void {
    const { point, recipe } = this;
    const full = recipe.finetune ?? this.dense();
    if (carriesWeights(recipe)) {
      this.evaluate('dense');
      if (point.edgeOfChaos !== true) this.drawInstead();
    } else if (recipe.baseline) {
      const label = 'Train dense, to compare';
      this.stages.push({ kind: 'train', id: 'dense', label, spec: this.dense(), part: 'dense' });
      this.evaluate('dense');
      this.stages.push({
        kind: 'restore',
        id: 'restore',
        label: 'Back to the initial weights',
        from: 'init',
      });
    }
    if (point.edgeOfChaos === true) {
      const label = 'Draw weights on the edge of chaos';
      this.stages.push({ kind: 'restore', id: 'edge-of-chaos', label, from: 'edge-of-chaos' });
    }
    if (point.maskFrom === 'init') {
      this.prune('prune', 'Prune at initialisation', this.targets(), true);
      this.reinitialize();
    }
    if (point.train === 'full' || point.maskFrom === 'learned') {
      const dynamics = point.dynamics === undefined ? undefined : this.dynamics(point.dynamics);
      const learned = point.maskFrom === 'learned';
      const slimming = learned ? this.slimming() : {};
      this.train('sparse', learned ? 'Train and prune' : 'Train sparse', full, dynamics, slimming);
    }
    if (point.maskFrom === 'learned' && this.control === 'reinitialize') {
      this.reinitialize();
      this.train('retrain', 'Retrain fresh weights (control)', full);
    }
    if (point.train === 'finetune') this.finetune();
    this.recalibrate();
    this.evaluate('compressed');
  }

  /** Prune, put back, train: once for every target of the schedule. */
  private rounds(): void {
    const { point } = this;
    const targets = this.targets();
    targets.forEach((target, i) => {
      const last = i === targets.length - 1;
      const of = targets.length > 1 ? ` ${i + 1} of ${targets.length}` : '';
      const suffix = targets.length > 1 ? `-${i + 1}` : '';
      this.prune(`prune${suffix}`, `Prune${of}`, [target], last);
      const fresh = point.startFrom === 'fresh' || (last && this.control === 'reinitialize');
      if (fresh) this.drawFresh(point.startFrom === 'fresh' ? suffix : '');
      else if (point.startFrom === 'rewound') {
        const { restart } = this.recipe.prune;
        const other = restart === undefined ? '' : `, ${restart}`;
        const label = `Rewind to epoch ${this.rewind}${other}`;
        const id = `rewind${suffix}`;
        this.stages.push({ kind: 'restore', id, label, from: 'rewound', ...(restart && { restart }) });
      }
      if (point.train === 'rewound' || point.train === 'full') {
        this.stages.push({
          kind: 'train',
          id: `retrain${suffix}`,
          label: `Retrain${of}`,
          spec: this.dense(),
          part: 'dense',
          // Weights that have no past start at the schedule's beginning.
          startEpoch: point.train === 'rewound' && !fresh ? this.rewind : 0,
          orderOf: 'dense',
          ...(last ? {} : { ...this.keepOptimizer(), ...this.slimming() }),
        });
      } else if (!last && this.pruneEpochs > 0) {
        this.train(`train${suffix}`, `Train${of}`, this.trainingWhilePruning(), undefined, this.slimming());
      }
    });
  }

  private prune(id: string, label: string, targets: readonly number[], last: boolean): void {
    const shuffle = last && this.control === 'shuffle';
    const rescale = last && this.point.rescale === true ? { rescale: true } : {};
    this.stages.push({ kind: 'prune', id, label, selection: this.selection, targets, shuffle, ...rescale });
  }

  /** Of the controls of Frankle et al. 2021 (arXiv 2009.08576), the one that keeps the mask and drops the weights. */
  private reinitialize(): void {
    if (this.control === 'reinitialize') this.drawFresh('');
  }

  private drawFresh(suffix: string): void {
    this.stages.push({ kind: 'restore', id: `fresh${suffix}`, label: 'Draw fresh weights', from: 'fresh' });
  }

  /** In place of trained weights with which the method has no use. */
  private drawInstead(): void {
    const label = 'Draw weights anew, the trained ones are thrown away';
    this.stages.push({ kind: 'restore', id: 'drawn', label, from: 'fresh' });
  }

  private finetune(): void {
    const { finetune } = this.recipe;
    if (finetune !== undefined) this.train('finetune', 'Fine-tune', finetune);
  }

  private recalibrate(): void {
    const { prune, finetune } = this.recipe;
    if (prune.recalibrate !== true) return;
    const { batchSize } = finetune ?? this.dense();
    this.stages.push({ kind: 'recalibrate', id: 'recalibrate', label: 'Recalibrate batch norm', batchSize });
  }

  private evaluate(side: 'original' | 'dense' | 'compressed'): void {
    const label = side === 'original' ? 'Evaluate your file' : `Evaluate ${side}`;
    this.stages.push({ kind: 'evaluate', id: `evaluate-${side}`, label, side });
  }

  private train(
    id: string,
    label: string,
    spec: TrainSpec,
    dynamics?: DynamicsSpec,
    slimming: { readonly slimming?: number } = {},
  ): void {
    if (spec.epochs === 0 && dynamics === undefined) return;
    const more = dynamics === undefined ? slimming : { dynamics, ...slimming };
    const part = this.recipe.finetune === undefined ? 'dense' : 'finetune';
    this.stages.push({ kind: 'train', id, label, spec, part, ...more });
  }

  /** Learning-rate rewinding goes on with the weights and the optimiser of the end and turns back the schedule alone. */
  private keepOptimizer(): { readonly keepOptimizer?: true } {
    const { startFrom, train } = this.point;
    return startFrom === 'found' && train === 'rewound' ? { keepOptimizer: true } : {};
  }

  /**
   * The penalty of network slimming, for trainings on whose scales a selection goes by: what the recipe says, and for
   * early-bird tickets, which are drawn from scales, the paper's where it says nothing.
   */
  private slimming(): { readonly slimming?: number } {
    if (this.selection.criterion !== 'bn-scale') return {};
    const usual = this.point.dynamics === 'early-bird' ? SLIMMING : undefined;
    const strength = this.recipe.prune.slimming ?? usual;
    return strength === undefined ? {} : { slimming: strength };
  }

  private targets(): number[] {
    const { rounds, schedule } = this.point;
    // A paradigm of one round has no number of them for the schedule that a recipe chooses instead.
    const preset = rounds === 1 && this.schedule.id !== schedule ? USUAL_ROUNDS : rounds;
    const wanted = this.recipe.prune.rounds ?? preset;
    const count =
      typeof wanted === 'number'
        ? wanted
        : Math.max(1, Math.round(Math.log(1 - this.target) / Math.log(1 - wanted.rate)));
    return this.schedule.targets(this.target, count);
  }

  /** Masks are made while a trained network trains on, by a schedule or by the paradigm's own dynamics. */
  private prunesWithin(): boolean {
    return this.schedule.when === 'within' || this.point.dynamics !== undefined;
  }

  private dynamics(fallback: string): DynamicsSpec {
    const updates = this.pruneEpochs * (this.recipe.prune.updatesPerEpoch ?? this.point.updatesPerEpoch);
    return {
      id: dynamicsKinds.get(this.point.dynamics ?? fallback).id,
      selection: this.selection,
      target: this.target,
      targets: this.schedule.targets(this.target, Math.max(1, updates)),
      options: this.recipe.prune.dynamics ?? {},
    };
  }

  private dense(): TrainSpec {
    return this.recipe.dense ?? trainSpecSchema.parse({ epochs: 10 });
  }

  /**
   * Training while pruning goes on needs a learning rate that is still high enough to recover (Gale et al. 2019): the
   * fine-tuning's (or else the dense training's) settings with a constant rate.
   */
  private trainingWhilePruning(): TrainSpec {
    const base = this.recipe.finetune ?? this.dense();
    return { ...base, epochs: this.pruneEpochs, schedule: 'constant', warmup: 0 };
  }
}

/** The scope that a recipe means which says something of layers. */
function scopeMeant({ layers, epsilon }: Recipe['prune']): string | undefined {
  if (layers !== undefined) return 'by-hand';
  return epsilon === undefined ? undefined : 'erdos-renyi';
}

function sharesOf({ prune: { layers, epsilon } }: Recipe, target: number): Pick<Selection, 'shares'> {
  if (layers === undefined && epsilon === undefined) return {};
  return { shares: { ...(layers && { layers }), ...(epsilon && { epsilon }), target } };
}
