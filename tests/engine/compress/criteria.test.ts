import { describe, expect, it } from 'vitest';
import type { ScoreSet } from '../../../main/engine/compress/scores.ts';
import { meanGradients } from '../../../main/engine/compress/criteria/gradients.ts';
import {
  hessianGradientProduct,
  hessianProducts,
} from '../../../main/engine/compress/criteria/hessian/products.ts';
import { lampScores } from '../../../main/engine/compress/structures/lamp-scores.ts';
import { normsAfterWeights } from '../../../main/engine/network/norm-after.ts';
import { copyWeights } from '../../../main/engine/compress/masks.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { prunableParams, type Network, type WeightSet } from '../../../main/engine/network/graph.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { gelu } from './odd-networks.ts';
import { apart, full, noise, score, total, useBackend, type Scored } from './support.ts';

const backend = useBackend('onnxruntime');
const drawn = (network: Network, seed = 1) => initialize(network, Random.from(seed, 'weights'));

/** 6 inputs, two hidden layers of 8 and 7 without biases, 3 classes. */
const mlp = new NetworkBuilder('mlp', [6])
  .dense('fc1', 8, { bias: false })
  .relu()
  .dense('fc2', 7, { bias: false })
  .relu()
  .dense('fc3', 3, { bias: false })
  .build();
const mlpData = () => noise([6], 12, 3);
const on = (network: Network, weights: WeightSet, more: Partial<Scored> = {}): Scored => ({
  network,
  weights,
  data: noise(network.inputs[0]?.shape ?? [], 12, 3),
  backend: backend(),
  ...more,
});
/** Numbers by parameter, of any width. */
type Numbers = ReadonlyMap<string, { readonly data: ArrayLike<number> }>;

/** The mean loss of the network above, in float64 and by hand. */
function lossByHand(weights: Numbers): number {
  const layer = (name: string, input: number[], outs: number) => {
    const w = weights.get(name)?.data ?? [];
    return Array.from({ length: outs }, (_, o) =>
      input.reduce((sum, x, i) => sum + x * (w[o * input.length + i] ?? 0), 0),
    );
  };
  const [batch] = mlpData().shuffled(12, 12);
  if (batch === undefined) return NaN;
  let loss = 0;
  for (let n = 0; n < batch.size; n++) {
    const x = [...batch.x.subarray(n * 6, n * 6 + 6)];
    const h1 = layer('fc1.weight', x, 8).map((z) => Math.max(0, z));
    const h2 = layer('fc2.weight', h1, 7).map((z) => Math.max(0, z));
    const logits = layer('fc3.weight', h2, 3);
    const total = logits.reduce((sum, z) => sum + Math.exp(z), 0);
    loss -= Math.log(Math.exp(logits[batch.y[n] ?? 0] ?? NaN) / total) / batch.size;
  }
  return loss;
}

/** The same weights in float64, one of them changed. */
function withWeight(weights: WeightSet, name: string, index: number, change: number): Numbers {
  const copy = new Map([...weights].map(([key, { data }]) => [key, { data: Float64Array.from(data) }]));
  const values = copy.get(name)?.data ?? new Float64Array();
  values[index] = (values[index] ?? 0) + change;
  return copy;
}

