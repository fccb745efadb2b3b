import { axisOf, integersAttr, numberAttr } from '../../../../network/node-reading.ts';
import { OURS, sameOrder, THEIRS } from '../../order.ts';
import type { LayerValue } from '../layer.ts';
import type { LayerEmitters } from '../writer.ts';
import { pairs } from './windows.ts';

export const shape: LayerEmitters = {
  Flatten(writer, node) {
    const [source = ''] = node.inputs;
    const value = writer.listed(source);
    const flat = writer.shape(source).length === 2 || value.layer.className === 'GlobalAveragePooling2D';
    return flat ? value : writer.layer('Flatten', { data_format: 'channels_last' }, [value]);
  },

  Reshape(writer, node) {
    const [source = ''] = node.inputs;
    const wanted = writer.shape(node.outputs[0] ?? '');
    const value = writer.listed(source);
    if (wanted.length !== 4) return writer.layer('Reshape', { target_shape: wanted.slice(1) }, [value]);
    const theirs = OURS.map((axis) => wanted[axis] ?? 1);
    if (sameOrder(wanted)) return writer.layer('Reshape', { target_shape: theirs.slice(1) }, [value]);
    const first = writer.layer('Reshape', { target_shape: wanted.slice(1) }, [value], [], 'channels_first');
    return writer.ordered(first, OURS);
  },

  Transpose(writer, node, [input]) {
    const perm = integersAttr(node, 'perm');
    const theirs = perm.length === 4 ? perm.map((_, i) => THEIRS[perm[OURS[i] ?? 0] ?? 0] ?? 0) : perm;
    return writer.ordered(input as LayerValue, theirs);
  },

  Pad(writer, node, inputs) {
    const pads = integersAttr(node, 'pads');
    const [, channels, top = 0, left = 0, , after, bottom = 0, right = 0] = pads;
    if (pads.length !== 8 || channels !== 0 || after !== 0 || numberAttr(node, 'value', 0) !== 0) {
      throw writer.refuse(node, 'pads something else than images with zeros, for which there is no layer');
    }
    return writer.layer('ZeroPadding2D', { padding: pairs([top, left, bottom, right]) }, inputs);
  },

  Slice(writer, node, inputs) {
    const [source = ''] = node.inputs;
    const size = writer.shape(source);
    const starts = integersAttr(node, 'starts');
    const ends = integersAttr(node, 'ends');
    const axes = integersAttr(node, 'axes', [...starts.keys()]).map((axis) =>
      axisOf(node, axis, size.length),
    );
    const steps = integersAttr(node, 'steps', []);
    if (size.length !== 4 || axes.includes(1) || steps.some((step) => step !== 1)) {
      throw writer.refuse(node, 'takes something else than a part of an image, for which there is no layer');
    }
    const cut = (axis: number): [number, number] => {
      const i = axes.indexOf(axis);
      const whole = size[axis] ?? 0;
      const position = (value: number) => Math.min(Math.max(value < 0 ? value + whole : value, 0), whole);
      return i < 0 ? [0, 0] : [position(starts[i] ?? 0), whole - position(ends[i] ?? whole)];
    };
    const [[top, bottom], [left, right]] = [cut(2), cut(3)];
    return writer.layer('Cropping2D', { cropping: pairs([top, left, bottom, right]) }, inputs);
  },

  Resize(writer, node, inputs) {
    const [, , height = 1, width = 1] = writer.shape(node.inputs[0] ?? '');
    const [rows = 1, columns = 1] = integersAttr(node, 'size');
    const size = [rows / height, columns / width];
    const place = node.attrs['coordinates'] ?? 'half_pixel';
    const rounding = node.attrs['rounding'] ?? 'round_prefer_floor';
    const linear = node.attrs['mode'] === 'linear';
    const usual = linear
      ? place === 'half_pixel' && writer.dialect.bilinear
      : (place === 'asymmetric' && rounding === 'floor') ||
        (place === 'half_pixel' && rounding === 'round_prefer_floor');
    if (!usual || !size.every(Number.isInteger)) {
      throw writer.refuse(node, 'resizes in a way for which there is no layer');
    }
    const interpolation = linear ? 'bilinear' : 'nearest';
    return writer.layer('UpSampling2D', { size, data_format: 'channels_last', interpolation }, inputs);
  },
};
