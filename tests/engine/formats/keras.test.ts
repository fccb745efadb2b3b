import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../../main/engine/data/load.ts';
import { evaluateOnnx } from '../../../main/engine/evaluate/parity.ts';
import { writeOnnx } from '../../../main/engine/formats/onnx/write.ts';
import { readModel } from '../../../main/engine/formats/read.ts';
import { networkCost } from '../../../main/engine/network/cost.ts';
import { fitToData } from '../../../main/engine/network/fit.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';
import { missingData, sharedData } from '../../support/shared-data.ts';

const folder = temporaryFolder();
const models = sharedData('models');
const skip = missingData('models/keras') !== '';

describe(`other people's Keras models${missingData('models/keras')}`, () => {
  it.skipIf(skip)('reads .h5, .hdf5 and .keras with their sizes', async () => {
    const parameters = async (file: string) =>
      networkCost((await readModel(`keras/${file}`, models)).network).parameters;
    expect(await parameters('mlperf_tiny_resnet8_cifar10.h5')).toBe(78_186);
    expect(await parameters('fer2013_mini_XCEPTION.102-0.66.hdf5')).toBe(56_951);
    expect(await parameters('tensorspace_keras216_mnist.h5')).toBe(44_426);
    expect(await parameters('asl_keypoint_classifier.keras')).toBe(16_782);
  });

  it.skipIf(skip || missingData('models/tfjs-layers') !== '')(
    'finds the same numbers in both formats of one network',
    async () => {
      const h5 = await readModel('keras/tensorspace_keras216_mnist.h5', models);
      const tfjs = await readModel('tfjs-layers/tensorspace-keras-mnist/model.json', models);
      expect(h5.network.nodes.map((node) => node.op)).toEqual(tfjs.network.nodes.map((node) => node.op));
      for (const [name, { shape, data }] of tfjs.weights) {
        expect(h5.weights.get(name)?.shape, name).toEqual(shape);
        expect([...(h5.weights.get(name)?.data ?? [])], name).toEqual([...data]);
      }
    },
  );

  const cifar = 'cifar10-lossless-4000/data_batch_first4000.bin';
  it.skipIf(skip || missingData(cifar) !== '')(
    `ResNet-8 is right as often as measured elsewhere${missingData(cifar)}`,
    async () => {
      const { network, weights } = await readModel('keras/mlperf_tiny_resnet8_cifar10.h5', models);
      const dataset = await loadDataset(
        {
          ...{ kind: 'cifar', path: sharedData(cifar), variant: 'auto', labels: 'fine' },
          validation: 0,
          test: 0.5,
          normalize: 'none',
        },
        { seed: 1, baseFolder: '/' },
      );
      const fitted = fitToData({ network, weights }, dataset, 'resnet8.h5').network;
      const bytes = writeOnnx(fitted, weights);
      let right = 0;
      for (const part of ['train', 'test'] as const) {
        const { accuracy, samples } = await evaluateOnnx(bytes, dataset, { part, threads: 2 });
        right += accuracy * samples;
      }
      expect(right / 4000).toBeCloseTo(0.9298, 3);
    },
  );

  it.skipIf(skip)('names the place in damaged files', async () => {
    const whole = readFileSync(join(models, 'keras/tensorspace_keras216_mnist.h5'));
    const archive = readFileSync(join(models, 'keras/asl_keypoint_classifier.keras'));
    const refused = async (bytes: Uint8Array): Promise<void> => {
      await writeFile(join(folder, 'bad'), bytes);
      await expect(readModel('./bad', folder)).rejects.toEqual(problemWith({ kind: 'input', file: './bad' }));
    };
    await refused(whole.subarray(0, 2000));
    await refused(whole.subarray(0, whole.length >> 1));
    await refused(archive.subarray(0, archive.length - 30));
    await refused(archive.subarray(0, 100));
  });
});
