import { forwardValues } from '../../../../main/engine/network/forward.ts';
import type { Network, TensorData, WeightSet } from '../../../../main/engine/network/graph.ts';
import { paramTensors, toTf } from '../run.ts';

/** Any value of a network with these inputs, by a forward pass on tfjs's reference backend. */
export function valuesOf(network: Network, weights: WeightSet, x: TensorData): (name: string) => TensorData {
  const [input] = network.inputs;
  const given = { [input?.name ?? '']: toTf(x) };
  return (name) => {
    const { values } = forwardValues(network, paramTensors(weights), given, [name], { training: false });
    const value = values.get(name);
    if (value === undefined) throw new Error(`no value '${name}'`);
    return { shape: value.shape, data: value.logical().dataSync() as Float32Array };
  };
}
