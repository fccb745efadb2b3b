import * as tf from '@tensorflow/tfjs-core';

/**
 * Gradients of tfjs kernels. The npm build of tfjs-core that Node loads brings none; these are Espalier's own, for every
 * kernel that networks use, written so that a step stays one graph: sums are repeated by broadcasting rather than by
 * arrays of ones from the host, and convolutions have second-order gradients, which tfjs lacks.
 */

type Attrs = Readonly<Record<string, unknown>>;
/** dy and what was saved in, gradients by input name out; each is computed only when somebody needs it. */
type GradientFunction = (dy: tf.Tensor, saved: tf.Tensor[], attrs: Attrs) => Record<string, () => tf.Tensor>;

export interface Gradient {
  /** Inputs to save, by name; `outputs` are saved after them. */
  readonly inputs?: readonly string[];
  readonly allInputs?: boolean;
  readonly outputs?: readonly boolean[];
  readonly of: GradientFunction;
}

/** The gradient of a kernel with one tensor argument `x`, which sees the input or the output. */
export function unary(
  saves: 'x' | 'y' | 'none',
  of: (dy: tf.Tensor, t: tf.Tensor, attrs: Attrs) => tf.Tensor,
): Gradient {
  return {
    inputs: saves === 'x' ? ['x'] : [],
    outputs: saves === 'y' ? [true] : [],
    of: (dy, [saved], attrs) => ({ x: () => of(dy, saved ?? dy, attrs) }),
  };
}

const defined: tf.GradConfig[] = [];

/** Registers gradients by kernel name. */
export function defineGradients(gradients: Readonly<Record<string, Gradient>>): void {
  for (const [kernelName, { inputs = [], allInputs = false, outputs = [], of }] of Object.entries(
    gradients,
  )) {
    const config: tf.GradConfig = {
      kernelName,
      inputsToSave: [...inputs],
      saveAllInputs: allInputs,
      outputsToSave: [...outputs],
      gradFunc: (dy, saved, attrs) => of(dy as tf.Tensor, saved, attrs),
    };
    defined.push(config);
    tf.registerGradient(config);
  }
}

/** Registers all of them once more, over those of a package that was loaded since. */
export function restoreGradients(): void {
  for (const config of defined) tf.registerGradient(config);
}

/** Runs a kernel that tfjs has no public function for. */
export function runKernel(name: string, inputs: Record<string, tf.Tensor>, attrs: Attrs): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap);
}

/** The gradient of broadcasting: sums over the axes that were repeated, so that the result has `shape`. */
export function unbroadcast(dy: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const axes = tf.backend_util.getReductionAxes([...shape], dy.shape);
  return tf.reshape(axes.length === 0 ? dy : tf.sum(dy, axes), [...shape]);
}
