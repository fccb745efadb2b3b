import type { WeightForm } from '../../../main/engine/formats/onnx/int8/weight-form.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import type { Network, WeightSet } from '../../../main/engine/network/graph.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { OnnxType } from '../../../main/engine/protobuf/onnx.ts';

/** As other programs write weights: signed bytes that reach as far as they can. */
export const SIGNED: WeightForm = { type: OnnxType.int8, zeroPoint: 0, largest: 127, words: 'int8' };

/** Residual, concatenated, pooled, depthwise, grouped: what convolutional networks are made of. */
export function convolutional(): Network {
  const parts = new NetworkBuilder('parts', [3, 16, 16]).conv('c1', 8).batchNorm('b1').relu();
  const skip = parts.value;
  parts.depthwise('dw').batchNorm('b2').relu6().conv('pw', 8, { kernel: 1 }).add(skip).relu();
  const sum = parts.value;
  return parts
    .layer('joined', 'Concat', { axis: 1 }, {}, [skip, sum])
    .conv('grouped', 16, { groups: 4, stride: 2 })
    .relu()
    .maxPool(2)
    .dropout(0.5)
    .conv('c2', 12, { bias: false })
    .globalAvgPool()
    .flatten()
    .dense('d1', 20)
    .relu()
    .dense('d2', 5)
    .build();
}

/** A block of a transformer: products of two computed values, normalised rows, dense layers on [batch, tokens, features]. */
export function attention(): Network {
  const params = {
    'q.weight': [8, 8],
    'q.bias': [8],
    'k.weight': [8, 8],
    'v.weight': [8, 8],
    'o.weight': [4, 8],
    'o.bias': [4],
  };
  const node = (name: string, op: string, inputs: string[], roles: string[] = [], attrs = {}) => ({
    name,
    op,
    inputs,
    outputs: [name],
    params: Object.fromEntries(roles.map((role) => [role, `${name}.${role}`])),
    attrs,
  });
  return {
    name: 'attention',
    inputs: [{ name: 'x', shape: [6, 8] }],
    outputs: ['logits'],
    nodes: [
      node('q', 'Dense', ['x'], ['weight', 'bias']),
      node('k', 'Dense', ['x'], ['weight']),
      node('v', 'Dense', ['x'], ['weight']),
      node('kt', 'Transpose', ['k'], [], { perm: [0, 2, 1] }),
      node('scores', 'MatMul', ['q', 'kt']),
      node('shares', 'Softmax', ['scores'], [], { axis: -1 }),
      node('mixed', 'MatMul', ['shares', 'v']),
      node('o', 'Dense', ['mixed'], ['weight', 'bias']),
      node('logits', 'Flatten', ['o']),
    ],
    params: Object.fromEntries(
      Object.entries(params).map(([name, shape]) => [
        name,
        {
          shape,
          role: name.endsWith('bias') ? ('bias' as const) : ('weight' as const),
          init: { kind: 'he-normal' as const },
        },
      ]),
    ),
  };
}

/** Weights as training might leave them: normalisation and biases are not at their first values. */
export function trained(network: Network): WeightSet {
  const weights = initialize(network, Random.from(1, 'weights'));
  for (const [name, { role }] of Object.entries(network.params)) {
    const tensor = weights.get(name);
    if (tensor === undefined || role === 'weight') continue;
    const random = Random.from(1, name);
    weights.set(name, {
      shape: tensor.shape,
      data: tensor.data.map((value) => value + 0.2 * random.normal() * (role === 'variance' ? 0 : 1)),
    });
  }
  return weights;
}
