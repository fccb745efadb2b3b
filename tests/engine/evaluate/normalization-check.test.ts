import { describe, expect, it } from 'vitest';
import { assemble } from '../../../main/engine/data/assemble.ts';
import { givenNormalization } from '../../../main/engine/data/normalize.ts';
import type { Dataset } from '../../../main/engine/data/dataset.ts';
import { checkNormalization } from '../../../main/engine/evaluate/normalization-check.ts';
import type { Network, WeightSet } from '../../../main/engine/network/graph.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { problemWith } from '../../support/problem.ts';

/** Bytes of four pixels: class 0 below `threshold`, class 1 above it. */
function pixels(threshold: number, normalize: 'standard' | 'unit' | 'none', swap = false): Dataset {
  const random = Random.from(1, 'pixels');
  const size = 400;
  const labels = Int32Array.from({ length: size }, (_, i) => i % 2);
  const values = Uint8Array.from({ length: size * 4 }, (_, i) => {
    const bright = labels[i >> 2] === 1;
    return Math.floor(
      (bright ? threshold + 2 : 0) + random.float() * (bright ? 253 - threshold : threshold - 2),
    );
  });
  return assemble(
    {
      name: 'pixels',
      classes: ['dark', 'bright'],
      sampleShape: [1, 2, 2],
      train: { values, labels: swap ? labels.map((label) => 1 - label) : labels },
    },
    { normalize, validation: 0, test: 0.2, seed: 1, source: 'pixels' },
  );
}

/** Logits [t, mean of the pixels]. */
function thresholdNetwork(threshold: number): { network: Network; weights: WeightSet } {
  const network: Network = {
    name: 'threshold',
    inputs: [{ name: 'x', shape: [1, 2, 2] }],
    outputs: ['y'],
    nodes: [
      { name: 'flat', op: 'Flatten', inputs: ['x'], outputs: ['flat'], params: {}, attrs: {} },
      {
        name: 'y',
        op: 'Dense',
        inputs: ['flat'],
        outputs: ['y'],
        params: { weight: 'w', bias: 'b' },
        attrs: {},
      },
    ],
    params: {
      w: { shape: [2, 4], role: 'weight', init: { kind: 'zeros' } },
      b: { shape: [2], role: 'bias', init: { kind: 'zeros' } },
    },
  };
  const weights: WeightSet = new Map([
    ['w', { shape: [2, 4], data: Float32Array.of(0, 0, 0, 0, 0.25, 0.25, 0.25, 0.25) }],
    ['b', { shape: [2], data: Float32Array.of(threshold, 0) }],
  ]);
  return { network, weights };
}

describe('checkNormalization', () => {
  it('says what a network expects that gets something else', async () => {
    const raw = thresholdNetwork(200);
    const check = await checkNormalization(raw.network, raw.weights, pixels(200, 'unit'));
    expect(check.accuracy).toBe(0.5);
    expect(check.better).toMatchObject({ recipe: 'normalize: none', accuracy: 1 });
    expect(check.warnings[0]).toMatch(/expect 0\.\.255.*50 % right, and 100 %.*`normalize: none`/);
    const unit = thresholdNetwork(200 / 255);
    const other = await checkNormalization(unit.network, unit.weights, pixels(200, 'none'));
    expect(other.better?.recipe).toBe('normalize: unit');
  });

  it('tells how every way did, the best first, and what to set for each', async () => {
    const raw = thresholdNetwork(200);
    const { tried } = await checkNormalization(raw.network, raw.weights, pixels(200, 'unit'));
    expect(tried[0]).toEqual({ label: '0..255', accuracy: 1, used: false, set: { normalize: 'none' } });
    expect(tried.filter(({ used }) => used)).toEqual([
      { label: '0..1', accuracy: 0.5, used: true, set: { normalize: 'unit' } },
    ]);
    expect(tried.map(({ label }) => label)).toContain("MNIST's constants");
    expect(tried.map(({ accuracy }) => accuracy)).toEqual(
      tried.map(({ accuracy }) => accuracy).sort((a, b) => b - a),
    );
    // Taken into the recipe, constants do what was tried.
    const minus = tried.find(({ label }) => label === '-1..1');
    const data = pixels(200, 'none');
    const constants = minus?.set.constants ?? { mean: [], std: [] };
    const again = await checkNormalization(raw.network, raw.weights, {
      ...data,
      normalization: givenNormalization(data.train, data.sampleShape, constants),
    });
    expect(again.accuracy).toBe(minus?.accuracy);
    expect(again.tried.find(({ used }) => used)?.label).toBe('-1..1');
  });

  it('is silent when the network gets what it expects', async () => {
    const { network, weights } = thresholdNetwork(200 / 255);
    expect(await checkNormalization(network, weights, pixels(200, 'unit'))).toMatchObject({
      accuracy: 1,
      better: null,
      warnings: [],
      tried: [{ label: '0..1', accuracy: 1, used: true }],
    });
  });

  it('sees classes in another order', async () => {
    const { network, weights } = thresholdNetwork(200 / 255);
    const { warnings } = await checkNormalization(network, weights, pixels(200, 'unit', true));
    expect(warnings[0]).toMatch(/another order.*dark as bright, bright as dark.*100 %.*instead of 0 %/);
  });
});

describe('givenNormalization', () => {
  const split = (values: Uint8Array | Float32Array) => ({ size: 1, values, labels: new Int32Array(1) });

  it('takes constants for bytes as if these went from 0 to 1', () => {
    const given = { mean: [0.5, 0.25], std: [0.1] };
    expect(givenNormalization(split(new Uint8Array(2)), [2, 1, 1], given)).toEqual({
      mean: [127.5, 63.75],
      std: [25.5, 25.5],
    });
    expect(givenNormalization(split(new Float32Array(2)), [2], given).mean).toEqual([0.5, 0.25]);
  });

  it('refuses another number of constants than channels', () => {
    expect(() => givenNormalization(split(new Uint8Array(3)), [3, 1, 1], { mean: [0, 0], std: [1] })).toThrow(
      problemWith({ field: 'data.constants.mean' }),
    );
  });
});
