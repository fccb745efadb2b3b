import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { softmaxCrossEntropy } from '../../../main/engine/gradients/cross-entropy.ts';
import { networkCost } from '../../../main/engine/network/cost.ts';
import { forward } from '../../../main/engine/network/forward.ts';
import { trainableParams } from '../../../main/engine/network/graph.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import type { ZooEntry } from '../../../main/engine/zoo/entry.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import {
  difference,
  normalTensor,
  paramTensors,
  randomWeights,
  runOnnx,
  runTf,
  toTf,
} from '../network/run.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const built = (entry: ZooEntry) => entry.build({ input: entry.defaultInput, classes: 10 });

describe('published sizes', () => {
  /** Weight tensors, weights, all trained parameters, multiply-accumulates. Computed from the architectures' papers. */
  const sizes: Record<string, readonly [number, number, number, number]> = {
    'lenet-300-100': [3, 266_200, 266_610, 266_200],
    'lenet-5-caffe': [4, 430_500, 431_080, 2_293_000],
    'resnet-20': [22, 270_896, 272_474, 40_813_184],
    'resnet-32': [34, 464_432, 466_906, 69_124_736],
    'resnet-56': [58, 851_504, 855_770, 125_747_840],
  };
  for (const [id, expected] of Object.entries(sizes)) {
    it(id, () => {
      const { layers, prunable, parameters, macs } = networkCost(built(zoo.get(id)));
      const tensors = layers.filter((layer) => layer.prunable > 0).length;
      expect([tensors, prunable, parameters, macs]).toEqual(expected);
    });
  }
});

describe('every network', () => {
  for (const entry of zoo.items) {
    it(`${entry.id} computes in onnxruntime what it computes here, for any batch`, async () => {
      const network = built(entry);
      const weights = randomWeights(network);
      // Weights of a usable scale: the differences of very deep random networks would only measure their growth.
      for (const [name, values] of initialize(network, Random.from(1, 'weights')))
        if (network.params[name]?.role === 'weight') weights.set(name, values);
      for (const batch of [1, 3]) {
        const inputs = { input: normalTensor([batch, ...entry.defaultInput], `x${batch}`) };
        const ours = runTf(network, weights, inputs);
        expect(ours.shape).toEqual([batch, 10]);
        expect(difference(ours, await runOnnx(network, weights, inputs))).toBeLessThan(1e-4);
      }
    });

    it(`${entry.id} has a gradient for every trained parameter`, () => {
      // Small images: tfjs's reference backend needs a minute for a step of the larger networks on 32x32.
      const input = entry.id.startsWith('lenet') ? [1, 16, 16] : [3, 8, 8];
      const network = entry.build({ input, classes: 10 });
      const names = trainableParams(network);
      const fixed = paramTensors(initialize(network, Random.from(1, 'weights')));
      const x = toTf(normalTensor([2, ...input], 'x'));
      const labels = tf.tensor1d([3, 7], 'int32');
      const loss = (...values: tf.Tensor[]) => {
        const params = { ...fixed };
        names.forEach((name, i) => (params[name] = values[i] as tf.Tensor));
        return softmaxCrossEntropy(forward(network, params, x, { training: true }).logits, labels, 0);
      };
      const gradients = tf.grads(loss)(names.map((name) => fixed[name] as tf.Tensor));
      names.forEach((name, i) => {
        const norm = tf.norm(gradients[i] as tf.Tensor).dataSync()[0] ?? NaN;
        expect(norm, name).toBeGreaterThan(0);
        expect(Number.isFinite(norm), name).toBe(true);
      });
    });
  }

  it('fits other images and numbers of classes', () => {
    for (const { id } of zoo.items) {
      const network = zoo.get(id).build({ input: [1, 28, 28], classes: 7 });
      const weights = initialize(network, Random.from(2, 'weights'));
      expect(runTf(network, weights, { input: normalTensor([1, 1, 28, 28], 'x') }).shape).toEqual([1, 7]);
    }
  });

  it('names the layer that a too small image cannot pass', () => {
    expect(() => zoo.get('lenet-5-caffe').build({ input: [1, 8, 8], classes: 10 })).toThrow(/Conv2D 'conv2'/);
    expect(() => zoo.get('resnet-20').build({ input: [784], classes: 10 })).toThrow(/Conv2D 'conv1'/);
  });
});

it('refuses an unknown name and lists the known ones', () => {
  expect(() => zoo.get('lenet-9000', 'network')).toThrow(/lenet-9000/);
});
