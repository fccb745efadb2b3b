import type { Values } from '../../../../main/engine/network/constants.ts';
import { forwardValues } from '../../../../main/engine/network/forward.ts';
import type { Network, WeightSet } from '../../../../main/engine/network/graph.ts';
import { paramTensors, toTf } from '../run.ts';
import { inputOf } from './removal.ts';

/** Values by a forward pass on tfjs's reference backend. */
export function valuesOf(network: Network, weights: WeightSet, names: readonly string[]): Values {
  const inputs = Object.fromEntries(Object.entries(inputOf(network, 1)).map(([name, x]) => [name, toTf(x)]));
  const { values } = forwardValues(network, paramTensors(weights), inputs, names, { training: false });
  return new Map(
    names.map((name) => {
      const logical = values.get(name)?.logical();
      return [
        name,
        { shape: logical?.shape ?? [], data: (logical?.dataSync() ?? new Float32Array()) as Float32Array },
      ];
    }),
  );
}
