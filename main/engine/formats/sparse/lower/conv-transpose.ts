import type { Network, Node, TensorData } from '../../../network/graph.ts';
import { countAttr, nodeError, onlyInput, paramShape } from '../../../network/node-reading.ts';
import { extentOf, type Window, windowOf } from '../../../network/window.ts';
import { imageShape, roundUp } from '../grids.ts';
import { tapsIn } from './conv.ts';
import { copy } from './copy.ts';
import { fill } from './fill.ts';
import type { Lowering } from './lowering.ts';
import { stripLayer } from './strip-layer.ts';

const windowIn = (node: Node, network: Network): Window =>
  windowOf(node, (paramShape(node, network, 'weight') ?? []).slice(2));

/** A convolution over its input with zeros between the pixels, by the filters turned round. */
export const convTranspose: Lowering = {
  fuses: true,

  grids(grids, node, network) {
    const [output = ''] = node.outputs;
    grids.border(output, { top: 0, left: 0, bottom: 0, right: 0 });
    grids.row(output, (grids.shape(output)[3] ?? 0) + extentOf(windowIn(node, network))[1] - 1);
  },

  lower(context, node) {
    const input = context.value(onlyInput(node, node.inputs));
    const weight = context.param(node, 'weight');
    const out = context.value(context.tail(node).output).planes;
    if (weight === undefined || out === undefined) throw nodeError(node, 'has no weight');
    const group = countAttr(node, 'group', 1);
    const window = windowOf(node, weight.shape.slice(2));
    const [extentY, extentX] = extentOf(window);
    const [top, left] = window.pads;
    const [channels, height, width] = imageShape(node, [1, ...input.shape]);
    const size = [out.height + extentY - 1, out.width + extentX - 1] as const;
    const plane = roundUp(size[0] * out.row, context.tuning.lanes);
    const image = context.image({
      ...{
        channels,
        height: size[0],
        width: size[1],
        row: out.row,
        plane,
        head: 0,
        tail: 16,
        bordered: false,
      },
    });
    fill(context, node, image, 0);
    const along = (pixels: number, stride: number, shift: number, room: number) => {
      // Pixels that lie before the first place, or behind the last one, meet no tap.
      const first = Math.max(0, Math.ceil(-shift / stride));
      const last = Math.min(pixels - 1, Math.floor((room - 1 - shift) / stride));
      return { first, count: last - first + 1, at: first * stride + shift };
    };
    const [strideY, strideX] = window.strides;
    const rows = along(height, strideY, extentY - 1 - top, size[0]);
    const columns = along(width, strideX, extentX - 1 - left, size[1]);
    if (rows.count > 0 && columns.count > 0) {
      const shape = [channels, rows.count, columns.count];
      const [fromPlane = 0, fromRow = 0] = input.strides;
      copy(
        context,
        node,
        {
          ...input,
          offset: input.offset + rows.first * fromRow + columns.first,
          shape,
          strides: [fromPlane, fromRow, 1],
        },
        {
          buffer: image.buffer,
          offset: image.offset + rows.at * out.row + columns.at,
          shape,
          strides: [plane, strideY * out.row, strideX],
        },
      );
    }
    const [dilationY, dilationX] = window.dilations;
    const turned = turnedRound(weight, group);
    const place = (channel: number, y: number, x: number) =>
      channel * plane + y * dilationY * out.row + x * dilationX;
    stripLayer(context, node, {
      input: image,
      start: 0,
      ...tapsIn(turned, group, place),
      bias: context.param(node, 'bias')?.data,
      weights: weight.data.length,
    });
  },
};

/** [in, out / groups, h, w] as a convolution has its filters, [out, in / groups, h, w], with their taps in reverse. */
function turnedRound({ shape, data }: TensorData, group: number): TensorData {
  const [ins = 1, each = 1, height = 1, width = 1] = shape;
  const taps = height * width;
  const made = new Float32Array(data.length);
  for (let i = 0; i < ins; i++) {
    const [g, inside] = [Math.floor(i / (ins / group)), i % (ins / group)];
    for (let o = 0; o < each; o++) {
      for (let tap = 0; tap < taps; tap++) {
        const to = (((g * each + o) * ins) / group + inside) * taps + (taps - 1 - tap);
        made[to] = data[(i * each + o) * taps + tap] ?? 0;
      }
    }
  }
  return { shape: [each * group, ins / group, height, width], data: made };
}
