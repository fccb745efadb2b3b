import { beforeAll, describe, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import type { StructureSpec } from '../../../main/contract/structure.ts';
import type { ScoringContext } from '../../../main/engine/compress/criteria/criterion.ts';
import { Gates } from '../../../main/engine/compress/criteria/gates.ts';
import { criteria } from '../../../main/engine/compress/criteria/index.ts';
import { channel } from '../../../main/engine/compress/structures/channel.ts';
import type { Units } from '../../../main/engine/compress/structures/structure.ts';
import { prunableParams, type Network, type WeightSet } from '../../../main/engine/network/graph.ts';
import { runTf } from '../network/run.ts';
import { Graph } from '../network/coupling/graph.ts';
import { structures } from '../network/coupling/structures.ts';
import { sizedWeights } from '../network/coupling/removal.ts';
import { dataOf, full, noise, useBackend, weightsOf, type Scored } from './support.ts';
import { G, network as worked, SAMPLES, W } from './worked-group.ts';

const backend = useBackend('onnxruntime');
const plain = useBackend('cpu');

beforeAll(async () => {
  await tf.setBackend('cpu');
});

type Context = Pick<Scored, 'network' | 'weights'> & Partial<ScoringContext>;

/** A criterion's scores of channels, before they are compared with those of other groups unless the structure says so. */
async function ofChannels(id: string, context: Context, spec: StructureSpec = { normalise: 'none' }) {
  const criterion = criteria.get(id);
  const { network } = context;
  const params = prunableParams(network);
  const units = channel.units(network, params, spec, criterion);
  const scores = await criterion.score({
    ...full({
      data: noise(network.inputs[0]?.shape ?? [], 8, 3),
      backend: backend(),
      params: [...(units.scored ?? params)],
      units,
      ...context,
    }),
    batchNorm: criterion.batchNorm ?? 'evaluation',
  });
  return units.reduce(scores);
}

const near = (actual: ArrayLike<number> | undefined, expected: readonly number[], within = 1e-5) => {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(Math.abs((actual?.[i] ?? NaN) - value)).toBeLessThan(within));
};

describe('on the worked group', () => {
  const weights = weightsOf(worked, W);

  it('FPGM adds up distances between filters, over the mean of the layers that make a channel', async () => {
    const context = { network: worked, weights };
    near((await ofChannels('fpgm', context)).get('A'), [3.833394, 3.879332, 3.550765]);
    const columns = await ofChannels('fpgm', context, { members: 'readers', normalise: 'none' });
    near(columns.get('A'), [3.209021, 2.818071, 2.864814]);
  });

  it('LAMP compares the mean squares of slices with all that are at least as large', async () => {
    near((await ofChannels('lamp', { network: worked, weights }, {})).get('A'), [1, 0.211962, 0.379473]);
  });

  it('the slope along a gate is the sum of weight times gradient, and Fisher half its mean square over samples', () => {
    const slopes = (members: StructureSpec['members'], sample: number) => {
      const { coupled } = channel.units(worked, prunableParams(worked), { members }) as Required<Units>;
      const gates = new Gates(coupled);
      const sums = gates.cuts.map(({ param, axis }) => {
        const name = param as keyof typeof W;
        const factor = SAMPLES[name.charAt(0) as keyof typeof SAMPLES][sample] ?? NaN;
        const sum = new Float64Array(3);
        const columns = axis === 1 ? 3 : W[name].length / 3;
        W[name].forEach((w, i) => {
          const at = axis === 1 ? i % columns : Math.floor(i / columns);
          sum[at] = (sum[at] ?? 0) + w * G[name][i]! * factor;
        });
        return sum;
      });
      return gates.slopes(sums).get('A') ?? new Float64Array();
    };
    near(slopes('makers', 0), [-0.02, -0.1, -0.02]);
    near(slopes('makers', 1), [-0.03, -0.25, 0.05]);
    near(slopes('makers', 2), [0.01, 0.175, -0.09]);
    near(slopes('readers', 1).map(Math.abs), [0, 0.19, 0.003]);
    const fisher = [0, 1, 2].map((c) =>
      [0, 1, 2].reduce((sum, sample) => sum + 0.5 * (slopes('makers', sample)[c] ?? NaN) ** 2 / 3, 0),
    ); // prettier-ignore
    near(fisher, [0.000233, 0.017188, 0.001833], 1e-6);
  });
});

