import type { Random } from '../base/random.ts';
import type { Initializer, Network, WeightSet } from './graph.ts';
import { paramsInOrder, sizeOf } from './graph.ts';
import { batchNorms } from './norm-after.ts';

/** Deviations at which a truncated normal value is cut off. */
const CUT = 2;
/** Standard deviation of a standard normal value that is cut off there: sqrt(1 - 2 CUT phi(CUT) / (2 Phi(CUT) - 1)). */
const TRUNCATED_STD = 0.8796256610342398;

/** First values for all parameters, as their initialisers say; the same generator state gives the same weights. */
export function initialize(network: Network, random: Random): WeightSet {
  const weights: WeightSet = new Map();
  for (const name of paramsInOrder(network)) {
    const info = network.params[name];
    if (info === undefined) continue;
    const draw = sampler(info.init, info.shape, random);
    weights.set(name, { shape: info.shape, data: Float32Array.from({ length: sizeOf(info.shape) }, draw) });
  }
  return weights;
}

/** Connections into and out of one unit of a weight [out, in, ...kernel]. */
export function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const [out = 1, ins = 1, ...kernel] = shape;
  const area = sizeOf(kernel);
  return { fanIn: ins * area, fanOut: out * area };
}

/** A standard normal value that is within so many deviations: drawn again until it is. */
function within(random: Random, deviations: number): number {
  for (;;) {
    const value = random.normal();
    if (Math.abs(value) <= deviations) return value;
  }
}

/** The network with its weights drawn another way; biases, norms and statistics begin as they did. */
export function withInitializer(network: Network, init: Initializer): Network {
  const params = Object.entries(network.params).map(([name, info]) => [
    name,
    info.role === 'weight' ? { ...info, init } : info,
  ]);
  return { ...network, params: Object.fromEntries(params) as Network['params'] };
}

/** The network whose batch norms begin with this scale; everything else begins as it did. */
export function withNormScale(network: Network, value: number): Network {
  const scales = new Set(batchNorms(network).map(({ params }) => params['scale']));
  const params = Object.entries(network.params).map(([name, info]) => [
    name,
    scales.has(name) ? { ...info, init: { kind: 'constant', value } } : info,
  ]);
  return { ...network, params: Object.fromEntries(params) as Network['params'] };
}

function sampler(init: Initializer, shape: readonly number[], random: Random): () => number {
  const { fanIn, fanOut } = fans(shape);
  const normal = (variance: number) => () => random.normal() * Math.sqrt(variance);
  const truncated = (variance: number) => {
    const std = Math.sqrt(variance) / TRUNCATED_STD;
    return () => std * within(random, CUT);
  };
  const uniform = (bound: number) => () => (2 * random.float() - 1) * bound;
  switch (init.kind) {
    case 'zeros':
      return () => 0;
    case 'ones':
      return () => 1;
    case 'constant':
      return () => init.value;
    case 'he-normal':
      return normal(2 / (init.fan === 'out' ? fanOut : fanIn));
    case 'fan-in-uniform':
      return uniform(1 / Math.sqrt(init.fanIn ?? fanIn));
    case 'glorot-normal':
      return normal(2 / (fanIn + fanOut));
    case 'lecun-normal':
      return truncated(1 / fanIn);
    case 'glorot-uniform':
      return uniform(Math.sqrt(6 / (fanIn + fanOut)));
  }
}
