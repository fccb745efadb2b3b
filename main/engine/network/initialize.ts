import type { Random } from '../base/random.ts';
import type { Initializer, Network, WeightSet } from './graph.ts';
import { paramsInOrder, sizeOf } from './graph.ts';

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

function sampler(init: Initializer, shape: readonly number[], random: Random): () => number {
  const { fanIn, fanOut } = fans(shape);
  const normal = (variance: number) => () => random.normal() * Math.sqrt(variance);
  const uniform = (bound: number) => () => (2 * random.float() - 1) * bound;
  switch (init.kind) {
    case 'zeros':
      return () => 0;
    case 'ones':
      return () => 1;
    case 'he-normal':
      return normal(2 / (init.fan === 'out' ? fanOut : fanIn));
    case 'fan-in-uniform':
      return uniform(1 / Math.sqrt(init.fanIn ?? fanIn));
    case 'glorot-normal':
      return normal(2 / (fanIn + fanOut));
    case 'glorot-uniform':
      return uniform(Math.sqrt(6 / (fanIn + fanOut)));
  }
}
