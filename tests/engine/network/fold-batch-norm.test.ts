import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { foldBatchNorm } from '../../../main/engine/network/fold-batch-norm.ts';
import type { Network } from '../../../main/engine/network/graph.ts';
import { verifyNetwork, verifyWeights } from '../../../main/engine/network/verify.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { difference, normalTensor, randomWeights, runTf } from './run.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const norms = (network: Network) => network.nodes.filter((node) => node.op === 'BatchNorm').length;

describe('foldBatchNorm', () => {
  it('computes the same with fewer layers, and keeps zeros', () => {
    const network = new NetworkBuilder('n', [2, 6, 6])
      .conv('c1', 3, { bias: false })
      .batchNorm('b1')
      .relu()
      .depthwise('c2')
      .batchNorm('b2')
      .flatten()
      .dense('d', 4)
      .batchNorm('b3')
      .build();
    const weights = randomWeights(network);
    weights.get('c1.weight')?.data.fill(0, 0, 20);
    const folded = foldBatchNorm(network, weights);
    verifyNetwork(folded.network);
    verifyWeights(folded.network, folded.weights);
    expect(norms(folded.network)).toBe(0);
    expect(folded.weights.get('c1.weight')?.data.subarray(0, 20)).toEqual(new Float32Array(20));
    const input = normalTensor([3, 2, 6, 6], 'x');
    expect(
      difference(runTf(folded.network, folded.weights, { input }), runTf(network, weights, { input })),
    ).toBeLessThan(1e-5);
    expect(norms(network)).toBe(3);
  });

  it('folds every normalisation of a residual network', () => {
    const network = zoo.get('resnet-20').build({ input: [3, 32, 32], classes: 10 });
    expect(norms(network)).toBeGreaterThan(10);
    expect(norms(foldBatchNorm(network, randomWeights(network)).network)).toBe(0);
  });

  it('leaves a layer alone that others read or share', () => {
    const builder = new NetworkBuilder('n', [2, 6, 6]).conv('c', 2);
    const before = builder.value;
    const read = builder.batchNorm('b').add(before).build();
    expect(norms(foldBatchNorm(read, randomWeights(read)).network)).toBe(1);
    const shared = new NetworkBuilder('n', [2, 6, 6])
      .conv('c', 2)
      .batchNorm('b')
      .layer('again', 'Conv2D', { pads: [1, 1, 1, 1] }, { weight: 'c.weight' })
      .build();
    expect(norms(foldBatchNorm(shared, randomWeights(shared)).network)).toBe(1);
  });
});
