import type { Node } from '../../../network/graph.ts';
import { opName, type OpName } from '../../../network/ops/index.ts';
import { conv } from './conv.ts';
import { dense } from './dense.ts';
import { concat, pad, slice, transpose } from './moved.ts';
import { norm } from './norm.ts';
import { add, clip, div, leakyRelu, mul, relu, same } from './pointwise.ts';
import { avgPool, globalAvgPool, maxPool } from './pool.ts';
import type { FlowRule } from './rule.ts';

/** A layer type whose output grows in proportion with its input and with what it adds. */
interface FlowLayer {
  readonly rule: FlowRule;
  /** Whether it changes the size of what flows, beyond bringing it to zero. */
  readonly resizes: boolean;
  /** Whether a node of the type is no flow after all. */
  readonly refuses?: (node: Node) => boolean;
}

const keeping = (rule: FlowRule): FlowLayer => ({ rule, resizes: false });
const resizing = (rule: FlowRule): FlowLayer => ({ rule, resizes: true });
/** A product with another value, or a constant over the value, does not grow in proportion. */
const byConstant = (rule: FlowRule): FlowLayer => ({
  rule,
  resizes: true,
  refuses: ({ op, inputs, attrs }) => inputs.length > 1 || (op === 'Div' && attrs['constantFirst'] === true),
});

/** How flow passes each layer type; null where the output does not grow in proportion with the input. */
export const flowLayers: Readonly<Record<OpName, FlowLayer | null>> = {
  Conv2D: resizing(conv),
  Dense: resizing(dense),
  BatchNorm: resizing(norm),
  Add: resizing(add),
  Mul: byConstant(mul),
  Div: byConstant(div),
  Relu: keeping(relu),
  LeakyRelu: keeping(leakyRelu),
  Clip: keeping(clip),
  MaxPool: keeping(maxPool),
  AvgPool: keeping(avgPool),
  GlobalAvgPool: keeping(globalAvgPool),
  Flatten: keeping(same),
  Reshape: keeping(same),
  Identity: keeping(same),
  Dropout: keeping(same),
  Transpose: keeping(transpose),
  Slice: keeping(slice),
  Pad: keeping(pad),
  Concat: keeping(concat),
  Abs: null,
  BatchConstant: null,
  ConvTranspose2D: null,
  Elu: null,
  Erf: null,
  Exp: null,
  Gelu: null,
  GroupNorm: null,
  HardSigmoid: null,
  HardSwish: null,
  LayerNorm: null,
  Log: null,
  LogSoftmax: null,
  LRN: null,
  MatMul: null,
  Max: null,
  Min: null,
  Mish: null,
  Neg: null,
  Pow: null,
  PRelu: null,
  Reciprocal: null,
  ReduceMax: null,
  ReduceMean: null,
  ReduceSum: null,
  Resize: null,
  Selu: null,
  Sigmoid: null,
  Silu: null,
  Softmax: null,
  Softplus: null,
  Softsign: null,
  Split: null,
  Sqrt: null,
  Sub: null,
  Tanh: null,
};

/** How flow passes a node; null where none does. */
export function flowLayerOf(node: Node): FlowLayer | null {
  const found = flowLayers[opName(node)];
  return found === null || found.refuses?.(node) === true ? null : found;
}
