import type { Kernel, Statement, Vec } from '../kernel.ts';
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

export interface StripOptions {
  /** Places of a vector. */
  readonly lanes: number;
  /** Vectors that are computed at once. */
  readonly vectors: number;
  /** Vectors of all places of a channel. */
  readonly all: number;
  /** Output channels that are computed together, over the same inputs. */
  readonly block: number;
  /** Inputs that are added up side by side, where a tile alone does not keep the adders busy. */
  readonly ways: number;
  /**
   * Whether a list has, instead of positions, the gap of each one's number in a table of positions to the number before it. The first one's
   * is from the table's beginning, or from the last one of the list before. What a list has beyond a multiple of `ways` is added up one by one.
   */
  readonly gaps: 'from the beginning' | 'from the list before' | undefined;
  /** What sums begin with: a bias, nothing, or what lies in y, where an earlier call has left them. */
  readonly from: 'bias' | 'zero' | 'sums';
  /** Whether sums are of whole numbers, and become what they stand for at the end: times a scale for each channel, plus its bias. */
  readonly scaled: boolean;
  readonly post: readonly PostStep[];
}

/**
 * Convolution over a strip: the places of a plane, rows with their gaps one after the other, are lanes. Each output channel is a list
 * of weights and of positions in the input relative to the place; a list need not hold weights that are zero. Tiles come first and
 * channels second, so that what a tile reads of the input stays in the nearest cache; where a
 * tile of all input channels does not fit, a call each takes some of them.
 *
 * Parameters: x, y, added (perhaps), weights [entry][block], offsets [entry], first [blocks + 1] or, of blocks of several channels,
 * [blocks][3] (from, to, and where the block's weights begin); of gaps offsets [positions], gaps [entry] and how many entries each block
 * has: counts [blocks]; scales [channels] (perhaps), bias [channels] (perhaps), channels (a multiple of `block`), plane.
 */
export function strip(options: StripOptions): Kernel {
  const { lanes, vectors, all, block, ways, gaps, from, scaled, post } = options;
  const whole = Math.floor(all / vectors) * vectors;
  const rest = all - whole;
  return {
    label: `strip_${[lanes, vectors, all, block, ways, from].join('_')}${gaps === undefined ? '' : gaps === 'from the beginning' ? '_gaps' : '_gaps_on'}${scaled ? '_scaled' : ''}_${postKey(post)}`,
    params: [
      { name: 'x', kind: 'read' },
      { name: 'y', kind: 'write' },
      ...postParams(post),
      { name: 'weights', kind: 'floats' },
      { name: 'offsets', kind: 'table' },
      ...(gaps !== undefined
        ? ([
            { name: 'gaps', kind: 'table' },
            { name: 'counts', kind: 'table' },
          ] as const)
        : [{ name: 'first', kind: 'table' } as const]),
      ...(scaled ? [{ name: 'scales', kind: 'floats' } as const] : []),
      ...(scaled || from === 'bias' ? [{ name: 'bias', kind: 'floats' } as const] : []),
      { name: 'channels', kind: 'int' },
      { name: 'plane', kind: 'int' },
    ],
    body: [
      loop('t', 0, whole * lanes, vectors * lanes, tile(vectors * lanes, 'a', options)),
      ...(rest === 0 ? [] : [assign('t', whole * lanes), ...tile(rest * lanes, 'r', options)]),
    ],
  };
}

function tile(
  lanes: number,
  id: string,
  { block, ways, gaps, from: start, scaled, post }: StripOptions,
): Statement[] {
  const goesOn = start === 'sums';
  const each = Array.from({ length: block }, (_, i) => i);
  const turns = Array.from({ length: ways }, (_, i) => i);
  const name = (i: number, turn: number) => `${id}${i}_${turn}`;
  const [from, to] =
    block === 1
      ? [entry('first', 'c'), entry('first', sum('c', 1))]
      : [entry('first', 'list'), entry('first', sum('list', 1))];
  const step = (turn: number): Statement[] => {
    const input = load('x', 'p');
    const weight = (i: number) =>
      splat(
        'weights',
        block === 1
          ? sum('j', turn)
          : gaps !== undefined
            ? sum(times('j', block), turn * block + i)
            : sum('k', turn * block + i),
      );
    const add = (i: number, x: Vec) => ({
      name: name(i, turn),
      value: fma(x, weight(i), value(name(i, turn))),
    });
    return [
      ...(gaps === undefined
        ? [assign('p', sum('t', entry('offsets', sum('j', turn))))]
        : [
            assign('index', sum('index', entry('gaps', sum('j', turn)))),
            assign('p', sum('t', entry('offsets', 'index'))),
          ]),
      {
        do: 'set',
        lanes,
        parts:
          block === 1
            ? [add(0, input)]
            : [{ name: `${id}x`, value: input }, ...each.map((i) => add(i, value(`${id}x`)))],
      },
    ];
  };
  const whole = (i: number): Vec => {
    const all = turns
      .slice(1)
      .reduce<Vec>((all, turn) => binary('add', all, value(name(i, turn))), value(name(i, 0)));
    return scaled ? fma(all, splat('scales', sum('c', i)), splat('bias', sum('c', i))) : all;
  };
  /** All entries of a channel's list, or a block's. */
  const entries: Statement[] =
    gaps !== undefined
      ? [
          ...(gaps === 'from the beginning' ? [assign('index', 0)] : []),
          assign('end', sum('begin', entry('counts', block === 1 ? 'c' : 'list'))),
          loop('j', 'begin', sum('end', 1 - ways), ways, [
            ...turns.flatMap(step),
            ...(ways === 1 ? [] : [assign('begin', sum('begin', ways))]),
          ]),
          ...(ways === 1 ? [] : [loop('j', 'begin', 'end', 1, step(0))]),
          assign('begin', 'end'),
        ]
      : [
          ...(block === 1 ? [] : [assign('k', entry('first', sum('list', 2)))]),
          loop('j', from, to, ways, [
            ...turns.flatMap(step),
            ...(block === 1 ? [] : [assign('k', sum('k', block * ways))]),
          ]),
        ];
  return [
    assign('o', 't'),
    ...(block === 1 ? [] : [assign('list', 0)]),
    ...(gaps === undefined
      ? []
      : [assign('begin', 0), ...(gaps === 'from the list before' ? [assign('index', 0)] : [])]),
    loop('c', 0, 'channels', block, [
      ...(goesOn ? [assign('so', 'o')] : []),
      ...each.flatMap((i) => [
        ...turns.map((turn) =>
          set(
            name(i, turn),
            lanes,
            turn > 0 || start === 'zero'
              ? constant(0)
              : goesOn
                ? load('y', 'so')
                : splat('bias', sum('c', i)),
          ),
        ),
        ...(goesOn && i < block - 1 ? [assign('so', sum('so', 'plane'))] : []),
      ]),
      ...entries,
      ...each.flatMap((i) => [
        store('y', 'o', lanes, applyPost(post, whole(i), int('o'))),
        assign('o', sum('o', 'plane')),
      ]),
      ...(block === 1 ? [] : [assign('list', sum('list', gaps === undefined ? 3 : 1))]),
    ]),
  ];
}
