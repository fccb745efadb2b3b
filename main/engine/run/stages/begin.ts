import type { HostRecord } from '../../backend/backend.ts';
import type { Dynamics, StepHooks } from '../../compress/dynamics/dynamics.ts';
import { dynamicsKinds } from '../../compress/dynamics/index.ts';
import type { Stage } from '../../compress/framework.ts';
import { wholeMasks } from '../../compress/select.ts';
import { slimmingPenalty, withPenalty } from '../../compress/slimming.ts';
import type { Weighed } from '../../network/model.ts';
import { TrainingModel } from '../../train/training-model.ts';
import type { RunContext } from '../context.ts';
import { aimed } from './aim.ts';
import { LiveModel, stageRandom } from './live-model.ts';

type TrainStage = Extract<Stage, { kind: 'train' }>;

/** What trains: the network on the device, what goes on while it trains, and how that sees it. */
export interface Training {
  readonly model: TrainingModel;
  readonly dynamics: Dynamics | undefined;
  readonly live: LiveModel;
}

/** Puts a stage's training on the device from where the run's data stand: at its start, after a break, or once channels left. */
export function begin(context: RunContext, stage: TrainStage, perEpoch: number): Training {
  const { data, backend } = context;
  const { model } = data;
  const spec = stage.dynamics && aimed(stage.dynamics, data.aim);
  if (spec !== undefined && model.masks.size === 0) model.masks = wholeMasks(model.network, spec.selection);
  const dynamics =
    spec === undefined
      ? undefined
      : dynamicsKinds.get(spec.id).create({
          network: model.network,
          spec,
          weights: model.weights,
          saved: data.dynamics ?? undefined,
          random: (label) => stageRandom(context, stage.id, label),
        });
  const training = new TrainingModel(backend, model, stage.spec, {
    extras: extrasOf(context, dynamics),
    hooks: hooksOf(context, stage, dynamics),
    teacher: teacherOf(context, stage),
  });
  return {
    model: training,
    dynamics,
    live: new LiveModel(context, stage.id, perEpoch, spec?.selection, training),
  };
}

/** What the dynamics and the penalty of network slimming add to the step. */
function hooksOf(
  { data }: RunContext,
  { slimming }: TrainStage,
  dynamics: Dynamics | undefined,
): StepHooks | undefined {
  const hooks = dynamics?.hooks;
  if (slimming === undefined) return hooks;
  return withPenalty(hooks, slimmingPenalty(data.model.network, slimming));
}

/** The dense network, where the stage learns from it. */
function teacherOf({ data }: RunContext, { spec }: TrainStage): Weighed | undefined {
  if (spec.distill === undefined) return undefined;
  const dense = data.snapshots.get('dense');
  if (dense === undefined) throw new Error('the plan distils from a dense network that nothing kept');
  return dense;
}

/** The dynamics' tensors: fresh, or as the run's data have them. */
function extrasOf({ data }: RunContext, dynamics: Dynamics | undefined): HostRecord {
  return Object.fromEntries(
    Object.entries(dynamics?.extras ?? {}).map(([name, tensor]) => {
      const kept = data.extras.get(name);
      return [name, kept === undefined ? tensor : { ...tensor, data: kept }];
    }),
  );
}