describe('SNIP', () => {
  it('is |w dL/dw| by finite differences of a loss computed by hand', async () => {
    const weights = drawn(mlp);
    const scores = await score('snip', on(mlp, weights));
    for (const [name, part] of scores) {
      for (const i of [0, 5, 11, 20]) {
        const h = 1e-6;
        const [up, down] = [h, -h].map((change) => lossByHand(withWeight(weights, name, i, change)));
        const slope = ((up ?? NaN) - (down ?? NaN)) / (2 * h);
        expect(part[i]).toBeCloseTo(Math.abs((weights.get(name)?.data[i] ?? NaN) * slope), 5);
      }
    }
  });

  it('does not change when a unit is scaled and its outgoing weights are scaled back', async () => {
    const weights = drawn(mlp);
    const scaled = copyWeights(weights);
    const unit = 3;
    const [first, second] = ['fc1.weight', 'fc2.weight'].map((name) => scaled.get(name)?.data);
    for (let i = 0; i < 6; i++) if (first) first[unit * 6 + i] = (first[unit * 6 + i] ?? 0) * 4;
    for (let o = 0; o < 7; o++) if (second) second[o * 8 + unit] = (second[o * 8 + unit] ?? 0) / 4;
    for (const id of ['snip', 'synflow', 'taylor', 'fisher']) {
      expect(apart(await score(id, on(mlp, scaled)), await score(id, on(mlp, weights))), id).toBeLessThan(
        1e-5,
      );
    }
  });

  it('in batches is what it is in one batch, in bounded memory', async () => {
    const weights = drawn(mlp);
    const context = full(on(mlp, weights));
    const whole = await meanGradients(context, mlpData().shuffled(12, 12));
    const parts = await meanGradients(context, mlpData().shuffled(12, 5));
    expect(apart(parts, whole)).toBeLessThan(1e-5);
  });

  it('at a masked point takes the gradient there and the weights from before, so that weights may come back', async () => {
    const weights = drawn(mlp);
    const mask = Uint8Array.from({ length: 48 }, (_, i) => (i % 3 === 0 ? 0 : 1));
    const masks = new Map([['fc1.weight', mask]]);
    const masked = copyWeights(weights);
    masked.get('fc1.weight')?.data.forEach((_, i, data) => (mask[i] === 0 ? (data[i] = 0) : undefined));
    const gradients = await meanGradients(full(on(mlp, masked)), mlpData().balanced(10, 256));
    const scores = await score('snip', on(mlp, weights, { masks }));
    for (const [name, part] of scores) {
      part.forEach((value, i) =>
        expect(value).toBeCloseTo(
          Math.abs((weights.get(name)?.data[i] ?? 0) * (gradients.get(name)?.[i] ?? 0)),
          6,
        ),
      );
    }
    expect(scores.get('fc1.weight')?.some((value, i) => mask[i] === 0 && value > 0)).toBe(true);
  });
});

describe('Fisher and Taylor', () => {
  it('Fisher averages the squares of single samples, Taylor squares the averages of batches', async () => {
    const weights = drawn(mlp);
    const context = full(on(mlp, weights));
    const single = await Promise.all(
      [...mlpData().shuffled(12, 1)].map((batch) => meanGradients(context, [batch])),
    );
    const whole = await meanGradients(context, mlpData().shuffled(12, 12));
    const expected = (of: (name: string, i: number) => number): ScoreSet =>
      new Map(
        [...whole].map(([name, values]) => [
          name,
          Float64Array.from(values, (_, i) => of(name, i) * (weights.get(name)?.data[i] ?? 0) ** 2),
        ]),
      );
    const fisher = expected(
      (name, i) => single.reduce((sum, gradient) => sum + (gradient.get(name)?.[i] ?? 0) ** 2, 0) / 24,
    );
    expect(apart(await score('fisher', on(mlp, weights)), fisher)).toBeLessThan(1e-5);
    const taylor = expected((name, i) => (whole.get(name)?.[i] ?? 0) ** 2);
    expect(apart(await score('taylor', on(mlp, weights)), taylor)).toBeLessThan(1e-5);
  });
});

describe('LAMP', () => {
  const random = Random.from(7, 'lamp');
  const values = Float32Array.from({ length: 300 }, () => random.normal());
  const squares = (of: Float32Array) => Float64Array.from(of, (v) => v * v);

  it('follows its definition, with ties sharing one score', () => {
    const tied = Float32Array.of(1, -2, 2, 0, 3, 1);
    const scores = lampScores(squares(tied));
    tied.forEach((w, i) => {
      const larger = tied.filter((v) => v * v >= w * w).reduce((sum, v) => sum + v * v, 0);
      expect(scores[i]).toBeCloseTo((w * w) / larger, 12);
    });
    expect([...lampScores(new Float32Array(3))]).toEqual([0, 0, 0]);
  });

  it('gives the largest weight 1, grows with magnitude and does not see the scale of a layer', () => {
    const scores = lampScores(squares(values));
    const order = [...values.keys()].sort((a, b) => Math.abs(values[a] ?? 0) - Math.abs(values[b] ?? 0));
    expect(scores[order.at(-1) ?? 0]).toBe(1);
    order
      .slice(1)
      .forEach((at, i) => expect(scores[at]).toBeGreaterThanOrEqual(scores[order[i] ?? 0] ?? NaN));
    expect(lampScores(squares(values.map((v) => 8 * v)))).toEqual(scores);
  });
});

