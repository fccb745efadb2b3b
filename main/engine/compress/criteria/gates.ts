import * as tf from '@tensorflow/tfjs-core';
import type { StepFunction, TensorRecord } from '../../backend/backend.ts';
import { fed } from '../../backend/fed.ts';
import type { Batch } from '../../data/batches.ts';
import type { Member } from '../../network/coupling/components.ts';
import type { Network } from '../../network/graph.ts';
import type { ScoreSet } from '../scores.ts';
import { counting } from '../structures/members.ts';
import type { CoupledUnits } from '../structures/structure.ts';
import type { ScoringContext } from './criterion.ts';
import { lossAndGradients, refuseDiverged, type GradientOptions } from './gradients.ts';
import { maskedPoint, paramsIn } from './point.ts';
import { compiledStep } from './steps.ts';

/** An axis of a parameter, at each of whose indices weight * gradient is added up. */
interface Cut {
  readonly param: string;
  readonly axis: number;
}

const keyOf = ({ param, axis }: Cut): string => `${param}/${axis}`;

/**
 * A gate for every channel: a factor on all that reads it, 1 as the network stands and 0 when the channel has left. The loss's
 * slope along it is the sum of weight * gradient over the weights that read the channel, whatever lies before them: batch
 * norms, activations or sums. Over what makes the channel (as Liu et al. 2021, arXiv 2108.00708, add gradients of
 * coupled masks) it is the same where only activations with f(a x) = a f(x) lie between. Never both: each is the whole slope.
 */
export class Gates {
  readonly cuts: readonly Cut[];
  private readonly units: CoupledUnits;

  constructor(units: CoupledUnits) {
    this.units = units;
    const all = units.groups.flatMap(({ components }) => components.flatMap((each) => this.membersOf(each)));
    this.cuts = [
      ...new Map(all.map(({ param, axis }) => [keyOf({ param, axis }), { param, axis }])).values(),
    ];
  }

  /**
   * The slopes of all gates, by group.
   * @param sums of weight * gradient at each index of the cuts, in their order
   */
  slopes(sums: readonly ArrayLike<number>[]): ScoreSet {
    const at = new Map(this.cuts.map((cut, i) => [keyOf(cut), sums[i]]));
    const slope = (members: readonly Member[]) =>
      members.reduce(
        (total, member) =>
          member.indices.reduce((sum, index) => sum + (at.get(keyOf(member))?.[index] ?? 0), total),
        0,
      );
    return new Map(
      this.units.groups.map(({ name, components }) => [
        name,
        Float64Array.from(components, (component) => slope(this.membersOf(component))),
      ]),
    );
  }

  private membersOf(component: Parameters<typeof counting>[0]): readonly Member[] {
    const side = this.units.members === 'makers' ? 'makers' : 'readers';
    return counting(component, side, ({ role }) => role === 'weight' || role === 'bias');
  }
}

/** The mean over batches of the squared slope of each batch's mean loss along every channel's gate, for all weights of it. */
export async function squaredSlopes(
  context: ScoringContext,
  units: CoupledUnits,
  batches: Iterable<Batch>,
): Promise<ScoreSet> {
  const { network, weights, masks, data, backend, batchNorm } = context;
  const gates = new Gates(units);
  const { cuts } = gates;
  if (cuts.length === 0) return new Map();
  const key = JSON.stringify(['gates', batchNorm, cuts]);
  const step = compiledStep(backend, network, key, () => slopesStep(network, cuts, { batchNorm }));
  const state = backend.createState(maskedPoint(network, weights, masks));
  const squares: ScoreSet = new Map(
    units.groups.map(({ name, components }) => [name, new Float64Array(components.length)]),
  );
  let count = 0;
  try {
    for (const batch of batches) {
      const { loss, ...sums } = await step.run(state, fed(batch, data.sampleShape));
      refuseDiverged(loss?.data[0]);
      add(squares, gates.slopes(cuts.map((cut) => sums[keyOf(cut)]?.data ?? [])));
      count++;
    }
  } finally {
    state.dispose();
  }
  for (const part of squares.values()) part.forEach((sum, i) => (part[i] = sum / Math.max(1, count)));
  return context.units.spread(squares);
}

function add(squares: ScoreSet, slopes: ScoreSet): void {
  for (const [name, part] of squares) {
    const own = slopes.get(name) ?? [];
    part.forEach((sum, i) => (part[i] = sum + (own[i] as number) ** 2));
  }
}

/** Outputs: the loss, and for every cut the sums of weight * gradient at its indices. */
function slopesStep(network: Network, cuts: readonly Cut[], options: GradientOptions): StepFunction {
  const params = [...new Set(cuts.map(({ param }) => param))];
  return (inputs, state) => {
    const point = paramsIn(network, state);
    const { loss, gradients } = lossAndGradients(network, params, point, inputs, options);
    const outputs: TensorRecord = { loss };
    for (const cut of cuts) {
      const gradient = gradients[params.indexOf(cut.param)] as tf.Tensor;
      const product = tf.mul(point[cut.param] as tf.Tensor, gradient);
      outputs[keyOf(cut)] = sumBeside(product, cut.axis);
    }
    return { outputs, state: {} };
  };
}

/** Sums over all axes but one. */
function sumBeside(tensor: tf.Tensor, axis: number): tf.Tensor {
  const others = tensor.shape.map((_, i) => i).filter((i) => i !== axis);
  return others.length === 0 ? tensor : tf.sum(tensor, others);
}
