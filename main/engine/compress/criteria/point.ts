import * as tf from '@tensorflow/tfjs-core';
import type { HostRecord, TensorRecord } from '../../backend/backend.ts';
import { maskedValues } from '../../network/masked.ts';
import { dropoutSites } from '../../network/dropout.ts';
import type { MaskSet, Network, WeightSet } from '../../network/graph.ts';

/** Name of a parameter in the state of a scoring step. */
const at = (name: string) => `param/${name}`;

/** Where the network stands: all parameters by their names in the state, pruned weights as zero. */
export function maskedPoint(network: Network, weights: WeightSet, masks: MaskSet): HostRecord {
  return Object.fromEntries(
    Object.entries(network.params).map(([name, { shape }]) => [
      at(name),
      { shape, data: maskedValues(name, weights, masks) },
    ]),
  );
}

/** The parameters in a step's state, by their own names. */
export function paramsIn(network: Network, state: TensorRecord): TensorRecord {
  return Object.fromEntries(Object.keys(network.params).map((name) => [name, state[at(name)] as tf.Tensor]));
}

/** Masks that drop nothing: scores are of the network, not of one draw of its dropout. */
export function noDropout(network: Network, batch: number): TensorRecord {
  return Object.fromEntries(
    dropoutSites(network, batch).map(({ node, shape }) => [node, tf.ones([...shape])]),
  );
}