/** Networks with a constant of ones on the channels that the last weights read: gates that can be turned. */
const gated: Readonly<Record<string, () => Network>> = {
  'a batch norm, a sigmoid and padding'() {
    const g = new Graph([2, 5, 5]);
    const x = g.add('Sigmoid', [g.norm(g.conv(g.x, 4))]);
    return g.build(g.classify(g.relu(g.conv(gate(g, x, [4, 1, 1]), 3))));
  },
  'a sum of two norms that two layers read'() {
    const g = new Graph([2, 5, 5]);
    const branch = () => g.norm(g.conv(g.x, 4, { bias: false }));
    const x = gate(g, g.relu(g.sum(branch(), branch())), [4, 1, 1]);
    return g.build(g.classify(g.sum(g.conv(x, 3), g.add('Tanh', [g.conv(x, 3, { kernel: 1 })]))));
  },
  'a flattening and a dense layer'() {
    const g = new Graph([2, 4, 4]);
    return g.build(g.dense(g.add('Flatten', [gate(g, g.relu(g.conv(g.x, 4)), [4, 1, 1])]), 3));
  },
  'a grouped convolution'() {
    const g = new Graph([2, 4, 4]);
    return g.build(g.classify(g.conv(gate(g, g.relu(g.conv(g.x, 4)), [4, 1, 1]), 6, { group: 2 })));
  },
  'values joined, each with a norm of its own'() {
    const g = new Graph([2, 4, 4]);
    const [a, b] = [g.norm(g.conv(g.x, 4)), g.relu(g.conv(g.x, 3))];
    return g.build(g.classify(g.conv(g.join(gate(g, a, [4, 1, 1]), b), 3)));
  },
};

const GATE = 'gate';

function gate(g: Graph, x: string, shape: readonly number[]): string {
  return g.add('Mul', [x], {}, { constant: g.param(GATE, shape, 'shift') });
}

describe('the slope of the loss along a gate, by finite differences of the gate', () => {
  const samples = 6;
  for (const [title, build] of Object.entries(gated)) {
    it(`behind ${title}`, async () => {
      const network = build();
      const weights = sizedWeights(network, 3);
      weights.get(GATE)?.data.fill(1);
      const shape = network.inputs[0]?.shape ?? [];
      const data = noise(shape, samples, 3);
      const group = channel
        .units(network, prunableParams(network), {})
        .coupled?.groups.find(({ components: [first] }) =>
          first?.members.some(({ param }) => param === GATE),
        );
      const slope = (of: readonly number[]) =>
        (group?.components ?? []).map(({ members }) => {
          const turned = members.filter(({ param }) => param === GATE).flatMap(({ indices }) => [...indices]);
          const loss = (change: number) => lossOf(network, turnedBy(weights, turned, change), data, of);
          return (loss(H) - loss(-H)) / (2 * H);
        });
      const all = Array.from({ length: samples }, (_, i) => i);
      const batch = slope(all);
      const taylor = await ofChannels('taylor', { network, weights, data: noise(shape, samples, 3) });
      const scale = Math.max(...batch.map(Math.abs));
      expect(scale).toBeGreaterThan(1e-3);
      near(taylor.get(group?.name ?? '')?.map(Math.sqrt), batch.map(Math.abs), scale * 0.01);
      const single = all.map((i) => slope([i]));
      const fisher = await ofChannels('fisher', { network, weights, data: noise(shape, samples, 3) });
      const expected = batch.map((_, c) =>
        single.reduce((sum, own) => sum + (0.5 * (own[c] ?? NaN) ** 2) / samples, 0),
      );
      near(fisher.get(group?.name ?? ''), expected, Math.max(...expected) * 0.01);
    });
  }
});

