import type { CouplingOptions } from '../../../../main/contract/groups.ts';
import type { Network } from '../../../../main/engine/network/graph.ts';
import { Graph } from './graph.ts';

/** A structure that others' removal engines fail on, and what is to be found in it. */
export interface Structure {
  readonly network: () => Network;
  /** Layers that make the first of a group's channels -> how many components it has. */
  readonly groups: Readonly<Record<string, number>>;
  /** Layers whose channels stay, with words of the reason. Inputs and answers of the network are not listed. */
  readonly held?: Readonly<Record<string, RegExp>>;
  readonly options?: CouplingOptions;
}

function of(build: (g: Graph) => string | readonly string[], ...inputs: readonly number[][]): () => Network {
  return () => {
    const g = new Graph(...(inputs.length === 0 ? [[3, 8, 8]] : inputs));
    const outputs = build(g);
    return g.build(...(typeof outputs === 'string' ? [outputs] : outputs));
  };
}

const block = (g: Graph, x: string, out: number) => g.relu(g.norm(g.conv(x, out, { bias: false })));

/** To tokens [pixels, channels] of an image. */
const tokens = (g: Graph, x: string) => {
  const [channels = 0, height = 0, width = 0] = g.shape(x);
  return g.transpose(g.reshape(x, channels, height * width), 0, 2, 1);
};

const split = (g: Graph, x: string, sizes: number[], axis = 1): string[] => {
  const first = g.add('Split', [x], { axis, sizes }, {}, sizes.length);
  return sizes.map((_, i) => first.replace(/0$/, String(i)));
};

/** Attention of 3 heads, each 4 wide, over tokens of 12. */
function attend(g: Graph, q: string, k: string, v: string, bias?: (scores: string) => string): string {
  const [count = 0] = g.shape(q);
  const apart = (x: string, ...perm: number[]) => g.transpose(g.reshape(x, count, 3, 4), 0, ...perm);
  const scores = g.add('MatMul', [apart(q, 2, 1, 3), apart(k, 2, 3, 1)]);
  const scaled = g.add('Mul', [scores], {}, { constant: g.param(`scale of ${q}`, [], 'constant') });
  const share = g.add('Softmax', [bias?.(scaled) ?? scaled]);
  return g.reshape(g.transpose(g.add('MatMul', [share, apart(v, 2, 1, 3)]), 0, 2, 1, 3), count, 12);
}

const shuffle = (g: Graph, x: string, groups: number) => {
  const [channels = 0, ...space] = g.shape(x);
  return g.reshape(
    g.transpose(g.reshape(x, groups, channels / groups, ...space), 0, 2, 1, 3, 4),
    channels,
    ...space,
  );
};

/** [c * 4, h, w] to [c, 2 h, 2 w], by PyTorch's order of channels or by that of TensorFlow. */
const toPixels = (g: Graph, x: string, order: 'channels first' | 'channels last') => {
  const [channels = 0, height = 0, width = 0] = g.shape(x);
  const c = channels / 4;
  const first = order === 'channels first';
  const apart = g.reshape(x, ...(first ? [c, 2, 2] : [2, 2, c]), height, width);
  return g.reshape(
    g.transpose(apart, 0, ...(first ? [1, 4, 2, 5, 3] : [3, 4, 1, 5, 2])),
    c,
    height * 2,
    width * 2,
  );
};

