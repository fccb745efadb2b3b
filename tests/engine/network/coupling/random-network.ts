import { Random } from '../../../../main/engine/base/random.ts';
import type { Network } from '../../../../main/engine/network/graph.ts';
import { Graph } from './graph.ts';

/** Images are square; what is smaller than this is not halved any more. */
const SIDE = 8;

/** A classifier of random blocks; the same seed gives the same network. */
export function randomNetwork(seed: number): Network {
  const maker = new Maker(seed);
  return maker.network();
}

/** One line for each layer, for messages. */
export function show(network: Network): string {
  return network.nodes
    .map(({ op, inputs, outputs, attrs, params }) => {
      const stored = Object.entries(params).map(
        ([role, name]) => `${role} ${name} [${network.params[name]?.shape.join() ?? '?'}]`,
      );
      return `${outputs.join(', ')} = ${op}(${inputs.join(', ')}) ${JSON.stringify(attrs)} ${stored.join(' ')}`;
    })
    .join('\n');
}

type Block = (x: string) => string;

class Maker {
  private readonly g: Graph;
  private readonly random: Random;
  private readonly blocks: readonly Block[];

  constructor(seed: number) {
    this.random = Random.from(seed, 'network');
    this.g = new Graph([1 + this.random.int(3), SIDE, SIDE]);
    const { g } = this;
    this.blocks = [
      (x) => this.step(x),
      (x) => this.step(x),
      (x) => this.residual(x),
      (x) => this.residual(x),
      (x) => this.projected(x),
      (x) => this.denseBlock(x),
      (x) => this.depthwise(x),
      (x) => this.grouped(x),
      (x) => this.gate(x),
      (x) => this.skip(x),
      (x) => this.parted(x),
      (x) => this.shuffled(x),
      (x) => this.pixels(x),
      (x) => this.normalised(x),
      (x) => this.up(x),
      (x) => this.padded(x),
      (x) => this.scaled(x),
      (x) => this.sliced(x),
      (x) => g.join(x, x),
      (x) => this.attention(x),
      (x) => this.attention(x),
      (x) => this.linear(x),
      (x) => this.linear(x),
      (x) => this.shared(x),
      (x) => this.held(x),
      (x) => this.combined(x),
      (x) => this.last(x),
    ];
  }

  network(): Network {
    const { g } = this;
    let x = this.activate(g.conv(g.x, this.width()));
    const count = 1 + this.random.int(5);
    const early: string[] = [];
    for (let i = 0; i < count; i++) {
      x = this.pick(this.blocks)(x);
      if (this.chance(0.1)) early.push(x);
      // Wide values come of joins upon joins.
      if ((g.shape(x)[0] ?? 0) > 32) x = this.activate(g.conv(x, this.width(), { kernel: 1 }));
    }
    const outputs = early.slice(0, 1).map((value) => g.classify(value, 2));
    return g.build(...outputs, this.end(x));
  }

  private end(x: string): string {
    const { g } = this;
    const flat = this.pick([
      () => g.add('Flatten', [g.add('GlobalAvgPool', [x])]),
      () => g.add('Flatten', [x]),
      () => g.add('Flatten', [g.transpose(x, 0, 2, 3, 1)]),
      () => g.add('ReduceMean', [x], { axes: [2, 3], keepdims: false }),
      () => g.reshape(g.add('ReduceMax', [x], { axes: [2] }), -1),
    ])();
    const hidden = this.chance(0.5) ? this.activate(g.dense(flat, 4 + this.random.int(6))) : flat;
    return g.dense(hidden, 3);
  }

  private step(x: string): string {
    const { g } = this;
    const side = this.side(x);
    const kernel = side >= 3 && this.chance(0.6) ? 3 : 1;
    const pad = this.chance(0.6) || side < 5 ? kernel >> 1 : 0;
    const stride = side >= 6 && this.chance(0.2) ? 2 : 1;
    return this.normAct(g.conv(x, this.width(), { kernel, pad, stride, bias: this.chance(0.5) }));
  }

  private residual(x: string): string {
    const { g } = this;
    const channels = this.channels(x);
    // Before or after the convolutions, as in the first and the second form of residual networks.
    const first = this.chance(0.4) ? this.activate(g.norm(x)) : x;
    const inner = this.normAct(g.conv(first, this.width(), { bias: false }));
    const made = g.conv(inner, channels, { bias: this.chance(0.5) });
    const sum = g.sum(this.chance(0.5) ? g.norm(made) : made, x);
    return this.chance(0.5) ? g.relu(sum) : sum;
  }