/** Step of finite differences: float32's rounding and the curvature weigh about the same. */
const H = 0.02;

function turnedBy(weights: WeightSet, indices: readonly number[], change: number): WeightSet {
  const { shape, data } = weights.get(GATE) ?? { shape: [], data: new Float32Array() };
  const turned = data.map((value, i) => (indices.includes(i) ? value + change : value));
  return new Map([...weights, [GATE, { shape, data: turned }]]);
}

/** Mean cross-entropy of some of the samples, by hand from logits of another backend. */
function lossOf(
  network: Network,
  weights: WeightSet,
  data: ReturnType<typeof noise>,
  of: readonly number[],
): number {
  const [batch] = data.shuffled(1000, 1000);
  if (batch === undefined) return NaN;
  const logits = runTf(network, weights, { x: { shape: [batch.size, ...data.sampleShape], data: batch.x } });
  const losses = of.map((n) => {
    const row = Array.from(logits.data.subarray(n * 3, n * 3 + 3));
    const total = row.reduce((sum, z) => sum + Math.exp(z), 0);
    return Math.log(total) - (row[batch.y[n] ?? 0] ?? NaN);
  });
  return losses.reduce((sum, loss) => sum + loss / of.length, 0);
}

describe('activations', () => {
  it('are means of |x| over samples and positions, where channels are read', async () => {
    const g = new Graph([1, 2, 2]);
    const a = g.relu(g.conv(g.x, 2, { kernel: 1 }));
    const network = g.build(g.classify(g.conv(a, 3, { kernel: 1 })));
    const weights = sizedWeights(network, 1);
    weights.get('conv2d0.weight')?.data.set([2, -1]);
    weights.get('conv2d0.bias')?.data.set([0, 1]);
    const data = dataOf([1, 2, 2], Float32Array.of(1, -1, 3, -2, 0, 5, -4, 2), Int32Array.of(0, 1));
    const scores = await ofChannels('activation', { network, weights, data });
    // relu(2 x): 2, 0, 6, 0, 0, 10, 0, 4; relu(1 - x): 0, 2, 0, 3, 1, 0, 5, 0.
    near(scores.get('conv2d0'), [22 / 8, 11 / 8]);
  });

  it('where layers read at two places, before and behind a norm, are the mean of both', async () => {
    const g = new Graph([1, 2, 2]);
    const a = g.conv(g.x, 2, { kernel: 1, bias: false });
    const b = g.relu(g.norm(a));
    const network = g.build(g.classify(g.sum(g.conv(a, 3, { kernel: 1 }), g.conv(b, 3, { kernel: 1 }))));
    const weights = weightsOf(network, {
      'conv2d0.weight': [1, -2],
      'batchnorm1.scale': [1, 2],
      'batchnorm1.shift': [0, 1],
      'batchnorm1.variance': [1 - 1e-5, 1 - 1e-5],
    });
    const data = dataOf([1, 2, 2], Float32Array.of(1, -1, 3, -2), Int32Array.of(0));
    const scores = await ofChannels('activation', { network, weights, data });
    // |x|: 7 / 4 and 14 / 4; relu(x): 4 / 4; relu(1 - 4 x): 5 and 9 of 4.
    near(scores.get('conv2d0'), [(7 / 4 + 1) / 2, (14 / 4 + 14 / 4) / 2], 1e-4);
  });
});

