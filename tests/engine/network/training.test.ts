import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawDropoutMask, dropoutSites } from '../../../main/engine/network/dropout.ts';
import { forward } from '../../../main/engine/network/forward.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { normalTensor, oneOpNetwork, paramTensors, randomWeights, toTf } from './run.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Mean and sum of squared deviations of one channel of [batch, channels, pixels]. */
function channelMoments(
  data: Float32Array,
  batch: number,
  channels: number,
  pixels: number,
  channel: number,
) {
  const values: number[] = [];
  for (let n = 0; n < batch; n++)
    for (let p = 0; p < pixels; p++) values.push(data[(n * channels + channel) * pixels + p] ?? NaN);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    mean,
    squares: values.reduce((sum, value) => sum + (value - mean) ** 2, 0),
    count: values.length,
  };
}

describe('batch norm while training', () => {
  for (const shape of [
    [3, 2, 4, 5],
    [6, 2],
  ]) {
    it(`normalises by the batch and moves the running statistics as PyTorch does, rank ${shape.length}`, () => {
      const network = oneOpNetwork({
        op: 'BatchNorm',
        inputs: [shape],
        params: { scale: [2], shift: [2], mean: [2], variance: [2] },
        attrs: { momentum: 0.1, epsilon: 1e-5 },
      });
      const weights = randomWeights(network);
      const x = normalTensor(shape, 'x');
      const { logits, updates } = forward(network, paramTensors(weights), toTf(x), { training: true });
      const [batch = 0, channels = 0, ...rest] = shape;
      const pixels = rest.reduce((a, b) => a * b, 1);
      const y = logits.dataSync() as Float32Array;
      const param = (name: string, c: number) => weights.get(name)?.data[c] ?? NaN;
      for (let c = 0; c < channels; c++) {
        const { mean, squares, count } = channelMoments(x.data, batch, channels, pixels, c);
        const at = c * pixels;
        const expected =
          (((x.data[at] ?? NaN) - mean) / Math.sqrt(squares / count + 1e-5)) * param('scale', c) +
          param('shift', c);
        expect(y[at]).toBeCloseTo(expected, 4);
        expect(updates['mean']?.dataSync()[c]).toBeCloseTo(0.9 * param('mean', c) + 0.1 * mean, 5);
        const unbiased = squares / (count - 1);
        expect(updates['variance']?.dataSync()[c]).toBeCloseTo(
          0.9 * param('variance', c) + 0.1 * unbiased,
          5,
        );
      }
    });
  }
});

describe('dropout while training', () => {
  const network = new NetworkBuilder('dropping', [3, 8, 8]).conv('conv', 4).dropout(0.25).flatten().build();
  const weights = paramTensors(randomWeights(network));
  const x = toTf(normalTensor([2, 3, 8, 8], 'x'));

  it('multiplies by the mask, in the order of the logical layout', () => {
    const [site] = dropoutSites(network, 2);
    if (site === undefined) throw new Error('no dropout site');
    expect(site).toEqual({ node: 'dropout1', rate: 0.25, shape: [2, 4, 8, 8] });
    const mask = drawDropoutMask(site, Random.from(1, 'dropout'));
    const dropped = forward(network, weights, x, {
      training: true,
      dropoutMasks: { dropout1: toTf(mask) },
    }).logits.dataSync();
    const whole = forward(network, weights, x, { training: false }).logits.dataSync();
    whole.forEach((value, i) => expect(dropped[i]).toBeCloseTo(value * (mask.data[i] ?? NaN), 5));
  });

  it('draws masks whose mean is 1, the stated share of them zero', () => {
    const { data } = drawDropoutMask(
      { node: 'd', rate: 0.25, shape: [100, 1000] },
      Random.from(2, 'dropout'),
    );
    const zeros = data.filter((value) => value === 0).length;
    expect(zeros / data.length).toBeCloseTo(0.25, 2);
    expect(data.reduce((sum, value) => sum + value, 0) / data.length).toBeCloseTo(1, 2);
    expect(new Set(data).size).toBe(2);
  });

  it('asks for its mask by name', () => {
    expect(() => forward(network, weights, x, { training: true })).toThrow(/Dropout 'dropout1'/);
  });
});

it('reads the logits before a final softmax without computing it', () => {
  const network = new NetworkBuilder('probabilities', [5])
    .dense('fc', 3)
    .layer('probabilities', 'Softmax')
    .build();
  const withLogits = { ...network, outputs: ['probabilities', 'fc'] };
  const weights = paramTensors(randomWeights(network));
  const x = toTf(normalTensor([2, 5], 'x'));
  const { logits } = forward(withLogits, weights, x, { training: false });
  const probabilities = forward(network, weights, x, { training: false }).logits;
  const expected = tf.softmax(logits).dataSync();
  probabilities.dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 6));
});
