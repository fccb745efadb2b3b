import { inputError } from '../../../contract/errors.ts';
import type { Node } from '../graph.ts';
import type { OpSpec } from '../op.ts';
import { abs } from './abs.ts';
import { add } from './add.ts';
import { avgPool } from './avg-pool.ts';
import { batchConstant } from './batch-constant.ts';
import { batchNorm } from './batch-norm.ts';
import { clip } from './clip.ts';
import { concat } from './concat.ts';
import { convTranspose } from './conv-transpose.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { div } from './div.ts';
import { dropout } from './dropout.ts';
import { elu } from './elu.ts';
import { erf } from './erf.ts';
import { exp } from './exp.ts';
import { flatten } from './flatten.ts';
import { gelu } from './gelu.ts';
import { globalAvgPool } from './global-avg-pool.ts';
import { groupNorm } from './group-norm.ts';
import { hardSigmoid } from './hard-sigmoid.ts';
import { hardSwish } from './hard-swish.ts';
import { identity } from './identity.ts';
import { layerNorm } from './layer-norm.ts';
import { leakyRelu } from './leaky-relu.ts';
import { log } from './log.ts';
import { logSoftmax } from './log-softmax.ts';
import { lrn } from './lrn.ts';
import { matMul } from './mat-mul.ts';
import { max } from './max.ts';
import { maxPool } from './max-pool.ts';
import { min } from './min.ts';
import { mish } from './mish.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import { pad } from './pad.ts';
import { pow } from './pow.ts';
import { prelu } from './prelu.ts';
import { reciprocal } from './reciprocal.ts';
import { reduceMax } from './reduce-max.ts';
import { reduceMean } from './reduce-mean.ts';
import { reduceSum } from './reduce-sum.ts';
import { relu } from './relu.ts';
import { reshape } from './reshape.ts';
import { resize } from './resize.ts';
import { selu } from './selu.ts';
import { sigmoid } from './sigmoid.ts';
import { silu } from './silu.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { softplus } from './softplus.ts';
import { softsign } from './softsign.ts';
import { split } from './split.ts';
import { sqrt } from './sqrt.ts';
import { sub } from './sub.ts';
import { tanh } from './tanh.ts';
import { transpose } from './transpose.ts';

/** Every layer type that the engine knows, by the name that nodes call it. */
export const ops = {
  Abs: abs,
  Add: add,
  AvgPool: avgPool,
  BatchConstant: batchConstant,
  BatchNorm: batchNorm,
  Clip: clip,
  Concat: concat,
  Conv2D: conv2d,
  ConvTranspose2D: convTranspose,
  Dense: dense,
  Div: div,
  Dropout: dropout,
  Elu: elu,
  Erf: erf,
  Exp: exp,
  Flatten: flatten,
  Gelu: gelu,
  GlobalAvgPool: globalAvgPool,
  GroupNorm: groupNorm,
  HardSigmoid: hardSigmoid,
  HardSwish: hardSwish,
  Identity: identity,
  LayerNorm: layerNorm,
  LeakyRelu: leakyRelu,
  Log: log,
  LogSoftmax: logSoftmax,
  LRN: lrn,
  MatMul: matMul,
  Max: max,
  MaxPool: maxPool,
  Min: min,
  Mish: mish,
  Mul: mul,
  Neg: neg,
  Pad: pad,
  Pow: pow,
  PRelu: prelu,
  Reciprocal: reciprocal,
  ReduceMax: reduceMax,
  ReduceMean: reduceMean,
  ReduceSum: reduceSum,
  Relu: relu,
  Reshape: reshape,
  Resize: resize,
  Selu: selu,
  Sigmoid: sigmoid,
  Silu: silu,
  Slice: slice,
  Softmax: softmax,
  Softplus: softplus,
  Softsign: softsign,
  Split: split,
  Sqrt: sqrt,
  Sub: sub,
  Tanh: tanh,
  Transpose: transpose,
} as const satisfies Record<string, OpSpec>;

export type OpName = keyof typeof ops;

/** @throws EspalierError naming the node, for a layer type that the engine does not know. */
export function opName({ name, op }: Pick<Node, 'name' | 'op'>): OpName {
  if (isOpName(op)) return op;
  throw inputError('network/unsupported-op', `layer '${name}' is of unsupported type '${op}'`, {
    field: name,
    remedy: `Supported are ${Object.keys(ops).join(', ')}.`,
  });
}

/** The record of a node's layer type. @throws EspalierError naming the node, for a type the engine does not know. */
export function opOf(node: Pick<Node, 'name' | 'op'>): OpSpec {
  return ops[opName(node)];
}

function isOpName(op: string): op is OpName {
  return Object.hasOwn(ops, op);
}