  private projected(x: string): string {
    const { g } = this;
    const width = this.width();
    const stride = this.side(x) >= 6 ? 2 : 1;
    const main = g.norm(g.conv(this.normAct(g.conv(x, this.width(), { stride })), width));
    return g.relu(g.sum(main, g.norm(g.conv(x, width, { kernel: 1, stride, bias: false }))));
  }

  private denseBlock(x: string): string {
    const { g } = this;
    let all = x;
    for (let i = 0; i < 2; i++) all = g.join(all, g.conv(this.activate(g.norm(all)), 2 + this.random.int(4)));
    return all;
  }

  private depthwise(x: string): string {
    const { g } = this;
    const channels = this.channels(x);
    const times = this.pick([1, 1, 2]);
    return this.normAct(g.conv(x, channels * times, { group: channels, bias: this.chance(0.5) }));
  }

  private grouped(x: string): string {
    const { g } = this;
    const group = this.pick([2, 4]);
    const first = this.normAct(g.conv(x, group * (1 + this.random.int(4)), { kernel: 1 }));
    return this.normAct(g.conv(first, group * (1 + this.random.int(4)), { group }));
  }

  private gate(x: string): string {
    const { g } = this;
    const channels = this.channels(x);
    const mean = g.add('GlobalAvgPool', [x]);
    const gate = this.chance(0.5)
      ? g.conv(g.relu(g.conv(mean, 2 + this.random.int(3), { kernel: 1 })), channels, { kernel: 1 })
      : g.reshape(g.dense(g.relu(g.dense(g.add('Flatten', [mean]), 3)), channels), channels, 1, 1);
    return g.add('Mul', [x, g.add(this.pick(['Sigmoid', 'HardSigmoid']), [gate])]);
  }

  private skip(x: string): string {
    const { g } = this;
    const side = this.side(x);
    if (side < 4 || side % 2 !== 0) return this.step(x);
    const down = this.pick(['MaxPool', 'AvgPool']);
    const low = this.normAct(g.conv(g.add(down, [x], { kernel: [2, 2], strides: [2, 2] }), this.width()));
    const high = this.chance(0.5)
      ? g.add('Resize', [low], { size: [side, side], mode: this.pick(['nearest', 'linear']) })
      : this.transposed(low, this.width(), 2);
    return this.normAct(g.conv(g.join(high, x), this.width()));
  }

  private parted(x: string): string {
    const { g } = this;
    const channels = this.channels(x);
    if (channels < 4) return this.step(x);
    const half = channels >> 1;
    const sizes = this.chance(0.5) ? [half, channels - half] : [1 + this.random.int(channels - 1)];
    if (sizes.length === 1) sizes.push(channels - (sizes[0] ?? 0));
    const name = g.add('Split', [x], { axis: 1, sizes }, {}, 2).replace(/:0$/, '');
    const [a, b] = [`${name}:0`, `${name}:1`];
    const moved = this.normAct(g.conv(b, sizes[1] ?? 1));
    const both = this.chance(0.5) ? g.join(a, g.sum(b, moved)) : g.join(moved, a);
    return this.chance(0.5) ? g.join(both, moved) : both;
  }

  private shuffled(x: string): string {
    const { g } = this;
    const group = this.pick([2, 3]);
    const channels = group * (1 + this.random.int(4)) * group;
    const [made, side] = [g.conv(x, channels, { kernel: 1 }), this.side(x)];
    const turned = g.transpose(g.reshape(made, group, channels / group, side, side), 0, 2, 1, 3, 4);
    const back = g.reshape(turned, channels, side, side);
    return this.chance(0.5) ? this.activate(g.conv(back, channels, { group })) : back;
  }

  private pixels(x: string): string {
    const { g } = this;
    const side = this.side(x);
    if (side > 4) return this.step(x);
    const channels = this.width();
    const made = g.conv(x, channels * 4);
    const deepFirst = this.chance(0.5);
    const split = deepFirst ? [2, 2, channels, side, side] : [channels, 2, 2, side, side];
    const perm = deepFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
    return g.reshape(g.transpose(g.reshape(made, ...split), ...perm), channels, side * 2, side * 2);
  }

