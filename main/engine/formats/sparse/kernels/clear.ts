import type { Kernel, Statement } from '../kernel.ts';
import { assign, constant, loop, store, sum } from '../kernel.ts';

const zero = (at: string): Statement => store('y', at, 1, constant(0));

/**
 * Zeros around the planes of an image: before the first one, behind every row and every plane, and behind the last one.
 *
 * Parameters: y, head, channels, height, width, row, plane, tail.
 */
export const clear: Kernel = {
  label: 'clear',
  params: [
    { name: 'y', kind: 'write' },
    ...(['head', 'channels', 'height', 'width', 'row', 'plane', 'tail'] as const).map((name) => ({
      name,
      kind: 'int' as const,
    })),
  ],
  body: [
    loop('i', 0, 'head', 1, [zero('i')]),
    assign('start', 'head'),
    loop('c', 0, 'channels', 1, [
      assign('r', 'start'),
      loop('h', 0, 'height', 1, [
        assign('next', sum('r', 'row')),
        loop('i', sum('r', 'width'), 'next', 1, [zero('i')]),
        assign('r', 'next'),
      ]),
      assign('start', sum('start', 'plane')),
      loop('i', 'r', 'start', 1, [zero('i')]),
    ]),
    loop('i', 'start', sum('start', 'tail'), 1, [zero('i')]),
  ],
};
