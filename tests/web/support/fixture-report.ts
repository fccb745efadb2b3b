import type { Report, Side } from '../../../main/contract/report.ts';
import { verdict } from '../../../main/words/verdict.ts';
import { layersAt, metricsBetween, stages } from './fixture-measurements.ts';
import type { RunSummary } from '../../../main/contract/api.ts';

const classes = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
const shapes = [
  [300, 784],
  [100, 300],
  [10, 100],
];

function side(accuracy: number, nonzero: number, gzipBytes: number, median: number): Side {
  return {
    accuracy,
    f1: null,
    top5: 0.9985,
    loss: (1 - accuracy) * 3.1,
    perClass: classes.map((_, n) => Math.min(1, accuracy + Math.sin(n * 2.3 + nonzero) * 0.012)),
    parameters: 266_610,
    nonzero,
    sparsity: 1 - nonzero / 266_610,
    macs: 266_200,
    effectiveMacs: nonzero - 410,
    onnxBytes: 1_067_912,
    gzipBytes,
    latencyMs: { median, p90: null, p95: median * 1.4, batch: 1, threads: 1, runs: 200 },
    latencyOfMany: null,
    peakActivationBytes: null,
  };
}

/** The report of a finished run of the fixture. */
export function reportOf(run: RunSummary): Report {
  const result = run.result ?? {
    denseAccuracy: 0.978,
    accuracy: 0.976,
    sparsity: 0.9,
    parameters: 266_610,
    nonzero: 27_030,
    pairs: null,
    test: 2_000,
  };
  const dense = result.denseAccuracy === null ? null : side(result.denseAccuracy, 266_610, 989_400, 0.0412);
  const compressed = side(
    result.accuracy,
    result.nonzero,
    Math.round(989_400 * (1 - result.sparsity) * 1.4),
    0.0409,
  );
  return {
    version: 1,
    name: run.name,
    status: 'finished',
    createdAt: run.createdAt,
    recipe: run.recipe,
    seed: run.recipe.seed,
    device: run.device ?? 'onnxruntime',
    versions: { espalier: '0.1.0', node: '24.21.0', 'onnxruntime-node': '1.30.0', tfjs: '4.22.0' },
    search: null,
    fusions: [],
    network: { name: run.recipe.network, inputShape: [1, 28, 28], output: null, head: 'none' },
    data: {
      name: 'Built-in digits',
      fingerprint: 'b1946ac92492d2347c6235b4d2611184b1946ac92492d2347c6235b4d2611184',
      classes,
      multiLabel: false,
      train: 10_000,
      validation: 1_000,
      test: 2_000,
      normalization: { mean: [0.131], std: [0.308] },
    },
    original: null,
    dense,
    compressed,
    pairs: result.pairs,
    sizes: [
      {
        format: 'onnx',
        bytes: 1_067_912,
        gzipBytes: compressed.gzipBytes,
        accuracy: null,
        exact: null,
        latencyMs: null,
        besideMs: null,
      },
      {
        format: 'onnx-sparse',
        bytes: 327_404,
        gzipBytes: 145_020,
        accuracy: null,
        exact: null,
        latencyMs: null,
        besideMs: null,
      },
      {
        format: 'espalier',
        bytes: 112_030,
        gzipBytes: 111_950,
        accuracy: null,
        exact: null,
        latencyMs: null,
        besideMs: null,
      },
      {
        format: 'onnx-int8',
        bytes: 272_880,
        gzipBytes: 58_310,
        accuracy: compressed.accuracy - 0.001,
        exact: { accuracy: compressed.accuracy - 0.001, maxDifference: 0, differs: false },
        latencyMs: { ...compressed.latencyMs, median: compressed.latencyMs.median * 0.7 },
        besideMs: null,
      },
    ],
    course: [],
    findings: [],
    warnings: [],
    sparsity: result.sparsity,
    removals: [],
    promises: [],
    channels: [],
    layers: layersAt(20, result.sparsity).map((layer, index) => ({
      name: layer.name.split('/')[0] ?? '',
      op: 'dense',
      param: layer.name,
      shape: shapes[index] ?? [],
      parameters: layer.total,
      nonzero: layer.kept,
      macs: layer.total,
    })),
    checks: { onnxMaxDifference: 3.1e-6, onnxSamples: 256, revivedWeights: 0, emptyLayers: [] },
    timings: {
      total: 71.4,
      stages: stages.map(({ label, epochs }) => ({ label, seconds: epochs === 0 ? 1.2 : epochs * 3.4 })),
    },
    history: metricsBetween(0, 20, result.sparsity),
    files: [],
    verdict: verdict({
      original: null,
      dense,
      compressed,
      pairs: result.pairs,
      data: { test: 2_000 },
      sparsity: result.sparsity,
      promises: [],
      sizes: [],
    }),
  };
}