  private normalised(x: string): string {
    const { g } = this;
    const channels = this.channels(x);
    if (this.chance(0.3)) {
      const last = g.transpose(x, 0, 2, 3, 1);
      const normal = g.add('LayerNorm', [last], { axis: -1 }, { scale: [channels], shift: [channels] });
      return g.transpose(normal, 0, 3, 1, 2);
    }
    const groups = this.pick([1, 2, channels].filter((count) => channels % count === 0));
    if (this.chance(0.3)) {
      // As PyTorch writes it: channels of a group are on one axis with their pixels.
      const side = this.side(x);
      const flat = g.reshape(x, groups, (channels / groups) * side * side);
      const normal = g.add('GroupNorm', [flat], { groups }, { scale: [groups], shift: [groups] });
      return this.activate(g.reshape(normal, channels, side, side));
    }
    return this.activate(g.add('GroupNorm', [x], { groups }, { scale: [channels], shift: [channels] }));
  }

  private up(x: string): string {
    if (this.side(x) > 4) return this.step(x);
    const channels = this.channels(x);
    const group = this.pick([1, 1, channels, ...[2].filter((count) => channels % count === 0)]);
    return this.activate(this.transposed(x, group * (1 + this.random.int(3)), this.pick([1, 2]), group));
  }

  private transposed(x: string, out: number, stride: number, group = 1): string {
    const params = { weight: [this.channels(x), out / group, stride, stride], bias: [out] };
    return this.g.add('ConvTranspose2D', [x], { strides: [stride, stride], group }, params);
  }

  private padded(x: string): string {
    const { g } = this;
    const [before, after] = [this.random.int(3), 1 + this.random.int(3)];
    const value = this.pick([0, 0, 0.5]);
    const wide = g.add('Pad', [x], { pads: [0, before, 0, 0, 0, after, 0, 0], value });
    return g.relu(g.sum(wide, g.norm(g.conv(x, this.channels(wide)))));
  }

  private scaled(x: string): string {
    const { g } = this;
    const channels = this.channels(x);
    const op = this.pick(['Mul', 'Add', 'Sub', 'Max']);
    const shape = this.pick([[channels, 1, 1], [1], [channels, this.side(x), this.side(x)]]);
    const constantFirst = op !== 'Max' && this.chance(0.3);
    return this.chance(0.3)
      ? g.add('PRelu', [x], {}, { slope: [channels, 1, 1] })
      : g.add(op, [x], { constantFirst }, { constant: shape });
  }

  private sliced(x: string): string {
    const { g } = this;
    const channels = this.channels(x);
    if (channels < 3) return this.step(x);
    const start = this.random.int(channels - 1);
    const end = start + 1 + this.random.int(channels - start);
    const step = this.pick([1, 1, 1, 2]);
    const part = g.add('Slice', [x], { starts: [start], ends: [end], axes: [1], steps: [step] });
    return this.chance(0.5) ? part : g.join(part, this.activate(g.conv(x, this.width())));
  }

  private attention(x: string): string {
    const { g } = this;
    const [channels, side] = [this.channels(x), this.side(x)];
    const tokens = side * side;
    const rows = g.transpose(g.reshape(x, channels, tokens), 0, 2, 1);
    const [heads, depth] = [1 + this.random.int(3), 1 + this.random.int(3)];
    const width = heads * depth;
    const separate = this.chance(0.6);
    const fused = separate ? '' : g.dense(rows, 3 * width);
    const [q = '', k = '', v = ''] = [0, 1, 2].map((i) => {
      const part = separate
        ? g.dense(rows, width, this.chance(0.5))
        : g.add('Slice', [fused], { starts: [i * width], ends: [(i + 1) * width], axes: [2] });
      return g.transpose(g.reshape(part, tokens, heads, depth), 0, 2, ...(i === 1 ? [3, 1] : [1, 3]));
    });
    const scores = g.add(
      'Mul',
      [g.add('MatMul', [q, k])],
      {},
      { constant: g.param(`scale${k}`, [], 'constant') },
    );
    const mixed = g.add('MatMul', [g.add('Softmax', [scores]), v]);
    const back = g.dense(g.reshape(g.transpose(mixed, 0, 2, 1, 3), tokens, width), channels);
    const sum = g.sum(rows, back);
    const inner = g.dense(this.activate(g.dense(sum, this.width())), channels);
    return g.reshape(g.transpose(g.sum(sum, inner), 0, 2, 1), channels, side, side);
  }

