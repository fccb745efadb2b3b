import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../../main/engine/data/load.ts';
import { evaluateOnnx } from '../../../main/engine/evaluate/parity.ts';
import { writeOnnx } from '../../../main/engine/formats/onnx/write.ts';
import { writeSafetensors } from '../../../main/engine/formats/safetensors/write.ts';
import { assignWeights } from '../../../main/engine/formats/weights/assign.ts';
import { readTensors } from '../../../main/engine/formats/weights/read.ts';
import { loadNetwork } from '../../../main/engine/run/network-source.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';
import { missingData, sharedData } from '../../support/shared-data.ts';

const folder = temporaryFolder();
const like = { sampleShape: [1, 28, 28], classes: Array.from({ length: 10 }, (_, i) => String(i)) };

/** An array file of NumPy: a header of text, then the numbers. */
function npy(shape: readonly number[], data: Float32Array): Uint8Array {
  const dims = shape.map((dim) => `${dim},`).join('');
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dims}), }`;
  const padded = header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11) + '\n';
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, padded.length & 255, padded.length >> 8]);
  return Buffer.concat([
    start,
    strToU8(padded),
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ]);
}

describe('weights that are drawn', () => {
  it('are drawn as the recipe says, from the same seed', async () => {
    const recipe = { network: 'lenet-300-100', seed: 4, dense: {} as never };
    const drawn = async (init?: 'lecun-normal') =>
      (await loadNetwork({ ...recipe, init }, like, folder)).weights.get('fc1.weight')?.data ?? [];
    const deviation = (data: ArrayLike<number>) =>
      Math.sqrt(Array.from(data, (value) => value ** 2).reduce((a, b) => a + b) / data.length);
    expect(deviation(await drawn('lecun-normal')) / Math.sqrt(1 / 784)).toBeCloseTo(1, 2);
    expect(deviation(await drawn()) / Math.sqrt(2 / (784 + 300))).toBeCloseTo(1, 2);
  });
});

describe('weights of a file for a network of the zoo', () => {
  const recipe = { network: 'lenet-300-100', seed: 1, dense: undefined };

  it('come back from what Espalier exports, and from NumPy', async () => {
    const { network } = await loadNetwork({ ...recipe, dense: {} as never }, like, folder);
    const weights = initialize(network, Random.from(3, 'others'));
    const tensors = [...weights].map(([name, { shape, data }]) => ({
      name,
      dtype: 'F32' as const,
      shape,
      data,
    }));
    await writeFile(join(folder, 'w.safetensors'), writeSafetensors(tensors));
    await writeFile(
      join(folder, 'w.npz'),
      zipSync(Object.fromEntries(tensors.map(({ name, shape, data }) => [`${name}.npy`, npy(shape, data)]))),
    );
    for (const file of ['w.safetensors', 'w.npz']) {
      const loaded = await loadNetwork({ ...recipe, weights: file }, like, folder);
      expect(loaded.trained).toBe(true);
      expect([...(loaded.weights.get('fc2.weight')?.data ?? [])]).toEqual([
        ...(weights.get('fc2.weight')?.data ?? []),
      ]);
    }
  });

  it('say what is missing or of another shape', async () => {
    const one = writeSafetensors([
      { name: 'fc1.weight', dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) },
    ]);
    await writeFile(join(folder, 'one.safetensors'), one);
    await expect(loadNetwork({ ...recipe, weights: 'one.safetensors' }, like, folder)).rejects.toEqual(
      problemWith({ code: 'weights/shape', field: 'fc1.weight', file: 'one.safetensors' }),
    );
    await writeFile(join(folder, 'none.safetensors'), writeSafetensors([]));
    await expect(loadNetwork({ ...recipe, weights: 'none.safetensors' }, like, folder)).rejects.toEqual(
      problemWith({ code: 'weights/missing', field: 'fc1.weight' }),
    );
    await expect(loadNetwork({ ...recipe, network: './one.safetensors' }, like, folder)).rejects.toEqual(
      problemWith({ code: 'model/weights-only' }),
    );
  });
});

const burn = 'models/safetensors/burn_mnist.safetensors';
it.skipIf(missingData(burn) !== '' || missingData('mnist') !== '')(
  `PyTorch's names are found, and the network is right as often as measured elsewhere${missingData(burn)}`,
  async () => {
    const network = new NetworkBuilder('burn', [1, 28, 28])
      .conv('conv1', 8, { pad: 0 })
      .relu()
      .conv('conv2', 16, { pad: 0 })
      .relu()
      .conv('conv3', 24, { pad: 0 })
      .relu()
      .batchNorm('norm1')
      .flatten()
      .dense('fc1', 32)
      .relu()
      .dense('fc2', 10)
      .batchNorm('norm2')
      .build();
    const tensors = await readTensors(burn, sharedData(''));
    const { weights, unused } = assignWeights(network, tensors, burn);
    expect(unused).toEqual([]);
    const dataset = await loadDataset(
      {
        ...{
          kind: 'idx',
          path: sharedData('mnist'),
          validation: 0,
          test: 0.2,
          normalize: 'none',
          layout: 'auto',
        },
        constants: { mean: [0.1307], std: [0.3081] },
      },
      { seed: 1, baseFolder: '/' },
    );
    const { accuracy } = await evaluateOnnx(writeOnnx(network, weights), dataset, { threads: 2 });
    expect(accuracy).toBeCloseTo(0.9917, 3);
  },
);
