import * as tf from '@tensorflow/tfjs-core';
import type { MaskSet, TensorData, WeightSet } from '../../network/graph.ts';
import { fans } from '../../network/initialize.ts';
import { applyMasks, countKept } from '../masks.ts';
import { candidates, selectedBy } from '../select.ts';
import type { DynamicsStart } from './dynamics.ts';

/**
 * The frozen weights of a hidden network: w' = a w ('initial') or a sign(w) ('signed-constant'), with one factor a per layer.
 */
export class FrozenWeights {
  private readonly constant: boolean;
  private readonly factors: ReadonlyMap<string, number>;

  private constructor(constant: boolean, factors: ReadonlyMap<string, number>) {
    this.constant = constant;
    this.factors = factors;
  }

  /**
   * Weights whose kept share has the variance 2 / (fan in x density) that keeps signals alive (He et al. 2015), whatever the
   * initialiser's scale was.
   * @param densities share of the weights that each layer keeps, by parameter name.
   */
  static forDensities(start: DynamicsStart, densities: ReadonlyMap<string, number>): FrozenWeights {
    const constant = start.spec.options.weights !== 'initial';
    const factors = [...densities].map(([name, density]): [string, number] => {
      const { shape, data } = start.weights.get(name) as TensorData;
      const magnitude = Math.sqrt(2 / (fans(shape).fanIn * density));
      return [name, constant ? magnitude : magnitude / rootMeanSquare(data)];
    });
    return new FrozenWeights(constant, new Map(factors));
  }

  onDevice(name: string, weight: tf.Tensor): tf.Tensor {
    return tf.mul(this.constant ? signs(weight) : weight, this.factor(name));
  }

  onHost(name: string, { shape, data }: TensorData): TensorData {
    const factor = this.factor(name);
    return { shape, data: data.map((w) => (this.constant ? (w > 0 ? 1 : -1) : w) * factor) };
  }

  private factor(name: string): number {
    return this.factors.get(name) ?? 1;
  }
}

/** 1 where the weight is positive, -1 elsewhere. */
function signs(weight: tf.Tensor): tf.Tensor {
  return tf.sub(tf.mul(tf.cast(tf.greater(weight, 0), 'float32'), 2), 1);
}

/** Share of each layer's weights that a budget leaves, judged by the initial weights where the scope compares layers. */
export function densitiesOf({ network, spec, weights }: DynamicsStart): Map<string, number> {
  const scores = new Map(
    candidates(network, spec.selection.exclude).map((name) => [
      name,
      (weights.get(name) as TensorData).data.map(Math.abs),
    ]),
  );
  const { masks } = selectedBy(network, spec.selection, scores, spec.target);
  return new Map([...masks].map(([name, mask]) => [name, Math.max(1, countKept(mask)) / mask.length]));
}

/** Standard deviation of a layer's weights around zero. */
function rootMeanSquare(data: Float32Array): number {
  return Math.sqrt(data.reduce((sum, w) => sum + w * w, 0) / data.length) || 1;
}

/**
 * A straight-through estimate: `forward` of x goes on, and the gradient passes to x as if x had.
 * @param forward gives a tensor of x's shape.
 * @param slope what the gradient is multiplied by on its way.
 */
export function straightThrough(x: tf.Tensor, forward: (x: tf.Tensor) => tf.Tensor, slope = 1): tf.Tensor {
  return tf.customGrad((...inputs) => ({
    value: forward(inputs[0] as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => tf.mul(dy, slope),
  }))(x);
}

/** The network as it would be deployed: kept weights at their frozen values, everything else as it is. */
export function deployedHidden(
  weights: WeightSet,
  frozen: FrozenWeights,
  masks: MaskSet,
): { weights: WeightSet; masks: MaskSet } {
  const deployed = new Map(weights);
  for (const name of masks.keys()) deployed.set(name, frozen.onHost(name, weights.get(name) as TensorData));
  applyMasks(deployed, masks);
  return { weights: deployed, masks };
}
