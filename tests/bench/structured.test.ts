import { describe, expect, it } from 'vitest';
import { causesOf, causeWords } from '../../bench/structured/causes.ts';
import { narrower } from '../../bench/structured/narrower.ts';
import { Random } from '../../main/engine/base/random.ts';
import { networkCost } from '../../main/engine/network/cost.ts';
import { initialize } from '../../main/engine/network/initialize.ts';
import { zoo } from '../../main/engine/zoo/index.ts';

const network = zoo.get('vgg-like').build({ input: [3, 32, 32], classes: 10 });
const weights = initialize(network, Random.from(1, 'weights'));
const macs = (of: typeof network) => networkCost(of).macs;

describe('the benchmark of networks that channels have left', () => {
  it('makes them as recipes do, with widths in multiples where asked', () => {
    for (const [fewer, multiple] of [
      [2, 1],
      [4, 16],
    ] as const) {
      const one = narrower({ network, weights }, fewer, multiple);
      expect(Math.abs(macs(network) / macs(one.network) / fewer - 1)).toBeLessThan(0.02);
      const outputs = Object.values(one.network.params).filter(({ role }) => role === 'weight');
      for (const { shape } of outputs.slice(0, -1)) expect((shape[0] ?? 0) % multiple).toBe(0);
      expect(one.masks.size).toBeGreaterThan(0);
    }
  });

  it('says where time goes that fewer operations do not save: what is lost adds up to the miss', () => {
    const { network: smaller } = narrower({ network, weights }, 4, 1);
    const layers = networkCost(network).layers.filter((layer) => layer.macs > 0);
    const times = (ms: number) => new Map(layers.map(({ name }) => [name, ms]));
    const dense = { network, times: times(2), call: 2 * layers.length + 1 };
    const slow = layers[1]?.name ?? '';
    const compact = { network: smaller, times: times(0.5).set(slow, 3), call: 0.5 * layers.length + 3.5 };
    const causes = causesOf(dense, compact);
    expect(causes[0]).toMatchObject({ layer: slow, dense: 2, compact: 3 });
    const promised = macs(network) / macs(smaller);
    expect(causes.reduce((sum, { lost }) => sum + lost, 0)).toBeCloseTo(
      compact.call - dense.call / promised,
      9,
    );
    expect(causeWords({ layer: 'conv1', dense: 1, compact: 0.5, lost: 0.25, fewer: 4 })).toBe(
      'conv1 0.250 (4.0x fewer MACs, 2.0x faster)',
    );
  });
});
