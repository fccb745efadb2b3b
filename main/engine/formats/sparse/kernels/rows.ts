import type { Kernel } from '../kernel.ts';
import {
  assign,
  binary,
  constant,
  entry,
  fma,
  int,
  load,
  loop,
  set,
  splat,
  store,
  sum,
  times,
  value,
} from '../kernel.ts';
import { applyPost, postKey, postParams, type PostStep } from './post.ts';

export interface RowsOptions {
  /** Rows of the matrix that are computed together, as lanes, over the same columns. */
  readonly block: number;
  /** Columns that are added up side by side. Every list's length is a multiple of it, but for lists of gaps. */
  readonly ways: number;
  /**
   * Whether a list has the gap of each column to the one before it; the first one's is from the beginning. What a list has
   * beyond a multiple of `ways` is added up one by one: room for zeros behind it would cost more than the time that they save.
   */
  readonly gaps: boolean;
  /** Whether sums are of whole numbers, and become what they stand for at the end: times a scale for each row, plus its bias. */
  readonly scaled: boolean;
  readonly post: readonly PostStep[];
}

/**
 * Matrix times vectors: each block of rows is a list of columns, and of the rows' weights there.
 *
 * Parameters: x, y, added (perhaps), weights [entry][block], columns [entry], first [blocks + 1] or, of gaps, how many entries each
 * block has: counts [blocks], scales (perhaps) and bias [rows, filled up to whole blocks], blocks, vectors, and where the next vector and the next result lie: inputs, outputs.
 */
export function rows({ block, ways, gaps, scaled, post }: RowsOptions): Kernel {
  const bias = load('bias', times('b', block));
  const column = (turn: number) => entry('columns', sum('j', turn));
  const turns = Array.from({ length: ways }, (_, i) => i);
  /** Adds the product of the entry that lies so far from `j`. */
  const taken = (turn: number) => [
    ...(gaps ? [assign('at', sum('at', column(turn)))] : []),
    set(
      `a${turn}`,
      block,
      fma(
        load('weights', sum(times('j', block), turn * block)),
        splat('x', gaps ? 'at' : sum('i', column(turn))),
        value(`a${turn}`),
      ),
    ),
  ];
  return {
    label: `rows_${block}_${ways}${gaps ? '_gaps' : ''}${scaled ? '_scaled' : ''}_${postKey(post)}`,
    params: [
      { name: 'x', kind: 'read' },
      { name: 'y', kind: 'write' },
      ...postParams(post),
      { name: 'weights', kind: 'floats' },
      { name: 'columns', kind: 'table' },
      { name: gaps ? 'counts' : 'first', kind: 'table' },
      ...(scaled ? [{ name: 'scales', kind: 'floats' } as const] : []),
      { name: 'bias', kind: 'floats' },
      { name: 'blocks', kind: 'int' },
      { name: 'vectors', kind: 'int' },
      { name: 'inputs', kind: 'int' },
      { name: 'outputs', kind: 'int' },
    ],
    body: [
      assign('i', 0),
      assign('start', 0),
      loop('v', 0, 'vectors', 1, [
        assign('o', 'start'),
        ...(gaps ? [assign('rest', 0)] : []),
        loop('b', 0, 'blocks', 1, [
          ...turns.map((turn) => set(`a${turn}`, block, turn === 0 && !scaled ? bias : constant(0))),
          ...(gaps
            ? [
                assign('at', 'i'),
                assign('end', sum('rest', entry('counts', 'b'))),
                loop('j', 'rest', sum('end', 1 - ways), ways, [
                  ...turns.flatMap(taken),
                  assign('rest', sum('rest', ways)),
                ]),
                loop('j', 'rest', 'end', 1, taken(0)),
                assign('rest', 'end'),
              ]
            : [loop('j', entry('first', 'b'), entry('first', sum('b', 1)), ways, turns.flatMap(taken))]),
          set(
            'whole',
            block,
            turns.slice(1).reduce((all, turn) => binary('add', all, value(`a${turn}`)), value('a0')),
          ),
          ...(scaled
            ? [set('whole', block, fma(value('whole'), load('scales', times('b', block)), bias))]
            : []),
          store('y', 'o', block, applyPost(post, value('whole'), int('o'))),
          assign('o', sum('o', block)),
        ]),
        assign('i', sum('i', 'inputs')),
        assign('start', sum('start', 'outputs')),
      ]),
    ],
  };
}
