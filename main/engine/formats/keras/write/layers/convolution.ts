import type { Node, TensorData } from '../../../../network/graph.ts';
import { countAttr, integersAttr } from '../../../../network/node-reading.ts';
import { type Window, windowOf } from '../../../../network/window.ts';
import { reorder, withShape } from '../../reorder.ts';
import type { LayerValue, LayerWeight } from '../layer.ts';
import type { LayerEmitters, LayersWriter } from '../writer.ts';
import { kerasWindow, pairs } from './windows.ts';

/** What a layer with a kernel stores: the kernel in Keras' order, and its bias. */
export function stored(
  writer: LayersWriter,
  node: Node,
  name: string,
  order: (weight: TensorData) => TensorData,
): { weights: LayerWeight[]; use_bias: boolean } {
  const { param, tensor } = writer.param(node, 'weight');
  const bias = writer.optional(node, 'bias');
  return {
    weights: [
      { name, param, tensor: order(tensor) },
      ...(bias === undefined ? [] : [{ name: 'bias', ...bias }]),
    ],
    use_bias: bias !== undefined,
  };
}

function checkWindow(writer: LayersWriter, node: Node, { strides, dilations }: Window): void {
  if (Math.max(...strides) > 1 && Math.max(...dilations) > 1) {
    throw writer.refuse(node, 'has both strides and gaps in its kernel, which TensorFlow does not know');
  }
}

function conv(writer: LayersWriter, node: Node, inputs: readonly LayerValue[]): LayerValue {
  const { dialect } = writer;
  const [image] = inputs as [LayerValue];
  const weight = writer.param(node, 'weight').tensor;
  const [units = 1, ins = 1, ...kernel] = weight.shape;
  const group = countAttr(node, 'group', 1);
  const { window, padding, input } = kerasWindow(writer, node, image, kernel);
  checkWindow(writer, node, window);
  const { strides, dilations: dilation_rate } = window;
  const common = { kernel_size: kernel, strides, padding, data_format: 'channels_last', dilation_rate };
  if (group > 1 && ins === 1) {
    if (Math.max(...dilation_rate) > 1 && !dialect.dilatedDepthwise) {
      throw writer.refuse(node, `has gaps in its depthwise kernel, which ${dialect.label} does not know`);
    }
    if (strides[0] !== strides[1] && !dialect.unevenDepthwise) {
      throw writer.refuse(
        node,
        `has strides of ${strides.join(' and ')}, but depthwise they are equal in ${dialect.label}`,
      );
    }
    const multiplier = units / group;
    const { weights, use_bias } = stored(writer, node, 'depthwise_kernel', (values) =>
      reorder(withShape(values, [group, multiplier, ...kernel]), [2, 3, 0, 1]),
    );
    const config = { ...common, depth_multiplier: multiplier, activation: 'linear', use_bias };
    return writer.layer('DepthwiseConv2D', config, [input], weights);
  }
  if (group > 1 && !dialect.groups) {
    throw writer.refuse(node, `is a convolution in ${group} groups, which ${dialect.label} does not know`);
  }
  const { weights, use_bias } = stored(writer, node, 'kernel', (values) => reorder(values, [2, 3, 1, 0]));
  const groups = dialect.groups ? { groups: group } : {};
  const config = { filters: units, ...common, ...groups, activation: 'linear', use_bias };
  return writer.layer('Conv2D', config, [input], weights);
}

/** By 'valid' or 'same' padding where they give the size, else whole and then cropped. */
function convTranspose(writer: LayersWriter, node: Node, inputs: readonly LayerValue[]): LayerValue {
  const weight = writer.param(node, 'weight').tensor;
  const [, units = 1, ...kernel] = weight.shape;
  const { strides, pads, dilations } = windowOf(node, kernel);
  if (countAttr(node, 'group', 1) > 1 || Math.max(...dilations) > 1) {
    throw writer.refuse(node, 'has groups or gaps in its kernel, which transposed ones do not have there');
  }
  const more = integersAttr(node, 'outputPadding', [0, 0]);
  const { weights, use_bias } = stored(writer, node, 'kernel', (values) => reorder(values, [2, 3, 1, 0]));
  const config = (padding: string) => ({
    ...{ filters: units, kernel_size: kernel, strides, padding, data_format: 'channels_last' },
    ...{ dilation_rate: [1, 1], activation: 'linear', use_bias },
  });
  const [top, left, bottom, right] = pads;
  // Keras fills up to a whole stride behind a kernel that is shorter.
  const filled = kernel.map((length, axis) => Math.max(0, (strides[axis] ?? 1) - length));
  const cut = kernel.map((length, axis) => Math.max(0, length - (strides[axis] ?? 1)));
  const before = cut.map((total) => Math.floor(total / 2));
  const same = [...before, ...cut.map((total, axis) => total - (before[axis] ?? 0))];
  if (pads.join() === same.join() && more.join() === filled.join()) {
    return writer.layer('Conv2DTranspose', config('same'), inputs, weights);
  }
  const [rows = 0, columns = 0] = filled.map((size, axis) => size - (more[axis] ?? 0));
  const crop = [top, left, bottom + rows, right + columns] as const;
  if (Math.min(...crop) < 0) throw writer.refuse(node, 'has an output padding that Keras does not know');
  if (Math.max(...crop) === 0) return writer.layer('Conv2DTranspose', config('valid'), inputs, weights);
  const whole = writer.layer('Conv2DTranspose', config('valid'), inputs, weights, 'whole');
  return writer.layer('Cropping2D', { cropping: pairs(crop) }, [whole]);
}

export const convolution: LayerEmitters = { Conv2D: conv, ConvTranspose2D: convTranspose };
