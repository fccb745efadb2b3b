import { intAttr, intsAttr, textAttr } from '../attributes.ts';
import type { Importer, Value } from '../importer.ts';
import type { ReadNode } from '../model.ts';

/** Attributes of a window as our layers have them. */
export interface WindowAttrs extends Readonly<Record<string, readonly number[]>> {
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
}

/** A list for one axis as one for two: the row that was put before it has the neutral value. */
function lifted(list: readonly number[] | undefined, neutral: number): readonly number[] | undefined {
  if (list?.length === 1) return [neutral, ...list];
  return list?.length === 2 && neutral === 0 ? [0, list[0] ?? 0, 0, list[1] ?? 0] : list;
}

/** Reads strides, dilations and padding of a convolution or pooling, working out `auto_pad` and `ceil_mode`. */
export function windowAttrs(
  importer: Importer,
  node: ReadNode,
  input: Value,
  kernel: readonly number[],
): WindowAttrs {
  if (input.shape.length !== 4 || kernel.length !== 2) {
    throw importer.fail(node, `works on ${input.shape.length - 2} axes; one or two are supported`);
  }
  const strides = lifted(intsAttr(node, 'strides'), 1) ?? [1, 1];
  const dilations = lifted(intsAttr(node, 'dilations'), 1) ?? [1, 1];
  const autoPad = textAttr(node, 'auto_pad', 'NOTSET');
  const given = lifted(intsAttr(node, 'pads'), 0) ?? [0, 0, 0, 0];
  const axes = [0, 1].map((axis) => {
    const size = input.shape[axis + 2] ?? 0;
    const extent = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
    const stride = strides[axis] ?? 1;
    let [before = 0, after = 0] = [given[axis], given[axis + 2]];
    if (autoPad === 'VALID') [before, after] = [0, 0];
    if (autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER') {
      const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + extent - size);
      before = autoPad === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2);
      after = total - before;
    }
    if (intAttr(node, 'ceil_mode', 0) === 1) {
      // More padding at the end lets the last, partly covered window in; one that begins beyond the data does not count.
      let count = Math.ceil((size + before + after - extent) / stride) + 1;
      if ((count - 1) * stride >= size + before) count--;
      after = Math.max(after, (count - 1) * stride + extent - size - before);
    }
    return [before, after];
  });
  const [[top = 0, bottom = 0] = [], [left = 0, right = 0] = []] = axes;
  return { strides, dilations, pads: [top, left, bottom, right] };
}

/**
 * Runs a layer for images on values of one axis, [batch, channels, length], which pass as images of one row.
 * @param build makes the layer on an image and gives its output the name, where there is one
 */
export function onImage(
  importer: Importer,
  node: ReadNode,
  input: Value,
  build: (image: Value, output: string | undefined) => Value,
): void {
  if (input.shape.length !== 3) {
    build(input, undefined);
    return;
  }
  const [, channels = 1, length = 1] = input.shape;
  const image =
    importer.images.get(input.name) ??
    importer.add(node, {
      op: 'Reshape',
      inputs: [input],
      attrs: { shape: [channels, 1, length] },
      output: importer.helperName(node, 'row'),
    });
  const made = build(image, importer.helperName(node, 'rows'));
  const value = importer.add(node, {
    op: 'Reshape',
    inputs: [made],
    attrs: { shape: made.shape.toSpliced(2, 1).slice(1) },
  });
  importer.images.set(value.name, made);
}

/** The kernel of a window over one axis, as that of one over two. */
export function kernelOfImage(kernel: readonly number[]): readonly number[] {
  return kernel.length === 1 ? [1, ...kernel] : kernel;
}
