import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Component } from '../../../../main/engine/network/coupling/components.ts';
import { coupling, type Coupling } from '../../../../main/engine/network/coupling/index.ts';
import { networkCost } from '../../../../main/engine/network/cost.ts';
import type { Network } from '../../../../main/engine/network/graph.ts';
import { maskedSet } from '../../../../main/engine/network/masked.ts';
import { shrink, type Shrunk } from '../../../../main/engine/network/shrink.ts';
import { componentMasks } from '../../../../main/engine/network/coupling/masks.ts';
import { cutWeights } from '../../../../main/engine/network/cut.ts';
import { zoo } from '../../../../main/engine/zoo/index.ts';
import { difference, runOnnx } from '../run.ts';
import { residualWithPads } from './networks.ts';
import { randomNetwork, show } from './random-network.ts';
import { inputOf, removeSome, sizedWeights, someOf } from './removal.ts';

/** Networks of the property tests: from a seed on, how many. More: ESPALIER_SEEDS=1000-5000. */
const [FIRST = 0, END = 300] = (process.env['ESPALIER_SEEDS'] ?? '0-300').split('-').map(Number);
const SHARES = [0.2, 0.5, 0.8];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Tries a property on generated networks; a failure says of which. */
function ofRandomNetworks(property: (network: Network, seed: number) => void): void {
  for (let seed = FIRST; seed < END; seed++) {
    const network = randomNetwork(seed);
    try {
      tf.tidy(() => property(network, seed));
    } catch (error) {
      throw new Error(`seed ${seed}\n${show(network)}`, { cause: error });
    }
  }
}

describe('a network without some channels', () => {
  it('computes what it computes with them set to zero', { timeout: 600_000 }, () => {
    let groups = 0;
    ofRandomNetworks((network, seed) => {
      const { apart, masked, found } = removeSome(network, SHARES[seed % 3] ?? 0.5, seed, {
        attention: seed % 2 === 0 ? 'heads' : 'width',
        grouped: seed % 5 === 0 ? 'whole' : 'relative',
      });
      groups += found.groups.length;
      expect(masked.data.every(Number.isFinite)).toBe(true);
      expect(apart).toBeLessThan(2e-5);
    });
    expect(groups).toBeGreaterThan(3 * (END - FIRST));
  });

  it('is what onnxruntime computes from its file', { timeout: 600_000 }, async () => {
    for (let seed = FIRST; seed < FIRST + 40; seed++) {
      const { compact, masked } = removeSome(randomNetwork(seed), 0.5, seed);
      const made = await runOnnx(compact.network, compact.weights, inputOf(compact.network));
      expect(difference(made, masked), `seed ${seed}`).toBeLessThan(5e-5);
    }
  });

  it('is the same whichever channel leaves first', () => {
    let [compared, grown] = [0, 0];
    ofRandomNetworks((network, seed) => {
      const weights = sizedWeights(network, seed);
      const found = coupling(network);
      const removed = someOf(found, 0.5, seed);
      const [first, second] = [removed.filter((_, i) => i % 2 === 0), removed.filter((_, i) => i % 2 === 1)];
      const once = shrink(network, found, removed);
      const half = shrink(network, found, first);
      const later = coupling(half.network);
      const rest = second.map((component) => moved(component, half.parts, later));
      // A grouped convolution whose groups have one channel left is a depthwise one: other channels go together then.
      if (rest.some((component) => component === undefined)) grown++;
      else {
        compared++;
        const twice = shrink(half.network, later, rest as Component[]);
        expect(twice.network).toEqual(once.network);
        expect(cutWeights(cutWeights(weights, half), twice)).toEqual(cutWeights(weights, once));
      }
    });
    expect(grown).toBeLessThan(compared / 10);
  });

  it('is the network itself when nothing leaves', () => {
    ofRandomNetworks((network) => {
      expect(shrink(network, coupling(network), []).network).toEqual(network);
    });
  });

  it('keeps something of every group', () => {
    const network = zoo.get('lenet-300-100').build({ input: [1, 28, 28], classes: 10 });
    const found = coupling(network);
    expect(() => shrink(network, found, found.groups[1]?.components ?? [])).toThrow(
      /Nothing would be left of 'fc2': all 100 units/,
    );
  });
});

