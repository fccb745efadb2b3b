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

/** Every layer type that the engine knows. */
export const ops: readonly OpSpec[] = [
  abs,
  add,
  avgPool,
  batchConstant,
  batchNorm,
  clip,
  concat,
  conv2d,
  convTranspose,
  dense,
  div,
  dropout,
  elu,
  erf,
  exp,
  flatten,
  gelu,
  globalAvgPool,
  groupNorm,
  hardSigmoid,
  hardSwish,
  identity,
  layerNorm,
  leakyRelu,
  log,
  logSoftmax,
  lrn,
  matMul,
  max,
  maxPool,
  min,
  mish,
  mul,
  neg,
  pad,
  pow,
  prelu,
  reciprocal,
  reduceMax,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  resize,
  selu,
  sigmoid,
  silu,
  slice,
  softmax,
  softplus,
  softsign,
  split,
  sqrt,
  sub,
  tanh,
  transpose,
];

const byName = new Map(ops.map((spec) => [spec.op, spec]));

/** The record of a node's layer type. @throws EspalierError naming the node, for a type the engine does not know. */
export function opOf(node: Node): OpSpec {
  const spec = byName.get(node.op);
  if (spec === undefined) {
    throw inputError('network/unsupported-op', `layer '${node.name}' is of unsupported type '${node.op}'`, {
      field: node.name,
      remedy: `Supported are ${ops.map(({ op }) => op).join(', ')}.`,
    });
  }
  return spec;
}
