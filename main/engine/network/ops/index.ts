import { inputError } from '../../../contract/errors.ts';
import type { Node } from '../graph.ts';
import type { OpSpec } from '../op.ts';
import { add } from './add.ts';
import { avgPool } from './avg-pool.ts';
import { batchNorm } from './batch-norm.ts';
import { clip } from './clip.ts';
import { concat } from './concat.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { div } from './div.ts';
import { dropout } from './dropout.ts';
import { elu } from './elu.ts';
import { erf } from './erf.ts';
import { flatten } from './flatten.ts';
import { gelu } from './gelu.ts';
import { globalAvgPool } from './global-avg-pool.ts';
import { hardSigmoid } from './hard-sigmoid.ts';
import { hardSwish } from './hard-swish.ts';
import { identity } from './identity.ts';
import { leakyRelu } from './leaky-relu.ts';
import { logSoftmax } from './log-softmax.ts';
import { maxPool } from './max-pool.ts';
import { mul } from './mul.ts';
import { pad } from './pad.ts';
import { relu } from './relu.ts';
import { reshape } from './reshape.ts';
import { sigmoid } from './sigmoid.ts';
import { silu } from './silu.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { sub } from './sub.ts';
import { tanh } from './tanh.ts';
import { transpose } from './transpose.ts';

/** Every layer type that the engine knows. */
export const ops: readonly OpSpec[] = [
  add,
  avgPool,
  batchNorm,
  clip,
  concat,
  conv2d,
  dense,
  div,
  dropout,
  elu,
  erf,
  flatten,
  gelu,
  globalAvgPool,
  hardSigmoid,
  hardSwish,
  identity,
  leakyRelu,
  logSoftmax,
  maxPool,
  mul,
  pad,
  relu,
  reshape,
  sigmoid,
  silu,
  slice,
  softmax,
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
