import { OURS, THEIRS } from '../../keras/order.ts';
import type { Value } from '../../keras/importer.ts';
import { reordered } from '../../keras/reorder.ts';
import { BATCH, type GraphImporter } from './importer.ts';
import type { GraphNode } from './nodes.ts';

/** An image with its axes where TensorFlow has them; other values are so already. */
function theirs(importer: GraphImporter, node: GraphNode, value: Value, part: string): Value {
  return value.shape.length === 4 ? importer.transposed(node, value, OURS, part) : value;
}

/** A product over the last two axes: of two values, or of a value and stored numbers. */
export function batchMatMul(importer: GraphImporter, node: GraphNode): void {
  const adjoint = (name: string) => node.attrs[name]?.b === true;
  const input = theirs(importer, node, importer.value(node), 'left');
  const { length: rank } = input.shape;
  const turned = (value: Value, part: string) => {
    const order = Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
    return importer.transposed(node, value, order, part);
  };
  const left = adjoint('adj_x') ? turned(input, 'left_turned') : input;
  let made: Value;
  const part = rank === 4 ? 'product' : undefined;
  if (importer.constants.has(node.inputs[1] ?? '')) {
    const stored = importer.stored(node, 1, [null, null]);
    const weight = adjoint('adj_y') ? stored : reordered(stored, [1, 0]);
    made = importer.add(
      node,
      'Dense',
      [left],
      {},
      { weight: importer.param(node, 1, 'weight', weight) },
      part,
    );
  } else {
    const second = theirs(importer, node, importer.value(node, 1), 'right');
    if (second.shape.length !== rank) throw importer.fail(node, 'combines values of different rank');
    const right = adjoint('adj_y') ? turned(second, 'right_turned') : second;
    made = importer.add(node, 'MatMul', [left, right], {}, {}, part);
  }
  if (rank === 4) importer.values.set(node.name, importer.transposed(node, made, THEIRS, 'channels_first'));
}

/** A transposed convolution; its first input is the shape of what it makes. */
export function convTranspose(importer: GraphImporter, node: GraphNode): void {
  const image = importer.image(node, 2);
  const [batch, ...wanted] = importer.list(node, 0);
  const stored = importer.stored(node, 1, [null, null, null, image.shape[1] ?? 1]);
  const [, strideH = 1, strideW = 1] = node.attrs['strides']?.list?.i ?? [];
  const strides = [strideH, strideW];
  const padding = node.attrs['padding']?.s ?? 'VALID';
  const over = strides.map((stride, axis) => {
    const whole = ((image.shape[axis + 2] ?? 1) - 1) * stride + (stored.shape[axis] ?? 1);
    return whole - (wanted[axis] ?? 0);
  });
  const more = over.map((size) => Math.max(0, -size));
  const cut = over.map((size) => Math.max(0, size));
  const fits = padding === 'SAME' || (padding === 'VALID' && Math.max(...cut) === 0);
  if (batch !== BATCH || wanted[2] !== stored.shape[2] || !fits) {
    throw importer.fail(node, `makes images of ${wanted.join(' x ')} in a way that is not supported`);
  }
  const before = cut.map((size) => Math.floor(size / 2));
  const pads = [...before, ...cut.map((size, axis) => size - (before[axis] ?? 0))];
  const params = { weight: importer.param(node, 1, 'weight', reordered(stored, [3, 2, 0, 1])) };
  importer.add(node, 'ConvTranspose2D', [image], { strides, pads, outputPadding: more }, params);
}
