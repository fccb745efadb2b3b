import { recipeSchema } from '../../../main/contract/recipe.ts';
import type { Report, Side, SizeReport } from '../../../main/contract/report.ts';
import { reportSchema } from '../../../main/contract/report.ts';
import type { MetricPoint } from '../../../main/contract/run.ts';
import { verdict } from '../../../main/words/verdict.ts';

const CLASSES = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

export function side(changes: Partial<Side> = {}): Side {
  return {
    accuracy: 0.9785,
    f1: null,
    top5: 0.9991,
    loss: 0.0712,
    perClass: CLASSES.map((_, i) => 0.97 + 0.003 * (i % 5)),
    parameters: 266_610,
    nonzero: 266_610,
    sparsity: 0,
    macs: 266_200,
    effectiveMacs: 266_200,
    onnxBytes: 1_068_214,
    gzipBytes: 990_420,
    latencyMs: { median: 0.0213, p90: null, p95: 0.0302, batch: 1, threads: 2, runs: 300 },
    latencyOfMany: null,
    peakActivationBytes: null,
    ...changes,
  };
}

export function compressedSide(changes: Partial<Side> = {}): Side {
  return side({
    accuracy: 0.9765,
    top5: 0.9988,
    loss: 0.0794,
    perClass: CLASSES.map((_, i) => 0.955 + 0.004 * ((i * 7) % 10)),
    nonzero: 27_030,
    sparsity: 0.9,
    effectiveMacs: 26_620,
    gzipBytes: 214_850,
    latencyMs: { median: 0.0211, p90: null, p95: 0.0306, batch: 1, threads: 2, runs: 300 },
    ...changes,
  });
}

/** Four samples of two thousand lost on balance, as the sides' accuracies have it. */
export const samplePairs = { lost: 11, gained: 7, samples: 2000 };

/** The forms that a run's network can be taken away in. */
export function sampleSizes(): SizeReport[] {
  const same = { accuracy: null, exact: null, latencyMs: null, besideMs: null };
  return [
    { format: 'onnx', bytes: 1_068_214, gzipBytes: 214_850, ...same },
    { format: 'onnx-sparse', bytes: 327_404, gzipBytes: 145_020, ...same },
    { format: 'espalier', bytes: 112_030, gzipBytes: 111_950, ...same },
    {
      format: 'onnx-int8',
      bytes: 272_880,
      gzipBytes: 58_310,
      accuracy: 0.9755,
      exact: { accuracy: 0.9755, maxDifference: 0, differs: false },
      latencyMs: { median: 0.0142, p90: null, p95: 0.0204, batch: 1, threads: 2, runs: 300 },
      besideMs: null,
    },
  ];
}

