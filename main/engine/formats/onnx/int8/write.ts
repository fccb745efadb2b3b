import { inputError } from '../../../../contract/errors.ts';
import { foldBatchNorm } from '../../../network/fold-batch-norm.ts';
import type { MaskSet, Network, TensorData, WeightSet } from '../../../network/graph.ts';
import { inferShapes } from '../../../network/shape.ts';
import { maskedValues } from '../../../network/masked.ts';
import type { OnnxModel } from '../../../protobuf/onnx.ts';
import { onnxModelOf } from '../write.ts';
import { calibrate } from './calibrate.ts';
import type { Placement } from './placement.ts';
import { placeRounding } from './placement.ts';
import { quantizeModel } from './quantize.ts';
import type { WeightForm } from './weight-form.ts';

/**
 * The network as an 8-bit ONNX model: batch normalisation folded, whole weights with a scale for each output, uint8
 * activations over the ranges that they take on the samples (min/max calibration). Pruned weights are exactly zero.
 * @param samples [samples, ...sample] of the training part, normalised
 * @throws EspalierError when no layer can compute in eight bits, or a value is not finite
 */
export async function int8Model(
  network: Network,
  weights: WeightSet,
  masks: MaskSet,
  samples: TensorData,
  form: WeightForm,
): Promise<{ model: OnnxModel; notes: string[] }> {
  const { float, placement } = placed(network, weights, masks);
  const measured = [...new Set([...placement.values.values()].map(({ rangeOf }) => rangeOf))];
  const ranges = await calibrate(float, measured, samples);
  return { model: quantizeModel(float, placement, ranges, form), notes: notesOf(placement) };
}

/** The float model, and what of it computes in eight bits. @throws EspalierError when that is nothing */
export function placed(
  network: Network,
  weights: WeightSet,
  masks: MaskSet = new Map(),
): { float: OnnxModel; placement: Placement } {
  const masked: WeightSet = new Map(
    [...weights].map(([name, { shape }]) => [name, { shape, data: maskedValues(name, weights, masks) }]),
  );
  const plain = foldBatchNorm(withoutIdle(network), masked);
  const float = onnxModelOf(plain.network, plain.weights);
  const placement = placeRounding(float, new Set(inferShapes(plain.network, 1).keys()));
  if (placement.layers.length > 0) return { float, placement };
  throw inputError('onnx/int8-nothing', 'The network has no layer that computes in eight bits.', {
    field: network.name,
    remedy: 'Export it in float32 (onnx).',
  });
}

function notesOf({ layers, float }: Placement): string[] {
  const rest = [...float].map(([op, times]) => (times === 1 ? op : `${times} ${op}`));
  return [
    `${layers.length} ${layers.length === 1 ? 'layer computes' : 'layers compute'} in 8 bits.`,
    ...(rest.length === 0 ? [] : [`Float32 as before: ${rest.join(', ')}.`]),
  ];
}

/** The network without layers that do nothing once it is trained. */
function withoutIdle(network: Network): Network {
  const standsFor = new Map<string, string>();
  const original = (name: string) => standsFor.get(name) ?? name;
  const nodes = network.nodes.flatMap((node) => {
    const inputs = node.inputs.map(original);
    const [input = ''] = inputs;
    const [output = ''] = node.outputs;
    const idle = (node.op === 'Dropout' || node.op === 'Identity') && !network.outputs.includes(output);
    if (idle) standsFor.set(output, input);
    return idle ? [] : [{ ...node, inputs }];
  });
  return { ...network, nodes };
}