describe('batch-norm scale', () => {
  it('gives every scale of a batch norm its magnitude, and nothing else a score', async () => {
    const network = zoo.get('resnet-20').build({ input: [3, 8, 8], classes: 4 });
    const weights = drawn(network);
    weights.get('bn1.scale')?.data.forEach((_, i, data) => (data[i] = i % 2 ? -i : i));
    const scores = await score('bn-scale', on(network, weights));
    expect([...(scores.get('bn1.scale') ?? [])]).toEqual(Array.from({ length: 16 }, (_, i) => i));
    const scales = Object.keys(network.params).filter((name) => network.params[name]?.role === 'scale');
    expect([...scores.keys()].sort()).toEqual(scales.sort());
    expect(normsAfterWeights(network).size).toBe(prunableParams(network).length - 1);
  });

  it('refuses a network without batch norms by name', async () => {
    await expect(score('bn-scale', on(mlp, drawn(mlp)))).rejects.toThrow(/mlp has no batch norms/);
  });
});

describe('GraSP', () => {
  const window = { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
  const conv = (name: string, pool: string) => {
    const [activation = '', approximate = 'none'] = name.split(' ');
    const attrs: Record<string, string> = activation === 'Gelu' ? { approximate } : {};
    return new NetworkBuilder(activation, [2, 6, 6])
      .conv('conv1', 4, { bias: false })
      .batchNorm('bn1')
      .layer('act1', activation, attrs)
      .conv('conv2', 4)
      .layer('act2', activation, attrs)
      .layer('pool', pool, window)
      .flatten()
      .dense('fc', 3)
      .build();
  };

  it.each([
    ...['Relu', 'LeakyRelu'].map((activation) => [activation, 'MaxPool', undefined] as const),
    ...['Tanh', 'Sigmoid', 'Silu', 'Gelu', 'Gelu tanh', 'Elu', 'HardSwish', 'HardSigmoid'].map(
      (activation) => [activation, 'AvgPool', undefined] as const,
    ),
    ['Tanh', 'AvgPool', 'sigmoid'] as const,
  ])(
    'multiplies with the Hessian as differences of gradients do, through batch norm, %s, %s, %s',
    async (activation, pool, head) => {
      const plain = conv(activation, pool);
      const network = head === undefined ? plain : { ...plain, head: { kind: head, output: 'fc' } };
      const weights = drawn(network, 5);
      const context = full({ ...on(network, weights), data: noise([2, 6, 6], 6, 3) });
      const batch = () => context.data.shuffled(6, 6);
      const g = await meanGradients(context, batch());
      const product = await hessianProducts(context, batch(), g, 1);
      const difference = async (h: number) => {
        const [up, down] = await Promise.all(
          [h, -h].map((step) => {
            const moved = copyWeights(weights);
            for (const [name, part] of g) {
              moved.get(name)?.data.forEach((w, i, data) => (data[i] = w + step * (part[i] ?? 0)));
            }
            return meanGradients({ ...context, weights: moved }, batch());
          }),
        );
        let [error, size] = [0, 0];
        for (const [name, part] of product) {
          part.forEach((value, i) => {
            const slope = ((up?.get(name)?.[i] ?? NaN) - (down?.get(name)?.[i] ?? NaN)) / (2 * h);
            error += (value - slope) ** 2;
            size += slope ** 2;
          });
        }
        return Math.sqrt(error / size);
      };
      // A kink (or another largest element of a window) within the step spoils it: the shorter, the rarer; float32 wants it long.
      const norm = Math.sqrt(total([...g.values()].map((part) => total(part, (value) => value * value))));
      const errors: number[] = [];
      for (const step of [3e-2, 1e-2, 3e-3, 1e-3]) errors.push(await difference(step / norm));
      expect(Math.min(...errors)).toBeLessThan(0.01);
    },
  );

  it('in one graph is what it is in two passes and in several batches', async () => {
    const network = zoo.get('resnet-20').build({ input: [3, 8, 8], classes: 3 });
    const context = full({ ...on(network, drawn(network)), data: noise([3, 8, 8], 6, 3) });
    const [batch] = context.data.shuffled(6, 6);
    if (batch === undefined) throw new Error('there is a batch');
    const g = await meanGradients(context, [batch], 200);
    const two = await hessianProducts(context, [batch], g, 200);
    expect(apart(await hessianGradientProduct(context, batch, 200), two)).toBeLessThan(1e-4);

    const plain = full(on(mlp, drawn(mlp)));
    const whole = await meanGradients(plain, mlpData().shuffled(12, 12));
    const one = await hessianProducts(plain, mlpData().shuffled(12, 12), whole, 1);
    expect(apart(await hessianProducts(plain, mlpData().shuffled(12, 5), whole, 1), one)).toBeLessThan(1e-5);
  });

  it('keeps what the paper keeps: on a convex bowl every weight scores its curvature times its magnitude squared', async () => {
    // Softmax regression is convex: w Hg > 0 where g points away from the optimum along w; the sum is w^T H g.
    const network = new NetworkBuilder('convex', [6]).dense('fc', 3, { bias: false }).build();
    const weights = drawn(network);
    const context = full(on(network, weights));
    const g = await meanGradients(context, mlpData().shuffled(12, 12));
    const Hg = await hessianProducts(context, mlpData().shuffled(12, 12), g, 1);
    let curvature = 0;
    for (const [name, part] of g)
      part.forEach((value, i) => (curvature += value * (Hg.get(name)?.[i] ?? NaN)));
    expect(curvature).toBeGreaterThan(0);
  });
});

describe('SynFlow', () => {
  it('is conserved by unit in a deep residual network whose flow leaves float32', async () => {
    const network = zoo.get('resnet-56').build({ input: [3, 32, 32], classes: 10 });
    const scores = await score('synflow', {
      ...on(network, drawn(network)),
      data: noise([3, 32, 32], 1, 10),
    });
    const sum = (name: string, of: (i: number) => boolean = () => true) =>
      total(scores.get(name) ?? [], (value, i) => (of(i) ? value : 0));
    const flow = sum('fc.weight');
    expect(flow).toBeGreaterThan(3.5e38);
    // The first convolution and the classifier cut every path: all of the flow passes them.
    expect(sum('conv1.weight') / flow).toBeCloseTo(1, 4);
    // Within a block, what enters a channel of the first convolution leaves it by the second.
    const [entering, leaving] = ['stage2.block3.conv1.weight', 'stage2.block3.conv2.weight'];
    for (const channel of [0, 7, 31]) {
      const into = sum(entering, (i) => Math.floor(i / 288) === channel);
      const out = sum(leaving, (i) => Math.floor(i / 9) % 32 === channel);
      expect(into / out).toBeCloseTo(1, 4);
    }
    for (const part of scores.values())
      expect(part.every((value) => value >= 0 && value < Infinity)).toBe(true);
  });

  it('looks at no data and ignores signs', async () => {
    const weights = drawn(mlp);
    const flipped = copyWeights(weights);
    for (const { data } of flipped.values()) data.forEach((w, i) => (data[i] = i % 2 ? -w : w));
    const scores = await score('synflow', on(mlp, weights));
    expect(await score('synflow', on(mlp, flipped, { data: noise([6], 3, 3, 9) }))).toEqual(scores);
  });

  it('lets biases flow in at their unit', async () => {
    const network = new NetworkBuilder('biased', [4]).dense('fc1', 5).relu().dense('fc2', 3).build();
    const weights = drawn(network);
    weights.get('fc1.bias')?.data.forEach((_, i, data) => (data[i] = -0.5 - i));
    const scores = await score('synflow', on(network, weights));
    const [w1, w2] = ['fc1.weight', 'fc2.weight'].map((name) => weights.get(name)?.data.map(Math.abs));
    for (let unit = 0; unit < 5; unit++) {
      const flowOut = [0, 1, 2].reduce((sum, o) => sum + (w2?.[o * 5 + unit] ?? NaN), 0);
      const into = [0, 1, 2, 3].reduce(
        (sum, i) => sum + (scores.get('fc1.weight')?.[unit * 4 + i] ?? NaN),
        0,
      );
      expect(into).toBeCloseTo(
        [0, 1, 2, 3].reduce((sum, i) => sum + (w1?.[unit * 4 + i] ?? NaN), 0) * flowOut,
        3,
      );
      const out = [0, 1, 2].reduce((sum, o) => sum + (scores.get('fc2.weight')?.[o * 5 + unit] ?? NaN), 0);
      expect(out - into).toBeCloseTo((0.5 + unit) * flowOut, 3);
    }
  });

  it('refuses layers that are not homogeneous, by name', async () => {
    await expect(score('synflow', on(gelu, drawn(gelu)))).rejects.toThrow(/Gelu 'soft'/);
  });
});
