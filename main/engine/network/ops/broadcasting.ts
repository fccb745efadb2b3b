import type * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { bothInputs, nodeError, showShape } from '../node.ts';
import type { OpSpec } from '../op.ts';

/** What a two-input arithmetic op has to say of itself; `op` is also its ONNX name. */
interface Broadcasting {
  readonly op: string;
  readonly summary: string;
  readonly apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
}

/** The record of an op on two values, element by element, with NumPy's broadcasting. */
export function broadcasting({ op, summary, apply }: Broadcasting): OpSpec {
  return {
    op,
    summary,

    infer(node, inputs) {
      const [a, b] = bothInputs(node, inputs);
      const rank = Math.max(a.length, b.length);
      const shape = Array.from({ length: rank }, (_, i) => {
        const left = a[a.length - rank + i] ?? 1;
        const right = b[b.length - rank + i] ?? 1;
        if (left !== right && left !== 1 && right !== 1) {
          throw nodeError(node, `cannot combine ${showShape(a)} with ${showShape(b)}`);
        }
        return left === 1 ? right : left;
      });
      return [shape];
    },

    forward(_, node, inputs) {
      const [a, b] = bothInputs(node, inputs);
      const spatial = a.shape.length === 4 && b.shape.length === 4 && (a.isChannelsLast || b.isChannelsLast);
      return [
        spatial
          ? Activation.channelsLast(apply(a.spatial(), b.spatial()) as tf.Tensor4D)
          : Activation.of(apply(a.logical(), b.logical())),
      ];
    },

    emit(ctx, node, inputs) {
      ctx.node(op, bothInputs(node, inputs), {}, node.outputs);
    },
  };
}
