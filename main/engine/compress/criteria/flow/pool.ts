import { sizeOf, type Node } from '../../../network/graph.ts';
import { flagAttr, integersAttr } from '../../../network/node-reading.ts';
import { windowOf, type Window } from '../../../network/window.ts';
import { needed, type FlowRule } from './rule.ts';

/** The largest of each window; of equal ones the first, row by row. */
export const maxPool: FlowRule = (node, inputs, shape) => {
  const x = needed(inputs[0]);
  const data = new Float64Array(sizeOf(shape)).fill(-Infinity);
  const chosen = new Int32Array(data.length);
  eachCell(windowFor(node), x.shape, shape, (to, from) => {
    const value = x.data[from] as number;
    if (!(value > (data[to] as number))) return;
    data[to] = value;
    chosen[to] = from;
  });
  return {
    data,
    back(slopes) {
      const before = new Float64Array(x.data.length);
      chosen.forEach((from, to) => (before[from] = (before[from] as number) + (slopes[to] as number)));
      return [before];
    },
  };
};

/** The mean of each window, with or without its zeros outside. */
export const avgPool: FlowRule = (node, inputs, shape) => {
  const x = needed(inputs[0]);
  const window = windowFor(node);
  const counts = new Float64Array(sizeOf(shape));
  if (flagAttr(node, 'countIncludePad', false)) counts.fill(sizeOf(window.kernel));
  else eachCell(window, x.shape, shape, (to) => (counts[to] = (counts[to] as number) + 1));
  const data = new Float64Array(counts.length);
  eachCell(
    window,
    x.shape,
    shape,
    (to, from) => (data[to] = (data[to] as number) + (x.data[from] as number)),
  );
  return {
    data: data.map((sum, i) => sum / (counts[i] as number)),
    back(slopes) {
      const before = new Float64Array(x.data.length);
      eachCell(window, x.shape, shape, (to, from) => {
        before[from] = (before[from] as number) + (slopes[to] as number) / (counts[to] as number);
      });
      return [before];
    },
  };
};

/** The mean of each channel. */
export const globalAvgPool: FlowRule = (_, inputs) => {
  const x = needed(inputs[0]);
  const [, channels = 0] = x.shape;
  const plane = x.data.length / channels;
  const data = new Float64Array(channels);
  x.data.forEach((value, i) => {
    const c = Math.floor(i / plane);
    data[c] = (data[c] as number) + value;
  });
  return {
    data: data.map((sum) => sum / plane),
    back: (slopes) => [x.data.map((_value, i) => (slopes[Math.floor(i / plane)] as number) / plane)],
  };
};

const windowFor = (node: Node) => windowOf(node, integersAttr(node, 'kernel'));

/** Visits every cell of every window that lies on the input. */
function eachCell(
  { kernel, strides, pads }: Window,
  input: readonly number[],
  output: readonly number[],
  visit: (to: number, from: number) => void,
): void {
  const [, channels = 0, inHeight = 0, inWidth = 0] = input;
  const [, , height = 0, width = 0] = output;
  let to = 0;
  for (let c = 0; c < channels; c++) {
    for (let oy = 0; oy < height; oy++) {
      for (let ox = 0; ox < width; ox++, to++) {
        const [top, left] = [oy * strides[0] - pads[0], ox * strides[1] - pads[1]];
        for (let y = Math.max(0, top); y < Math.min(top + kernel[0], inHeight); y++) {
          for (let x = Math.max(0, left); x < Math.min(left + kernel[1], inWidth); x++) {
            visit(to, (c * inHeight + y) * inWidth + x);
          }
        }
      }
    }
  }
}
