import { freshParam } from './fresh-param.ts';
import type { Network, Node, ParamInfo, WeightSet } from './graph.ts';
import { numberAttr } from './node-reading.ts';
import { batchNorms } from './norm-after.ts';
import { opOf } from './ops/index.ts';

/**
 * Moves every batch normalisation that directly follows a convolution or a dense layer into that layer's weights and bias:
 * w' = w * scale / sqrt(variance + epsilon), b' = (b - mean) * scale / sqrt(variance + epsilon) + shift. The network computes
 * the same with fewer layers; zeros stay zeros. A layer that others read, or whose weights others share, stays as it is.
 */
export function foldBatchNorm(
  network: Network,
  weights: WeightSet,
): { network: Network; weights: WeightSet } {
  const folded: WeightSet = new Map(weights);
  const params: Record<string, ParamInfo> = { ...network.params };
  const replaced = new Map<Node, Node>();
  const gone = new Set<Node>();
  for (const norm of batchNorms(network)) {
    const source = foldable(network, norm);
    const weightName = source?.params['weight'];
    const weight = weightName === undefined ? undefined : weights.get(weightName);
    if (source === undefined || weightName === undefined || weight === undefined) continue;
    const values = (role: string) => weights.get(norm.params[role] ?? '')?.data ?? new Float32Array();
    const [scale, shift, mean, variance] = ['scale', 'shift', 'mean', 'variance'].map(values);
    const outputs = weight.shape[0] ?? 0;
    const epsilon = numberAttr(norm, 'epsilon', 1e-5);
    const factor = Float64Array.from(
      { length: outputs },
      (_, o) => (scale?.[o] ?? 1) / Math.sqrt((variance?.[o] ?? 1) + epsilon),
    );
    const size = weight.data.length / outputs;
    folded.set(weightName, {
      shape: weight.shape,
      // -0 would be a zero that is written as another number.
      data: weight.data.map((value, i) => value * (factor[Math.floor(i / size)] ?? 1) + 0),
    });
    const biasName = source.params['bias'] ?? freshParam({ params }, `${source.name}.bias`);
    const bias = weights.get(biasName)?.data;
    params[biasName] = { shape: [outputs], role: 'bias', init: { kind: 'zeros' } };
    folded.set(biasName, {
      shape: [outputs],
      data: Float32Array.from(
        { length: outputs },
        (_, o) => ((bias?.[o] ?? 0) - (mean?.[o] ?? 0)) * (factor[o] ?? 1) + (shift?.[o] ?? 0),
      ),
    });
    replaced.set(source, { ...source, params: { ...source.params, bias: biasName }, outputs: norm.outputs });
    gone.add(norm);
  }
  const nodes = network.nodes.filter((node) => !gone.has(node)).map((node) => replaced.get(node) ?? node);
  const used = new Set(nodes.flatMap((node) => Object.values(node.params)));
  for (const name of [...folded.keys()]) if (!used.has(name)) folded.delete(name);
  const kept = Object.fromEntries(Object.entries(params).filter(([name]) => used.has(name)));
  return { network: { ...network, nodes, params: kept }, weights: folded };
}

/** The layer whose only reader is this normalisation, when its numbers are its own. */
function foldable({ nodes, outputs }: Network, norm: Node): Node | undefined {
  const [value = ''] = norm.inputs;
  const source = nodes.find((node) => node.outputs.includes(value));
  if (source === undefined || !opOf(source).makesChannels) return undefined;
  const readers = nodes.filter((node) => node.inputs.includes(value));
  const own = Object.values(source.params);
  const shared = nodes.some(
    (node) => node !== source && Object.values(node.params).some((name) => own.includes(name)),
  );
  return readers.length === 1 && !outputs.includes(value) && !shared ? source : undefined;
}