describe('FPGM', () => {
  const g = new Graph([3, 4, 4]);
  const network = g.build(g.classify(g.conv(g.conv(g.x, 5), 4)));

  it('prunes a filter that another one repeats before all others', async () => {
    const weights = sizedWeights(network, 2);
    const filters = weights.get('conv2d0.weight')?.data ?? new Float32Array();
    // Filter 3 lies between 0 and 1 and repeats 2.
    filters.copyWithin(3 * 27, 2 * 27, 3 * 27);
    for (let i = 0; i < 27; i++) {
      const middle = ((filters[i] ?? 0) + (filters[27 + i] ?? 0)) / 2;
      filters[2 * 27 + i] = middle;
      filters[3 * 27 + i] = middle;
    }
    const scores = [...((await ofChannels('fpgm', { network, weights })).get('conv2d0') ?? [])];
    const order = scores.map((_, i) => i).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
    expect(order.slice(0, 2).sort()).toEqual([2, 3]);
  });

  it('does not change when all filters of a layer are moved alike', async () => {
    const weights = sizedWeights(network, 2);
    const before = await ofChannels('fpgm', { network, weights });
    const filters = weights.get('conv2d0.weight')?.data ?? new Float32Array();
    filters.forEach((value, i) => (filters[i] = value + Math.sin(i % 27)));
    const after = await ofChannels('fpgm', { network, weights });
    near(after.get('conv2d0'), [...(before.get('conv2d0') ?? [])]);
  });

  it('knows no filters that are pruned already', async () => {
    const weights = sizedWeights(network, 2);
    const mask = new Uint8Array(5 * 27).fill(1).fill(0, 4 * 27);
    const masks = new Map([['conv2d0.weight', mask]]);
    const scores = await ofChannels('fpgm', { network, weights, masks });
    const four = new Graph([3, 4, 4]);
    const fewer = four.build(four.classify(four.conv(four.conv(four.x, 4), 4)));
    const own = sizedWeights(fewer, 2);
    own.get('conv2d0.weight')?.data.set(weights.get('conv2d0.weight')?.data.subarray(0, 4 * 27) ?? []);
    const alone = await ofChannels('fpgm', { network: fewer, weights: own });
    near(scores.get('conv2d0')?.slice(0, 4), [...(alone.get('conv2d0') ?? [])]);
  });
});

/** Rows of the table of structures of which every criterion has to make something. */
const rows = Object.entries(structures).filter(([title]) =>
  /^(6|12|21): |^14: .*whole|^17: the width/.test(title),
);

describe('every criterion', () => {
  for (const criterion of criteria.items) {
    if (criterion.comparesWithInitial === true) continue;
    it(`${criterion.id} ranks the channels of every group, or says why it does not`, async () => {
      let ranked = 0;
      for (const [title, { network: build, options }] of rows) {
        const network = build();
        if (network.inputs.length > 1) continue;
        const refused = criterion.unfit?.(network);
        if (refused !== undefined) {
          expect(refused.problem.remedy, title).toMatch(/criterion/);
          continue;
        }
        const scores = await ofChannels(
          criterion.id,
          { network, weights: sizedWeights(network, 1), backend: plain() },
          { ...options },
        );
        expect(scores.size, title).toBeGreaterThan(0);
        for (const part of scores.values()) {
          expect([...part].every(Number.isFinite), title).toBe(true);
          // Of two filters each is as far from the other.
          if (part.length > 2) expect(new Set(part).size, title).toBeGreaterThan(1);
          ranked++;
        }
      }
      expect(ranked).toBeGreaterThan(1);
    });
  }
});

describe('SynFlow of channels', () => {
  it('is the same over what makes a channel and over what reads it', async () => {
    const g = new Graph([2, 6, 6]);
    const x = g.relu(g.conv(g.x, 5, { bias: false }));
    const y = g.relu(g.sum(g.conv(x, 4, { bias: false }), g.conv(x, 4, { kernel: 1, bias: false })));
    const network = g.build(g.dense(g.add('Flatten', [y]), 3, false));
    const weights = sizedWeights(network, 5);
    const by = (members: StructureSpec['members']) =>
      ofChannels('synflow', { network, weights }, { members, pool: 'sum', normalise: 'none' });
    const [makers, readers] = [await by('makers'), await by('readers')];
    expect([...makers.keys()]).toHaveLength(2);
    for (const [name, scores] of makers)
      scores.forEach((score, i) => expect((readers.get(name)?.[i] ?? NaN) / score).toBeCloseTo(1, 5));
  });
});