/** The numbers before the colons are the rows of a list of failures that other tools report or test for. */
export const structures: Readonly<Record<string, Structure>> = {
  '1: a chain of convolutions with batch norm': {
    network: of((g) => g.classify(block(g, block(g, g.x, 8), 12))),
    groups: { conv2d0: 8, conv2d3: 12 },
  },
  '2: a dense layer behind a flattening, channels first': {
    network: of((g) => g.dense(g.add('Flatten', [g.conv(g.x, 8)]), 3)),
    groups: { conv2d0: 8 },
  },
  '2: a dense layer behind a flattening, channels last': {
    network: of((g) => g.dense(g.add('Flatten', [g.transpose(g.conv(g.x, 8), 0, 2, 3, 1)]), 3)),
    groups: { conv2d0: 8 },
  },
  '3: residual blocks of one width': {
    network: of((g) => {
      let x = block(g, g.x, 8);
      for (let i = 0; i < 2; i++) x = g.relu(g.sum(x, g.norm(g.conv(block(g, x, 10), 8))));
      return g.classify(x);
    }),
    groups: { conv2d0: 8, conv2d3: 10, conv2d10: 10 },
  },
  '4: a residual block with norm first and a projection behind that norm': {
    network: of((g) => {
      const first = g.relu(g.norm(g.conv(g.x, 8)));
      const main = g.conv(block(g, first, 10), 12);
      return g.classify(g.relu(g.norm(g.sum(main, g.conv(first, 12, { kernel: 1 })))));
    }),
    groups: { conv2d0: 8, conv2d3: 10, conv2d6: 12 },
  },
  '5: one value in several sums': {
    network: of((g) => {
      const [a, b, c] = [g.conv(g.x, 8), g.conv(g.x, 8), g.conv(g.x, 8)];
      return g.classify(g.sum(g.sum(a, b), g.relu(g.sum(b, c))));
    }),
    groups: { conv2d0: 8 },
  },
  '6: a gate of squeeze and excitation': {
    network: of((g) => {
      const x = block(g, g.x, 8);
      const mean = g.add('Flatten', [g.add('GlobalAvgPool', [x])]);
      const gate = g.add('Sigmoid', [g.dense(g.relu(g.dense(mean, 4)), 8)]);
      return g.classify(g.add('Mul', [x, g.reshape(gate, 8, 1, 1)]));
    }),
    groups: { conv2d0: 8, dense5: 4 },
  },
  '6: scales of layers and constants of channels': {
    network: of((g) => {
      const x = g.conv(g.x, 8);
      const scaled = g.add('Mul', [g.conv(x, 8)], {}, { constant: [8, 1, 1] });
      return g.classify(g.sum(x, g.add('Add', [scaled], {}, { constant: [1, 8, 1, 1] })));
    }),
    groups: { conv2d0: 8 },
  },
  '7: two values one after the other': {
    network: of((g) => g.classify(block(g, g.join(block(g, g.x, 8), block(g, g.x, 5)), 10))),
    groups: { conv2d0: 8, conv2d3: 5, conv2d7: 10 },
  },
  '8: dense blocks with norms over what was joined': {
    network: of((g) => {
      let x = g.conv(g.x, 8);
      for (let i = 0; i < 3; i++) x = g.join(x, g.conv(g.relu(g.norm(x)), 4));
      return g.classify(g.relu(g.norm(x)));
    }),
    groups: { conv2d0: 8, conv2d3: 4, conv2d7: 4, conv2d11: 4 },
  },
  '9: a value joined with itself': {
    network: of((g) => {
      const x = block(g, g.x, 8);
      return g.classify(block(g, g.join(x, x), 10));
    }),
    groups: { conv2d0: 8, conv2d4: 10 },
  },
  '9: values joined along another axis than that of channels': {
    network: of((g) => {
      const [a, b] = [block(g, g.x, 8), block(g, g.x, 8)];
      return g.classify(g.conv(g.add('Concat', [a, b], { axis: 2 }), 10));
    }),
    groups: { conv2d0: 8, conv2d7: 10 },
  },
  '10: halves with readers of their own, joined and added': {
    network: of((g) => {
      const [a = '', b = ''] = split(g, block(g, g.x, 12), [6, 6]);
      const moved = g.sum(b, block(g, block(g, b, 8), 6));
      return g.classify(block(g, g.join(a, b, moved), 10));
    }),
    groups: { conv2d0: 6, 'conv2d0 (2)': 6, conv2d4: 8, conv2d12: 10 },
  },
  '11: a shuffle of channels between grouped convolutions': {
    network: of((g) => {
      const x = g.relu(g.conv(g.x, 16, { kernel: 1 }));
      const mixed = shuffle(g, g.conv(x, 16, { group: 2, kernel: 1 }), 2);
      return g.classify(g.conv(g.conv(mixed, 16, { group: 16 }), 12, { group: 2, kernel: 1 }));
    }),
    groups: { conv2d0: 8, conv2d2: 4, conv2d7: 6 },
  },
  '12: a depthwise convolution behind a sum': {
    network: of((g) =>
      g.classify(g.conv(g.norm(g.conv(g.sum(g.conv(g.x, 8), g.conv(g.x, 8)), 8, { group: 8 })), 10)),
    ),
    groups: { conv2d0: 8, conv2d5: 10 },
  },
  '13: a depthwise convolution of two filters a channel': {
    network: of((g) => g.classify(g.conv(g.norm(g.conv(g.conv(g.x, 8), 16, { group: 8 })), 10))),
    groups: { conv2d0: 8, conv2d3: 10 },
  },
  '14: grouped convolutions': {
    network: of((g) => g.classify(g.conv(g.conv(g.conv(g.x, 16), 16, { group: 2 }), 16, { group: 8 }))),
    groups: { conv2d0: 8, conv2d1: 2, conv2d2: 2 },
  },
  '14: grouped convolutions, by whole groups': {
    network: of((g) => g.classify(g.conv(g.conv(g.conv(g.x, 16), 16, { group: 2 }), 16, { group: 8 }))),
    groups: { conv2d0: 2 },
    options: { grouped: 'whole' },
  },
  '15: normalisation of each channel': {
    network: of((g) =>
      g.classify(g.add('GroupNorm', [g.conv(g.x, 8)], { groups: 8 }, { scale: [8], shift: [8] })),
    ),
    groups: { conv2d0: 8 },
  },
  '15: normalisation of four groups of channels': {
    network: of((g) =>
      g.classify(g.add('GroupNorm', [g.conv(g.x, 8)], { groups: 4 }, { scale: [8], shift: [8] })),
    ),
    groups: { conv2d0: 4 },
  },
  '15: normalisation of all channels together': {
    network: of((g) =>
      g.classify(g.add('GroupNorm', [g.conv(g.x, 8)], { groups: 1 }, { scale: [8], shift: [8] })),
    ),
    groups: {},
    held: { conv2d0: /nothing would be left of/ },
  },
  ...Object.fromEntries(
    ([1, 2] as const).map((groups) => [
      `15: normalisation of ${groups} times all channels, on one axis with their pixels`,
      {
        network: of((g: Graph) => {
          const x = g.conv(g.x, 8);
          const [, height = 0, width = 0] = g.shape(x);
          const flat = g.reshape(x, groups, (8 / groups) * height * width);
          const parts = { scale: [groups], shift: [groups] };
          const normal = g.add('GroupNorm', [flat], { groups }, parts);
          return g.classify(g.reshape(normal, 8, height, width));
        }),
        groups: groups === 1 ? {} : { conv2d0: 2 },
        ...(groups === 1 && { held: { conv2d0: /takes mean and variance over all of them/ } }),
      },
    ]),
  ),
  '16: a ConvNeXt block, with layer normalisation over channels': {
    network: of((g) => {
      const x = g.conv(g.x, 8);
      const last = g.transpose(g.conv(x, 8, { group: 8 }), 0, 2, 3, 1);
      const normal = g.add('LayerNorm', [last], {}, { scale: [8], shift: [8] });
      const made = g.dense(g.add('Gelu', [g.dense(normal, 16)]), 8);
      const scaled = g.transpose(g.add('Mul', [made], {}, { constant: [8] }), 0, 3, 1, 2);
      return g.classify(g.sum(x, scaled));
    }),
    groups: { dense4: 16 },
    held: { conv2d0: /LayerNorm 'layernorm3' takes mean and variance over all of them/ },
  },
  '17: attention with layers of their own for queries, keys and values': {
    network: of(
      (g) => {
        const x = g.dense(g.x, 12);
        const back = g.dense(attend(g, g.dense(x, 12), g.dense(x, 12), g.dense(x, 12)), 12);
        return g.dense(g.add('ReduceMean', [g.sum(x, back)], { axes: [1], keepdims: false }), 3);
      },
      [5, 6],
    ),
    groups: { dense0: 12, dense1: 3 },
  },
  '17: attention with one layer for queries, keys and values': {
    network: of(
      (g) => {
        const x = g.dense(g.x, 12);
        const [q = '', k = '', v = ''] = split(g, g.dense(x, 36), [12, 12, 12], 2);
        const back = g.dense(attend(g, q, k, v), 12);
        return g.dense(g.add('ReduceMean', [g.sum(x, back)], { axes: [1], keepdims: false }), 3);
      },
      [5, 6],
    ),
    groups: { dense0: 12, dense1: 3 },
  },
  '17: attention with one layer whose result is taken apart by its shape': {
    network: of(
      (g) => {
        const x = g.dense(g.x, 12);
        const all = g.transpose(g.reshape(g.dense(x, 36), 5, 3, 3, 4), 0, 2, 3, 1, 4);
        const [q = '', k = '', v = ''] = split(g, all, [1, 1, 1], 1).map((part) => g.reshape(part, 3, 5, 4));
        const share = g.add('Softmax', [g.add('MatMul', [q, g.transpose(k, 0, 1, 3, 2)])]);
        const back = g.dense(g.reshape(g.transpose(g.add('MatMul', [share, v]), 0, 2, 1, 3), 5, 12), 12);
        return g.dense(g.add('ReduceMean', [g.sum(x, back)], { axes: [1], keepdims: false }), 3);
      },
      [5, 6],
    ),
    groups: { dense0: 12, dense1: 3 },
  },
  '17: the width of attention heads': {
    network: of(
      (g) => {
        const back = g.dense(attend(g, g.dense(g.x, 12), g.dense(g.x, 12), g.dense(g.x, 12)), 8);
        return g.dense(g.add('ReduceMean', [back], { axes: [1], keepdims: false }), 3);
      },
      [5, 6],
    ),
    groups: { dense0: 4, dense2: 4, dense15: 8 },
    options: { attention: 'width' },
  },
  '18: a class token, positions and biases of heads as parameters': {
    network: of(
      (g) => {
        const token = g.add('BatchConstant', [g.x], {}, { bias: [1, 1, 12] });
        const all = g.add('Concat', [token, tokens(g, g.conv(g.x, 12))], { axis: 1 });
        const x = g.add('Add', [all], {}, { constant: [1, 17, 12] });
        const biased = (scores: string) => g.add('Add', [scores], {}, { constant: [3, 17, 17] });
        const back = g.dense(attend(g, g.dense(x, 12), g.dense(x, 12), g.dense(x, 12), biased), 12);
        const first = g.add('Slice', [g.sum(x, back)], { starts: [0], ends: [1], axes: [1] });
        return g.dense(g.add('Flatten', [first]), 3);
      },
      [3, 4, 4],
    ),
    groups: { conv2d1: 12, dense6: 3 },
  },
  '19: windows of tokens, and four pixels that become one token': {
    network: of((g) => {
      const image = g.transpose(g.conv(g.x, 12), 0, 2, 3, 1);
      const parted = g.transpose(g.reshape(image, 2, 4, 2, 4, 12), 0, 1, 3, 2, 4, 5);
      const windows = g.reshape(parted, 4, 16, 12);
      const apart = (x: string, ...perm: number[]) => g.transpose(g.reshape(x, 4, 16, 3, 4), 0, 1, ...perm);
      const scores = g.add('MatMul', [
        apart(g.dense(windows, 12), 3, 2, 4),
        apart(g.dense(windows, 12), 3, 4, 2),
      ]);
      const mixed = g.add('MatMul', [g.add('Softmax', [scores]), apart(g.dense(windows, 12), 3, 2, 4)]);
      const back = g.dense(g.reshape(g.transpose(mixed, 0, 1, 3, 2, 4), 4, 16, 12), 12);
      const whole = g.reshape(g.transpose(g.reshape(back, 2, 2, 4, 4, 12), 0, 1, 3, 2, 4, 5), 8, 8, 12);
      const sum = g.sum(image, whole);
      const every = [0, 1].flatMap((row) =>
        [0, 1].map((column) =>
          g.add('Slice', [sum], { starts: [row, column], ends: [8, 8], axes: [1, 2], steps: [2, 2] }),
        ),
      );
      const merged = g.dense(g.add('Concat', every, { axis: 3 }), 10);
      return g.dense(g.add('ReduceMean', [merged], { axes: [1, 2], keepdims: false }), 3);
    }),
    groups: { conv2d0: 12, dense5: 3, dense29: 10 },
  },
  '20: channels that become pixels, in the order of PyTorch': {
    network: of((g) => g.classify(g.conv(toPixels(g, g.conv(g.x, 32), 'channels first'), 10))),
    groups: { conv2d0: 8, conv2d4: 10 },
  },
  '20: channels that become pixels, in the order of TensorFlow': {
    network: of((g) => g.classify(g.conv(toPixels(g, g.conv(g.x, 32), 'channels last'), 10))),
    groups: { conv2d0: 8, conv2d4: 10 },
  },
  '21: a dense layer, an image, and transposed convolutions': {
    network: of(
      (g) => {
        const image = g.reshape(g.relu(g.dense(g.x, 128)), 8, 4, 4);
        const up = g.add(
          'ConvTranspose2D',
          [image],
          { strides: [2, 2] },
          { weight: [8, 12, 2, 2], bias: [12] },
        );
        const grouped = g.add('ConvTranspose2D', [up], { group: 2 }, { weight: [12, 5, 3, 3], bias: [10] });
        return g.classify(grouped);
      },
      [6],
    ),
    groups: { dense0: 8, convtranspose2d3: 6, convtranspose2d4: 5 },
  },
  '22: up again to the size of a skipped value': {
    network: of((g) => {
      const high = block(g, g.x, 8);
      const low = block(g, g.add('MaxPool', [high], { kernel: [2, 2], strides: [2, 2] }), 12);
      const back = g.add('Resize', [low], { size: [8, 8], mode: 'linear' });
      return g.classify(block(g, g.join(back, high), 10));
    }),
    groups: { conv2d0: 8, conv2d4: 12, conv2d9: 10 },
  },
  '23: one layer for two values': {
    network: of((g) => {
      const shared = (x: string) => g.add('Conv2D', [x], { pads: [1, 1, 1, 1] }, { weight: 'shared' });
      g.param('shared', [10, 8, 3, 3]);
      const [a, b] = [block(g, g.x, 8), block(g, g.x, 8)];
      return g.classify(g.join(shared(a), shared(b)));
    }),
    groups: { conv2d0: 8, conv2d6: 10 },
  },
  '23: one layer at two resolutions, and again on what it made': {
    network: of((g) => {
      const shared = (x: string) => g.add('Conv2D', [x], { pads: [1, 1, 1, 1] }, { weight: 'shared' });
      g.param('shared', [8, 8, 3, 3]);
      const x = block(g, g.x, 8);
      const low = shared(g.add('AvgPool', [x], { kernel: [2, 2], strides: [2, 2] }));
      const mean = (value: string) => g.add('Flatten', [g.add('GlobalAvgPool', [value])]);
      return g.dense(g.join(mean(low), mean(shared(g.relu(shared(x))))), 3);
    }),
    groups: { conv2d0: 8 },
  },
  '24: several inputs, an answer on the way, one of a single channel, and a layer that leads nowhere': {
    network: of(
      (g) => {
        const x = g.relu(g.sum(g.conv(g.x, 8), g.conv('x1', 8)));
        const early = g.classify(x, 4);
        const map = g.conv(g.relu(g.conv(x, 10)), 1);
        g.conv(x, 5);
        return [early, map, g.classify(g.conv(x, 12))];
      },
      [3, 8, 8],
      [2, 8, 8],
    ),
    groups: { conv2d0: 8, conv2d7: 10, conv2d10: 5, conv2d11: 12 },
  },
  '25: a shape in which indices of channels are mixed': {
    network: of((g) => {
      const x = g.add('ReduceMean', [g.reshape(g.conv(g.x, 6), 6, 64)], { axes: [2], keepdims: false });
      const wide = g.reshape(g.dense(g.reshape(g.dense(x, 24), 4, 6), 6), 6, 4);
      return g.dense(g.add('Flatten', [g.dense(wide, 4)]), 3);
    }),
    groups: { conv2d0: 6, dense3: 6, dense7: 4 },
    held: { dense5: /Reshape 'reshape6' mixes their indices: it lays \[4, 6\] in \[6, 4\]/ },
  },
  '25: branches of different grouping that are added': {
    network: of((g) => {
      const x = g.conv(g.x, 12, { kernel: 1 });
      return g.classify(g.sum(shuffle(g, x, 2), shuffle(g, x, 3)));
    }),
    groups: {},
    held: { conv2d0: /nothing would be left of/ },
  },
};