  /** Products of queries and keys without a softmax: their sums need what leaves to be zero. */
  private linear(x: string): string {
    const { g } = this;
    const [channels, side] = [this.channels(x), this.side(x)];
    const rows = g.transpose(g.reshape(x, channels, side * side), 0, 2, 1);
    const width = this.width();
    const feature = () => {
      const made = this.activate(g.dense(rows, width));
      return this.pick([
        () => made,
        () => g.sum(made, this.activate(g.dense(rows, width))),
        () => g.add('Mul', [made, this.activate(g.dense(rows, width))]),
        () => g.add('Add', [made], {}, { constant: g.param(`one${made}`, [], 'constant') }),
        () => g.add('Add', [made], {}, { constant: [width] }),
        () => g.add('Concat', [made, this.activate(g.dense(rows, 2))], { axis: 2 }),
      ])();
    };
    const q = feature();
    const k = feature();
    if (g.shape(q).join() !== g.shape(k).join()) return this.step(x);
    const scores = g.add('MatMul', [q, g.transpose(k, 0, 2, 1)]);
    const mixed = g.add('MatMul', [g.add('Tanh', [scores]), g.dense(rows, this.width())]);
    return g.reshape(g.transpose(g.dense(mixed, channels), 0, 2, 1), channels, side, side);
  }

  private shared(x: string): string {
    const { g } = this;
    const channels = this.channels(x);
    const weight = g.param(`shared${x}`, [channels, channels, 1, 1]);
    const twice = (value: string) => g.add('Conv2D', [value], {}, { weight });
    return this.chance(0.5) ? twice(this.activate(twice(x))) : g.join(twice(x), twice(g.add('Neg', [x])));
  }

  private held(x: string): string {
    const { g } = this;
    return this.pick([
      () => g.add('LRN', [x], { size: 3, alpha: 1 }),
      () => g.add('Mul', [x, g.add('Sigmoid', [g.add('ReduceMean', [x], { axes: [1] })])]),
      () => g.add('Mul', [x, g.add('Tanh', [g.add('ReduceSum', [this.activate(x)], { axes: [1] })])]),
      () => g.add('Softmax', [x], { axis: 1 }),
      () => g.add('Div', [x, g.add('Softplus', [g.conv(x, this.channels(x), { kernel: 1 })])]),
      () => g.join(x, g.conv(x, 1)),
    ])();
  }

  private combined(x: string): string {
    const { g } = this;
    const width = this.width();
    const [a, b] = [this.normAct(g.conv(x, width)), this.activate(g.conv(x, width, { kernel: 1 }))];
    const made = g.add(this.pick(['Add', 'Sub', 'Mul', 'Max', 'Min']), [a, b]);
    // The same value in several sums.
    return this.chance(0.5) ? g.sum(made, a) : made;
  }

  private last(x: string): string {
    const { g } = this;
    const turned = g.transpose(x, 0, 2, 3, 1);
    const made = this.activate(g.dense(turned, this.width()));
    const joined = this.chance(0.5) ? g.add('Concat', [made, turned], { axis: 3 }) : made;
    return g.transpose(joined, 0, 3, 1, 2);
  }

  private normAct(x: string): string {
    return this.activate(this.chance(0.5) ? this.g.norm(x) : x);
  }

  private activate(x: string): string {
    const op = this.pick([
      'Relu',
      'Relu',
      'Relu',
      'Tanh',
      'Sigmoid',
      'Gelu',
      'Silu',
      'Softplus',
      'LeakyRelu',
      'Identity',
    ]);
    return this.g.add(op, [x]);
  }

  private channels(x: string): number {
    return this.g.shape(x)[0] ?? 0;
  }

  private side(x: string): number {
    return this.g.shape(x)[1] ?? 0;
  }

  private width(): number {
    return 2 + this.random.int(9);
  }

  private chance(share: number): boolean {
    return this.random.float() < share;
  }

  private pick<T>(from: readonly T[]): T {
    return from[this.random.int(from.length)] as T;
  }
}