/** The component of a smaller network that has the slices of one of the network before. */
function moved({ members }: Component, parts: Shrunk['parts'], { groups }: Coupling): Component | undefined {
  const key = (all: Component['members']) =>
    JSON.stringify(all.map(({ param, axis, indices }) => [param, axis, indices]));
  const wanted = key(
    members.map((member) => ({
      ...member,
      indices: member.indices.flatMap((index) => {
        const at = parts.get(member.param)?.indices[member.axis]?.indexOf(index) ?? -1;
        return at < 0 ? [] : [at];
      }),
    })),
  );
  return groups
    .flatMap(({ components }) => components)
    .find((component) => key(component.members) === wanted);
}

describe('every slice', () => {
  it('belongs to one component alone', () => {
    ofRandomNetworks((network) => {
      const { groups, held } = coupling(network);
      const seen = new Set<string>();
      for (const { components } of [...groups, ...held]) {
        for (const { members } of components) {
          for (const { param, axis, indices } of members) {
            for (const index of indices) {
              const slice = `${param}/${axis}: ${index}`;
              expect(seen.has(slice), slice).toBe(false);
              seen.add(slice);
            }
          }
        }
      }
    });
  });
});

describe('counts of a residual network', () => {
  const resnet = zoo.get('resnet-20').build({ input: [3, 32, 32], classes: 10 });
  const padded = residualWithPads();
  const all = () => true;
  const inner = ({ makers }: { makers: readonly string[] }) => makers.length === 1;
  const stage = ({ makers }: { makers: readonly string[] }) => makers.length > 1;
  const rows: [string, Network, (group: { makers: readonly string[] }) => boolean, number, number, number][] =
    [
      ['dense', resnet, all, 0, 272_474, 40_813_184],
      ['half of all channels', resnet, all, 0.5, 68_786, 10_314_048],
      ['three quarters of all channels', resnet, all, 0.25, 153_766, 23_040_480],
      ['a quarter of all channels', resnet, all, 0.75, 17_534, 2_633_888],
      ['half of the inner channels', resnet, inner, 0.5, 138_506, 20_759_168],
      ['half of the channels of stages', resnet, stage, 0.5, 135_938, 20_341_056],
      ['dense, with padded shortcuts', padded, all, 0, 269_722, 40_551_040],
      ['half of all, with padded shortcuts', padded, all, 0.5, 68_050, 10_248_512],
      ['half of the inner ones, with padded shortcuts', padded, inner, 0.5, 135_754, 20_497_024],
    ];
  for (const [title, network, of, share, parameters, macs] of rows) {
    it(`are right: ${title}`, () => {
      const found = coupling(network);
      const gone = found.groups
        .filter(of)
        .flatMap(({ components }) => components.slice(0, Math.round(components.length * share)));
      const cost = networkCost(shrink(network, found, gone).network);
      expect([cost.parameters, cost.macs]).toEqual([parameters, macs]);
    });
  }

  it('has its stages tied where shortcuts are padded, but for the padded channels', () => {
    const { groups } = coupling(padded);
    expect(groups.filter(stage).map(({ makers, components }) => [makers.length, components.length])).toEqual([
      [10, 16],
      [6, 16],
      [3, 32],
    ]);
  });
});

describe('the built-in networks', () => {
  for (const entry of zoo.items) {
    it(
      `${entry.id} computes the same without 20, 50 and 80 % of its channels`,
      { timeout: 600_000 },
      async () => {
        const network = entry.build({ input: entry.defaultInput, classes: 10 });
        const weights = sizedWeights(network, 1);
        const found = coupling(network);
        const inputs = inputOf(network);
        for (const share of SHARES) {
          const removed = someOf(found, share, 1);
          const smaller = shrink(network, found, removed);
          const masked = await runOnnx(network, maskedSet(weights, componentMasks(network, removed)), inputs);
          const compact = await runOnnx(smaller.network, cutWeights(weights, smaller), inputs);
          expect(difference(compact, masked)).toBeLessThan(1e-5);
        }
      },
    );
  }
});
