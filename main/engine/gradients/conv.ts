import * as tf from '@tensorflow/tfjs-core';
import { defineGradients, runKernel } from './rule.ts';

/**
 * Gradients of convolutions. A convolution is bilinear in image and filter, so its gradients are again convolutions of the
 * same geometry, and theirs too: every one of the three kernels is differentiated by the other two.
 */

type Attrs = Readonly<Record<string, unknown>>;

function geometry(attrs: Attrs): Attrs {
  const { strides, pad, dataFormat = 'NHWC', dimRoundingMode, dilations } = attrs;
  if (!tf.backend_util.tupleValuesAreOne((dilations ?? 1) as number | number[])) {
    throw new Error(`Dilated convolutions have no gradient here (dilations ${String(dilations)}).`);
  }
  return { strides, pad, dataFormat, dimRoundingMode, dilations: 1 };
}

/** The three kernels of one kind of convolution. */
interface Family {
  forward: string;
  byInput: string;
  byFilter: string;
}

const FULL: Family = { forward: 'Conv2D', byInput: 'Conv2DBackpropInput', byFilter: 'Conv2DBackpropFilter' };
const DEPTHWISE: Family = {
  forward: 'DepthwiseConv2dNative',
  byInput: 'DepthwiseConv2dNativeBackpropInput',
  byFilter: 'DepthwiseConv2dNativeBackpropFilter',
};

function define({ forward, byInput, byFilter }: Family): void {
  const conv = (x: tf.Tensor, filter: tf.Tensor, attrs: Attrs): tf.Tensor =>
    runKernel(forward, { x, filter }, geometry(attrs));
  const inputGradient = (
    dy: tf.Tensor,
    filter: tf.Tensor,
    inputShape: readonly number[],
    attrs: Attrs,
  ): tf.Tensor => runKernel(byInput, { dy, filter }, { ...geometry(attrs), inputShape });
  const filterGradient = (
    x: tf.Tensor,
    dy: tf.Tensor,
    filterShape: readonly number[],
    attrs: Attrs,
  ): tf.Tensor => runKernel(byFilter, { x, dy }, { ...geometry(attrs), filterShape });

  defineGradients({
    [forward]: {
      inputs: ['x', 'filter'],
      of: (dy, saved, attrs) => {
        const [x, filter] = saved as [tf.Tensor, tf.Tensor];
        return {
          x: () => inputGradient(dy, filter, x.shape, attrs),
          filter: () => filterGradient(x, dy, filter.shape, attrs),
        };
      },
    },
    [byInput]: {
      inputs: ['dy', 'filter'],
      of: (ddx, saved, attrs) => {
        const [dy, filter] = saved as [tf.Tensor, tf.Tensor];
        return {
          dy: () => conv(ddx, filter, attrs),
          filter: () => filterGradient(ddx, dy, filter.shape, attrs),
        };
      },
    },
    [byFilter]: {
      inputs: ['x', 'dy'],
      of: (ddw, saved, attrs) => {
        const [x, dy] = saved as [tf.Tensor, tf.Tensor];
        return {
          x: () => inputGradient(dy, ddw, x.shape, attrs),
          dy: () => conv(x, ddw, attrs),
        };
      },
    },
  });
}

define(FULL);
define(DEPTHWISE);
