import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainSpecSchema } from '../../../main/contract/recipe.ts';
import type { Backend } from '../../../main/engine/backend/backend.ts';
import { openBackend } from '../../../main/engine/backend/choose.ts';
import { applyMasks, copyWeights } from '../../../main/engine/compress/masks.ts';
import { readOnnx } from '../../../main/engine/formats/onnx/read/read.ts';
import { writeOnnx } from '../../../main/engine/formats/onnx/write.ts';
import type { MaskSet, Network, TensorData, WeightSet } from '../../../main/engine/network/graph.ts';
import { prunableParams, trainableParams } from '../../../main/engine/network/graph.ts';
import { wholeModel } from '../../../main/engine/network/model.ts';
import { TrainingModel } from '../../../main/engine/train/training-model.ts';
import { difference, normalTensor, runTf } from '../network/run.ts';
import * as convolutional from './exported/convolutional.ts';
import * as transformers from './exported/transformers.ts';

/** Classifiers as other programs write them, each with what must be among its layers once it is read. */
const models: Record<string, { bytes: () => Uint8Array; layers: string[]; batches?: number[] }> = {
  'ViT of timm': { bytes: transformers.timmViT, layers: ['LayerNorm', 'Gelu', 'MatMul', 'BatchConstant'] },
  'ViT of torchvision': { bytes: () => transformers.torchvisionViT('batch'), layers: ['LayerNorm', 'Gelu'] },
  'ViT of torchvision for one image': {
    bytes: () => transformers.torchvisionViT(1),
    layers: ['LayerNorm', 'Gelu'],
    batches: [1],
  },
  'Swin block': { bytes: () => transformers.swinBlock('batch'), layers: ['LayerNorm', 'Softmax'] },
  'Swin block for one image': {
    bytes: () => transformers.swinBlock(1),
    layers: ['LayerNorm', 'Softmax'],
    batches: [1],
  },
  'attention of Keras': { bytes: transformers.kerasAttention, layers: ['LayerNorm', 'Dense', 'MatMul'] },
  mixer: { bytes: transformers.mixer, layers: ['LayerNorm', 'Gelu'] },
  MobileNetV3: { bytes: convolutional.mobileNetV3, layers: ['HardSwish', 'HardSigmoid', 'BatchNorm'] },
  EfficientNet: { bytes: convolutional.efficientNet, layers: ['Silu', 'Pad', 'Sigmoid'] },
  ConvNeXt: { bytes: convolutional.convNext, layers: ['LayerNorm', 'Gelu', 'Mul'] },
  DenseNet: { bytes: convolutional.denseNet, layers: ['BatchNorm', 'Concat', 'AvgPool'] },
  ShuffleNet: { bytes: convolutional.shuffleNet, layers: ['Slice', 'Transpose'] },
  Inception: { bytes: convolutional.inception, layers: ['AvgPool', 'Concat'] },
  'up and down': { bytes: convolutional.upAndDown, layers: ['ConvTranspose2D', 'Resize'] },
  keywords: { bytes: convolutional.keywords, layers: ['BatchNorm', 'ConvTranspose2D'] },
  'normalised groups': { bytes: convolutional.groupNormalised, layers: ['GroupNorm'] },
  'small weights': { bytes: convolutional.smallWeights, layers: ['Dense'] },
};

async function runOrt(bytes: Uint8Array, x: TensorData): Promise<TensorData> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  try {
    const [name = ''] = session.outputNames;
    const output = (await session.run({ x: new Tensor('float32', x.data, x.shape) }))[name];
    if (output === undefined) throw new Error('no output');
    return { shape: output.dims, data: output.data as Float32Array };
  } finally {
    await session.release();
  }
}

const run = (network: Network, weights: WeightSet, x: TensorData) =>
  runTf({ ...network, outputs: network.outputs.slice(0, 1) }, weights, { x });

const sameData = (a: TensorData | undefined, b: TensorData | undefined) => a?.data.join() === b?.data.join();

/** The smaller half of every weight tensor. */
function halfMasks(network: Network, weights: WeightSet): MaskSet {
  return new Map(
    prunableParams(network).map((name) => {
      const { data = new Float32Array() } = weights.get(name) ?? {};
      const cut = Float32Array.from(data, Math.abs).sort()[Math.floor(data.length / 2)] ?? 0;
      return [name, Uint8Array.from(data, (value) => Number(Math.abs(value) >= cut))];
    }),
  );
}

describe('classifiers that other programs write', () => {
  let backend: Backend | undefined;
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });
  afterAll(() => backend?.dispose());

  for (const [title, { bytes: make, layers, batches = [1, 3] }] of Object.entries(models)) {
    it(`${title} is read, pruned, trained and written`, async () => {
      const bytes = make();
      const { network, weights } = readOnnx(bytes);
      const ops = new Set(network.nodes.map(({ op }) => op));
      for (const op of layers) expect([...ops]).toContain(op);
      const sample = network.inputs[0]?.shape ?? [];
      for (const batch of batches) {
        const x = normalTensor([batch, ...sample], 'x');
        expect(difference(run(network, weights, x), await runOrt(bytes, x))).toBeLessThan(1e-5);
      }

      const masks = halfMasks(network, weights);
      expect(masks.size).toBeGreaterThan(0);
      const pruned = copyWeights(weights);
      applyMasks(pruned, masks);
      const x = Float32Array.from(normalTensor([6, ...sample], 'batch').data);
      const y = Int32Array.from([0, 1, 2, 0, 1, 2]);
      backend = await openBackend({ device: 'onnxruntime', threads: 2 });
      const spec = trainSpecSchema.parse({ epochs: 1 });
      const trained = new TrainingModel(
        backend,
        { ...wholeModel({ network, weights: pruned }), masks },
        spec,
      );
      const losses: number[] = [];
      for (let step = 1; step <= 5; step++) {
        const { loss } = await trained.train({ x, y, size: 6 }, sample, 0.01, step);
        losses.push(loss);
      }
      const after = await trained.weights();
      trained.dispose();
      await tf.setBackend('cpu');
      expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
      // Nothing depends on a bias before a normalisation, or on one of attention's keys.
      const still = trainableParams(network).filter((name) => sameData(after.get(name), pruned.get(name)));
      const kinds = still.map((name) => network.params[name]?.role);
      expect(kinds.filter((role) => role !== 'bias' && role !== 'shift')).toEqual([]);
      expect(still.length).toBeLessThan(5);
      for (const [name, mask] of masks) {
        expect(after.get(name)?.data.every((value, i) => mask[i] === 1 || value === 0)).toBe(true);
      }

      const written = writeOnnx(network, after, { masks });
      const back = readOnnx(written);
      for (const batch of [1, 2]) {
        const x = normalTensor([batch, ...sample], 'y');
        const ours = run(network, after, x);
        expect(difference(ours, await runOrt(written, x))).toBeLessThan(1e-5);
        expect(difference(run(back.network, back.weights, x), ours)).toBeLessThan(1e-5);
      }
      expect(back.network.nodes.map(({ op }) => op)).toEqual(network.nodes.map(({ op }) => op));
    });
  }
});
