import { sizeOf, type MaskSet, type Network } from '../network/graph.ts';
import { classCount, logitsName } from '../network/shape.ts';
import { countKept } from './masks.ts';

/** What masks leave nothing, or next to nothing, of. */
export interface Vanished {
  /** Layers without a weight: no signal passes them. */
  readonly empty: readonly string[];
  /** Layers of more weights of which a single one is left. */
  readonly single: readonly string[];
  /** Classes that nothing comes in at: their logit is the same for every sample. */
  readonly classes: readonly number[];
}

export function vanishedIn(network: Network, masks: MaskSet): Vanished {
  const layersWith = (kept: number) =>
    [...masks]
      .filter(([name]) => network.params[name]?.role === 'weight')
      .filter(([, mask]) => mask.length > kept && countKept(mask) === kept)
      .map(([name]) => name);
  return { empty: layersWith(0), single: layersWith(1), classes: lostClasses(network, masks) };
}

/** Classes of whose row in the last layer a mask keeps nothing, ascending; none where the whole layer is gone. */
export function lostClasses(network: Network, masks: MaskSet): number[] {
  const name = classWeights(network);
  const mask = name === undefined ? undefined : masks.get(name);
  if (name === undefined || mask === undefined) return [];
  const classes = network.params[name]?.shape[0] ?? 0;
  const inputs = mask.length / classes;
  if (countKept(mask) === 0) return [];
  return Array.from({ length: classes }, (_, i) => i).filter(
    (i) => !mask.subarray(i * inputs, (i + 1) * inputs).includes(1),
  );
}

/**
 * The parameter that holds a row of weights for every class: that of the convolution or dense layer from which the logits
 * come by steps with one input each; undefined where they come another way.
 */
export function classWeights(network: Network): string | undefined {
  const makers = new Map(network.nodes.flatMap((node) => node.outputs.map((output) => [output, node])));
  for (let at: string | undefined = logitsName(network); at !== undefined;) {
    const node = makers.get(at);
    const weight = node?.params['weight'];
    const info = weight === undefined ? undefined : network.params[weight];
    if (info?.role === 'weight') {
      return info.shape[0] === classCount(network) && sizeOf(info.shape) > 0 ? weight : undefined;
    }
    at = node?.inputs.length === 1 ? node.inputs[0] : undefined;
  }
  return undefined;
}
