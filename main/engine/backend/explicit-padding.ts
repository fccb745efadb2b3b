import * as tf from '@tensorflow/tfjs-core';

/*
 * tfjs-node's convolutions and pools know the paddings 'valid' and 'same' only; networks from PyTorch and ONNX name numbers
 * for each side. Here an explicit padding is written around the input first, and the kernel runs 'valid'.
 */

type Attrs = Readonly<Record<string, unknown>>;
type Inputs = Readonly<Record<string, tf.Tensor>>;
type Pads = [number, number][];
type Run = (inputs: Inputs, attrs: Attrs) => tf.Tensor;
/** Runs a kernel on what the padding made of its inputs. */
type Form = (run: Run, inputs: Inputs, attrs: Attrs, pads: Pads) => tf.Tensor;

/** Kernels that see the image: it is padded. */
const padImage: Form = (run, inputs, attrs, pads) =>
  run({ ...inputs, x: tf.pad(inputs['x'] as tf.Tensor, pads) }, attrs);

/** Kernels that give the image's gradient: that of the padding is cut off. */
const cutGradient: Form = (run, inputs, attrs, pads) => {
  const shape = attrs['inputShape'] as number[];
  const padded = shape.map((size, i) => size + (pads[i]?.[0] ?? 0) + (pads[i]?.[1] ?? 0));
  return cut(run(inputs, { ...attrs, inputShape: padded }), pads, shape);
};

/** No padding is ever a maximum. */
const maximum: Form = (run, inputs, attrs, pads) =>
  run({ x: tf.pad(inputs['x'] as tf.Tensor, pads, -Infinity) }, attrs);

const maximumGradient: Form = (run, inputs, attrs, pads) => {
  const input = inputs['input'] as tf.Tensor;
  return cut(run({ ...inputs, input: tf.pad(input, pads, -Infinity) }, attrs), pads, input.shape);
};

const forms: Readonly<Record<string, Form>> = {
  Conv2DBackpropFilter: padImage,
  Conv2DBackpropInput: cutGradient,
  DepthwiseConv2dNative: padImage,
  DepthwiseConv2dNativeBackpropFilter: padImage,
  DepthwiseConv2dNativeBackpropInput: cutGradient,
  MaxPool: maximum,
  MaxPoolGrad: maximumGradient,
};

const ours = new Set<tf.KernelFunc>();

/** Gives a registered backend's kernels explicit paddings; kernels that have been given them already stay. */
export function allowExplicitPadding(backendName: string): void {
  for (const [kernelName, form] of Object.entries(forms)) {
    const kernel = tf.getKernel(kernelName, backendName);
    if (ours.has(kernel.kernelFunc)) continue;
    const kernelFunc: tf.KernelFunc = (call) => {
      const pads = explicitPads(call.attrs ?? {});
      if (pads === undefined) return kernel.kernelFunc(call);
      const run: Run = (inputs, attrs) => {
        const made = kernel.kernelFunc({ ...call, inputs, attrs: attrs as tf.NamedAttrMap }) as tf.TensorInfo;
        return made instanceof tf.Tensor ? (made as tf.Tensor) : tf.engine().makeTensorFromTensorInfo(made);
      };
      return tf.tidy(() => form(run, call.inputs as Inputs, { ...call.attrs, pad: 'valid' }, pads));
    };
    ours.add(kernelFunc);
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({ ...kernel, kernelFunc });
  }
}

/** Before and after each axis; undefined for a named padding, and where sizes are not rounded down as 'valid' does. */
function explicitPads({ pad, dimRoundingMode }: Attrs): Pads | undefined {
  const roundsDown = dimRoundingMode === undefined || dimRoundingMode === null || dimRoundingMode === 'floor';
  return Array.isArray(pad) && roundsDown ? (pad as Pads) : undefined;
}

function cut(padded: tf.Tensor, pads: Pads, shape: number[]): tf.Tensor {
  return tf.slice(
    padded,
    pads.map(([before]) => before),
    shape,
  );
}
