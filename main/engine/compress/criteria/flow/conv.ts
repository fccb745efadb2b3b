import type { Node } from '../../../network/graph.ts';
import { countAttr } from '../../../network/node-reading.ts';
import { windowOf, type Window } from '../../../network/window.ts';
import { needed, type Field, type FlowRule } from './rule.ts';

/** Cross-correlation; what is pruned costs nothing, neither forward nor back. */
export const conv: FlowRule = (node, inputs, shape, params) => {
  const x = needed(inputs[0]);
  const weight = needed(params.get(node, 'weight'));
  const bias = params.added(node, 'bias')?.data;
  const [, outs = 0, height = 0, width = 0] = shape;
  const plane = height * width;
  const data = new Float64Array(outs * plane);
  if (bias !== undefined) bias.forEach((value, out) => data.fill(value, out * plane, (out + 1) * plane));
  const taps = tapsOf(node, x, weight, [height, width]);
  eachTap(taps, weight.data, (value, _, to, from, runs) => {
    for (let r = 0; r < runs.rows; r++, to += runs.toRow, from += runs.fromRow) {
      for (let c = 0, f = from; c < runs.columns; c++, f += runs.step) {
        data[to + c] = (data[to + c] as number) + value * (x.data[f] as number);
      }
    }
  });
  return {
    data,
    back(slopes) {
      const before = new Float64Array(x.data.length);
      const gradient = params.gradient(node, 'weight');
      eachTap(taps, weight.data, (value, index, to, from, runs) => {
        let sum = 0;
        for (let r = 0; r < runs.rows; r++, to += runs.toRow, from += runs.fromRow) {
          for (let c = 0, f = from; c < runs.columns; c++, f += runs.step) {
            const slope = slopes[to + c] as number;
            sum += slope * (x.data[f] as number);
            before[f] = (before[f] as number) + value * slope;
          }
        }
        if (gradient !== undefined) gradient[index] = (gradient[index] as number) + sum;
      });
      return [before];
    },
  };
};

/** Which output elements a weight reaches, and from which input elements: rows of `columns` elements. */
interface Runs {
  readonly rows: number;
  readonly columns: number;
  readonly toRow: number;
  readonly fromRow: number;
  /** From one input element of a row to the next. */
  readonly step: number;
}

/** The runs of one position in the kernel, and where they begin in a plane of the output and of the input. */
interface Tap extends Runs {
  readonly to: number;
  readonly from: number;
}

interface Taps {
  readonly outs: number;
  readonly insPerGroup: number;
  readonly outsPerGroup: number;
  readonly outPlane: number;
  readonly inPlane: number;
  /** By position in the kernel. */
  readonly taps: readonly Tap[];
}

function tapsOf(node: Node, x: Field, weight: Field, [height, width]: readonly [number, number]): Taps {
  const [outs = 0, insPerGroup = 0, ...kernel] = weight.shape;
  const [, , inHeight = 0, inWidth = 0] = x.shape;
  const window = windowOf(node, kernel);
  const [strideY, strideX] = window.strides;
  const taps: Tap[] = [];
  for (let ky = 0; ky < window.kernel[0]; ky++) {
    for (let kx = 0; kx < window.kernel[1]; kx++) {
      const y = reach(window, 0, ky, height, inHeight);
      const along = reach(window, 1, kx, width, inWidth);
      taps.push({
        rows: y.count,
        columns: along.count,
        to: y.first * width + along.first,
        from: y.from * inWidth + along.from,
        toRow: width,
        fromRow: strideY * inWidth,
        step: strideX,
      });
    }
  }
  return {
    outs,
    insPerGroup,
    outsPerGroup: outs / countAttr(node, 'group', 1),
    outPlane: height * width,
    inPlane: inHeight * inWidth,
    taps,
  };
}

/** Along one axis: the first output that a position of the kernel reaches inside the input, from where, and how many. */
function reach({ pads, strides, dilations }: Window, axis: 0 | 1, tap: number, outs: number, ins: number) {
  const [stride, offset] = [strides[axis], tap * dilations[axis] - pads[axis]];
  const first = Math.max(0, Math.ceil(-offset / stride));
  const last = Math.min(outs - 1, Math.floor((ins - 1 - offset) / stride));
  return { first, count: Math.max(0, last - first + 1), from: first * stride + offset };
}

/** Visits every weight that is not zero. */
function eachTap(
  { outs, insPerGroup, outsPerGroup, outPlane, inPlane, taps }: Taps,
  weights: Float64Array,
  visit: (value: number, index: number, to: number, from: number, runs: Runs) => void,
): void {
  let index = 0;
  for (let out = 0; out < outs; out++) {
    const firstIn = Math.floor(out / outsPerGroup) * insPerGroup;
    for (let i = 0; i < insPerGroup; i++) {
      for (const tap of taps) {
        const value = weights[index] as number;
        if (value !== 0)
          visit(value, index, out * outPlane + tap.to, (firstIn + i) * inPlane + tap.from, tap);
        index++;
      }
    }
  }
}
