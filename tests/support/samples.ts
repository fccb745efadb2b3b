import { recipeSchema } from '../../main/contract/recipe.ts';
import type { Recipe } from '../../main/contract/recipe.ts';
import type { Report, Side } from '../../main/contract/report.ts';

/** A small valid recipe. */
export function sampleRecipe(change: Partial<Recipe> = {}): Recipe {
  return {
    ...recipeSchema.parse({
      network: 'lenet-300-100',
      data: 'digits',
      paradigm: 'magnitude-gradual',
      budget: { sparsity: 0.9 },
    }),
    ...change,
  };
}

function side(accuracy: number, nonzero: number): Side {
  return {
    accuracy,
    f1: null,
    top5: null,
    loss: 0.1,
    perClass: [accuracy, accuracy],
    parameters: 266_610,
    nonzero,
    sparsity: 1 - nonzero / 266_610,
    macs: 266_200,
    effectiveMacs: nonzero,
    onnxBytes: 1_066_440,
    gzipBytes: 200_000,
    latencyMs: { median: 0.1, p90: null, p95: 0.2, batch: 1, threads: 1, runs: 10 },
    latencyOfMany: null,
    peakActivationBytes: null,
  };
}

/** A small valid report. */
export function sampleReport(recipe: Recipe, files: Report['files'] = []): Report {
  return {
    version: 1,
    name: 'sample',
    status: 'finished',
    createdAt: '2026-01-01T00:00:00.000Z',
    recipe,
    seed: recipe.seed,
    device: 'cpu',
    versions: { espalier: '0.1.0' },
    network: { name: 'lenet-300-100', inputShape: [1, 28, 28], output: null, head: 'none' },
    data: {
      name: 'digits',
      fingerprint: 'f',
      classes: ['0', '1'],
      multiLabel: false,
      train: 10,
      validation: 2,
      test: 2,
      normalization: { mean: [0], std: [1] },
    },
    search: null,
    fusions: [],
    original: null,
    dense: side(0.98, 266_610),
    compressed: side(0.97, 27_000),
    pairs: null,
    sizes: [],
    course: [],
    findings: [],
    warnings: [],
    sparsity: 0.9,
    removals: [],
    promises: [{ kind: 'sparsity', before: 266_200, asked: 26_620, after: 26_620 }],
    channels: [],
    layers: [],
    checks: { onnxMaxDifference: 0, onnxSamples: 2, revivedWeights: 0, emptyLayers: [] },
    timings: { total: 1, stages: [] },
    history: [],
    files,
    verdict: 'Ten times smaller.',
  };
}
