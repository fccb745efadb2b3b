import type { Node } from '../graph.ts';
import { countAttr } from '../node-reading.ts';
import type { Axis, Coupler, Remaining } from './coupler.ts';

/** The channels of a convolution in `group` groups, and the axes of its weight, one of which has the indices of one group. */
interface Grouped {
  readonly from: Axis;
  readonly to: Axis;
  readonly group: number;
  /** The axis of the weight that makes channels, and the one that reads them. */
  readonly makes: Axis;
  readonly reads: Axis;
}

/**
 * Ties the channels of a convolution to its weight. In groups either the same index of every group goes, so that groups stay
 * equal, or whole groups do; a group of one channel (depthwise) goes whole.
 */
export function coupleGroups(c: Coupler, { from, to, group, makes, reads }: Grouped): void {
  const [ins, outs] = [from.size / group, to.size / group];
  const whole = group > 1 && (Math.min(ins, outs) === 1 || c.options.grouped === 'whole');
  const tieTo = (axis: Axis, first: (i: number) => number) => {
    for (let i = 0; i < axis.size; i++) c.tie(axis, first(i), axis, i);
  };
  tieTo(from, (i) => (whole ? i - (i % ins) : i % ins));
  tieTo(to, (i) => (whole ? i - (i % outs) : i % outs));
  for (let g = 0; whole && g < group; g++) c.tie(from, g * ins, to, g * outs);
  for (const [axis, value, side] of [
    [makes, to, 'makes'],
    [reads, from, 'reads'],
  ] as const) {
    if (whole && axis.size !== value.size) c.position(axis);
    else {
      // An axis of one group's indices has those of the first one.
      c.run(axis, 0, value, 0);
      c.side(axis, whole ? 'along' : side);
    }
  }
  if (!whole) c.sums(from, [from, reads]);
}

/** The number of groups of which channels are left. */
export function groupsLeft(node: Node, left: Remaining): number {
  const each = (left.shape(0)[1] ?? 0) / countAttr(node, 'group', 1);
  return new Set(left.input(1).map((channel) => Math.floor(channel / each))).size;
}
