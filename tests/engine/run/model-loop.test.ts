import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { EngineMessage } from '../../../main/contract/messages.ts';
import type { RecipeInput } from '../../../main/contract/recipe.ts';
import { recipeSchema } from '../../../main/contract/recipe.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { batches } from '../../../main/engine/data/batches.ts';
import type { Dataset } from '../../../main/engine/data/dataset.ts';
import { loadDataset } from '../../../main/engine/data/load.ts';
import { openOnData } from '../../../main/engine/evaluate/on-data.ts';
import { evaluateOnnx } from '../../../main/engine/evaluate/parity.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { sharedData } from '../../support/shared-data.ts';

const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const kw = { mean: imagenet.mean, std: [0.225] };

/** Data, and what each network was trained with. */
const mnist = { kind: 'idx', path: sharedData('mnist'), validation: 0, limit: 400 } as const;
const cifar = {
  kind: 'cifar',
  path: sharedData('cifar10-lossless-4000/data_batch_first4000.bin'),
  validation: 0,
  limit: 400,
} as const;
/** Enough to see that deep networks work, in bearable time. */
const few = { ...cifar, constants: imagenet, limit: 96 } as const;
const models: {
  file: string;
  data: RecipeInput['data'];
  atLeast: number;
  lr?: number;
  channelsLast?: boolean;
}[] = [
  { file: 'mnist-8_cntk.onnx', data: { ...mnist, normalize: 'none' }, atLeast: 0.97, lr: 1e-6 },
  { file: 'cifar_base_kw.onnx', data: { ...cifar, constants: kw }, atLeast: 0.5 },
  { file: 'cifar_wide_kw.onnx', data: { ...cifar, constants: kw }, atLeast: 0.5 },
  { file: 'cifar10_resnet_2b.onnx', data: { ...cifar, constants: kw }, atLeast: 0.5 },
  {
    file: 'marabou_cifar10_medium.onnx',
    data: { ...cifar, normalize: 'unit' },
    atLeast: 0.6,
    channelsLast: true,
  },
  { file: 'akamaster_resnet20_cifar10.onnx', data: few, atLeast: 0.9 },
  { file: 'akamaster_resnet20_cifar10_bn.onnx', data: few, atLeast: 0.9 },
  { file: 'akamaster_resnet56_cifar10.onnx', data: few, atLeast: 0.9 },
];

/** Of other formats, which onnxruntime does not run as they come. */
const others: typeof models = [
  {
    file: 'tfjs-layers/tensorspace-lenet-mnist/mnist.json',
    data: { ...mnist, normalize: 'unit' },
    atLeast: 0.95,
  },
  { file: 'tfjs-graph/tensorspace-mnist/model.json', data: { ...mnist, normalize: 'unit' }, atLeast: 0.93 },
  { file: 'keras/tensorspace_keras216_mnist.h5', data: { ...mnist, normalize: 'unit' }, atLeast: 0.96 },
  {
    file: 'keras/mlperf_tiny_resnet8_cifar10.h5',
    data: { ...cifar, normalize: 'none', limit: 200 },
    atLeast: 0.88,
    lr: 1e-5,
  },
  {
    file: 'tfjs-layers/wit-iris-mlp/model.json',
    data: {
      kind: 'csv',
      path: sharedData('tabular/iris.csv'),
      label: 'class',
      normalize: 'none',
      validation: 0,
      test: 0.5,
    },
    atLeast: 0.93,
  },
];

/** Share of right answers of the file as it came, in onnxruntime, sample by sample. */
async function theirAccuracy(bytes: Uint8Array, dataset: Dataset, channelsLast: boolean): Promise<number> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 2 });
  const [input = ''] = session.inputNames;
  const [channels = 1, height = 1, width = 1] = dataset.sampleShape;
  const plane = height * width;
  let right = 0;
  for (const { x, y } of batches(dataset.test, dataset, { batchSize: 1, order: 'sequential' })) {
    const values = channelsLast
      ? Float32Array.from(x, (_, i) => x[(i % channels) * plane + Math.floor(i / channels)] ?? NaN)
      : x;
    const shape = channelsLast ? [1, height, width, channels] : [1, channels, height, width];
    const found = await session.run({ [input]: new Tensor('float32', values, shape) });
    const logits = found[session.outputNames.at(-1) ?? '']?.data as Float32Array;
    if (logits.indexOf(Math.max(...logits)) === y[0]) right++;
  }
  await session.release();
  return right / dataset.test.size;
}

describe("other people's classifiers, pruned by half and trained for an epoch", () => {
  const scratch = temporaryFolder();
  for (const { file, data, atLeast, lr = 0.001, channelsLast = false } of [...models, ...others]) {
    const onnx = file.endsWith('.onnx');
    const path = sharedData(`models/${onnx ? 'onnx/' : ''}${file}`);
    const needed = [path, (data as { path: string }).path];
    const missing = needed.filter((name) => !existsSync(name));
    const why = missing.length === 0 ? '' : ` (skipped: ${missing.join(' and ')} missing)`;
    it.skipIf(missing.length > 0)(`${file}${why}`, { timeout: 240_000 }, async () => {
      const recipe = recipeSchema.parse({
        network: path,
        data,
        paradigm: 'magnitude-one-shot',
        budget: { sparsity: 0.5 },
        finetune: { epochs: 1, lr, batchSize: 32 },
      });
      const dataset = await loadDataset(recipe.data, { seed: recipe.seed, baseFolder: scratch });
      const theirs = onnx ? await theirAccuracy(await readFile(path), dataset, channelsLast) : undefined;
      const folder = join(scratch, file.replaceAll('/', '-'));
      const messages: EngineMessage[] = [];
      const report = await runSession(
        { recipe, folder, baseFolder: scratch, device: 'onnxruntime', resume: false },
        new Control(),
        (message) => messages.push(message),
      );
      const before = report.dense?.accuracy ?? NaN;
      expect(before).toBeGreaterThan(atLeast);
      if (theirs !== undefined) expect(before).toBeCloseTo(theirs, 9);
      // What may be wrong with the data is of the data; with the network nothing is.
      const problems = (report.data.read?.problems ?? []).map(({ text, remedy }) => `${text} ${remedy}`);
      const warned = messages.flatMap((m) => (m.type === 'log' && m.level === 'warning' ? [m.text] : []));
      expect(warned.filter((text) => !problems.includes(text))).toEqual([]);
      expect(report.sparsity).toBeCloseTo(0.5, 2);
      expect(report.compressed.accuracy).toBeGreaterThan(before - 0.25);
      const { runnable, judgement } = await openOnData('model.onnx', folder, dataset);
      const { accuracy } = await evaluateOnnx(runnable, dataset, { judgement });
      expect(accuracy).toBeCloseTo(report.compressed.accuracy, 9);
      console.log(
        `${file}: ${before} as it came, ${report.compressed.accuracy} at ${report.sparsity.toFixed(3)} sparsity`,
      );
    });
  }
});