/** A report as a run on the built-in digits would leave it; the numbers are made up. */
export function sampleReport(changes: Partial<Report> = {}): Report {
  const recipe = recipeSchema.parse({
    name: 'Digits at 90 %',
    network: 'lenet-300-100',
    data: 'digits',
    dense: { epochs: 10 },
    paradigm: 'magnitude-gradual',
    budget: { sparsity: 0.9 },
    finetune: { epochs: 5, lr: 0.01 },
    export: ['onnx', 'safetensors'],
  });
  const { dense = side(), compressed = compressedSide(), original = null, pairs = samplePairs } = changes;
  const facts = {
    original,
    dense,
    compressed,
    pairs,
    sparsity: 0.9,
    promises: [],
    search: null,
    fusions: [],
    sizes: [],
    data: { test: 2000 },
  };
  return reportSchema.parse({
    version: 1,
    name: 'Digits at 90 %',

    status: 'finished',
    createdAt: '2026-05-04T10:20:30.000Z',
    recipe,
    seed: 1,
    device: 'CPU, 2 threads (onnxruntime 1.30.0)',
    versions: { espalier: '0.1.0', node: '24.21.0', onnxruntime: '1.30.0', tfjs: '4.22.0' },
    network: { name: 'lenet-300-100', inputShape: [1, 28, 28], output: null, head: 'none' },
    data: {
      name: 'digits',
      fingerprint: '5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef',
      classes: CLASSES,
      multiLabel: false,
      train: 10_000,
      validation: 1000,
      test: 2000,
      normalization: { mean: [33.318], std: [78.567] },
    },
    original,
    dense,
    compressed,
    pairs,
    sparsity: 0.9,
    removals: [],
    promises: [],
    search: null,
    fusions: [],
    sizes: sampleSizes(),
    course: [],
    findings: [],
    warnings: [],
    channels: [],
    layers: [
      {
        name: 'fc1',
        op: 'Dense',
        param: 'fc1.weight',
        shape: [300, 784],
        parameters: 235_200,
        nonzero: 21_450,
        macs: 235_200,
      },
      {
        name: 'fc2',
        op: 'Dense',
        param: 'fc2.weight',
        shape: [100, 300],
        parameters: 30_000,
        nonzero: 4_720,
        macs: 30_000,
      },
      {
        name: 'fc3',
        op: 'Dense',
        param: 'fc3.weight',
        shape: [10, 100],
        parameters: 1000,
        nonzero: 450,
        macs: 1000,
      },
    ],
    checks: { onnxMaxDifference: 3.1e-6, onnxSamples: 256, revivedWeights: 0, emptyLayers: [] },
    timings: {
      total: 61.4,
      stages: [
        { label: 'Train dense', seconds: 25.2 },
        { label: 'Prune gradually', seconds: 22.9 },
        { label: 'Fine-tune', seconds: 11.8 },
        { label: 'Evaluate', seconds: 1.5 },
      ],
    },
    history: history(),
    files: [
      {
        path: 'model.onnx',
        kind: 'onnx',
        format: 'onnx',
        bytes: 1_068_214,
        gzipBytes: 135_000,
        sha256: 'ab'.repeat(32),
      },
      {
        path: 'weights.safetensors',
        kind: 'weights',
        format: 'safetensors',
        bytes: 1_066_840,
        gzipBytes: 134_000,
        sha256: 'cd'.repeat(32),
      },
    ],
    verdict: verdict(facts),
    ...changes,
  } satisfies Report);
}

function history(): MetricPoint[] {
  const points: MetricPoint[] = [];
  for (let epoch = 0.25; epoch <= 23; epoch += 0.25) {
    const stage = epoch <= 10 ? 0 : epoch <= 18 ? 1 : 2;
    const sparsity = epoch <= 10 ? 0 : 0.9 * (1 - (1 - Math.min(1, (epoch - 10) / 8)) ** 3);
    const dip = stage === 1 ? 0.02 * Math.sin(((epoch - 10) / 8) * Math.PI) : 0;
    const wave = 0.004 * Math.sin(epoch * 9);
    const learned = 1 - Math.exp(-epoch / 1.4);
    const put = (name: MetricPoint['name'], value: number) =>
      points.push({ name, step: Math.round(epoch * 157), epoch, stage, value });
    put('train/loss', 0.03 + 1.8 * (1 - learned) + 3 * dip + Math.abs(wave));
    put('train/accuracy', 0.55 + 0.44 * learned - dip + wave);
    const [begin, epochs, peak] = [
      [0, 10, 0.05],
      [10, 8, 0.05],
      [18, 5, 0.01],
    ][stage] ?? [0, 1, 0];
    put(
      'learning-rate',
      ((peak ?? 0) / 2) * (1 + Math.cos((Math.PI * (epoch - (begin ?? 0))) / (epochs ?? 1))),
    );
    if (!Number.isInteger(epoch)) continue;
    put('validation/loss', 0.075 + 1.5 * (1 - learned) + 3 * dip);
    put('validation/accuracy', 0.55 + 0.428 * learned - dip);
    put('sparsity', sparsity);
  }
  return points;
}
