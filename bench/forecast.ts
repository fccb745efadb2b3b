import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { recipeSchema, type Recipe, type RecipeInput } from '../main/contract/recipe.ts';
import type { Latency, Report } from '../main/contract/report.ts';
import type { TargetId } from '../main/contract/targets.ts';
import { Control } from '../main/engine/base/control.ts';
import { versions } from '../main/engine/base/versions.ts';
import { quantile } from '../main/engine/evaluate/latency.ts';
import { speedForecast } from '../main/engine/ask/speed.ts';
import { runSession } from '../main/engine/run/session.ts';

/*
 * How near forecasts come to what is measured after the run: `npm run bench:forecast`.
 *   --networks a,b  all: three of the zoo and two files of others
 *   --cases a,b     2x,4x,8x,80,90,95: so many times fewer multiply-accumulates by whole channels, in onnxruntime; or so many
 *                   hundredths of the weights zero, in WebAssembly
 *   --json FILE     everything that was measured
 * A run is as short as runs are: one epoch on some hundred samples, since times do not depend on what was learned but through the
 * masks. It is forecast from the weights that it begins with, as a person would. The error is that of the speed-up over the whole
 * network in onnxruntime, which both measure in turns with the network: of the forecast over what the report says.
 */
const { values: options } = parseArgs({
  options: {
    networks: { type: 'string' },
    cases: { type: 'string', default: '2x,4x,8x,80,90,95' },
    json: { type: 'string' },
  },
});

const SHARED = fileURLToPath(new URL('../../shared/data/', import.meta.url));
const GOAL = 0.1;

type Start = Pick<RecipeInput, 'network' | 'data' | 'dense'>;

const cifar = {
  kind: 'cifar',
  path: `${SHARED}cifar10-lossless-4000/data_batch_first4000.bin`,
  limit: 400,
} as const;
const dense = { epochs: 1 };
const networks: Readonly<Record<string, Start>> = {
  'resnet-20': { network: 'resnet-20', data: cifar, dense },
  'vgg-like': { network: 'vgg-like', data: cifar, dense },
  'mobilenet-like': { network: 'mobilenet-like', data: cifar, dense },
  'akamaster ResNet-20': {
    network: `${SHARED}models/onnx/akamaster_resnet20_cifar10_bn.onnx`,
    data: { ...cifar, constants: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } },
  },
  'MLPerf Tiny ResNet-8': {
    network: `${SHARED}models/keras/mlperf_tiny_resnet8_cifar10.h5`,
    data: { ...cifar, normalize: 'none' },
  },
};

interface Row {
  readonly network: string;
  readonly asked: string;
  readonly target: TargetId;
  readonly forecast: number;
  readonly low: number;
  readonly high: number;
  readonly measured: number;
  readonly forecastMs: number;
  readonly measuredMs: number;
  /** The forecast speed-up over the measured one, less one. */
  readonly error: number;
  /** Runnable processes, of the last minute. */
  readonly load: number;
}

function recipeOf(start: Start, asked: string): { recipe: Recipe; target: TargetId } {
  const times = /^(\d+)x$/.exec(asked)?.[1];
  const leaves = times !== undefined;
  const recipe = recipeSchema.parse({
    ...start,
    paradigm: 'magnitude-one-shot',
    budget: leaves ? { macs: 1 / Number(times) } : { sparsity: Number(asked) / 100 },
    ...(leaves && { prune: { structure: { kind: 'channel' } } }),
    finetune: { epochs: 1, lr: 0.001 },
    baseline: false,
    export: ['onnx'],
  });
  return { recipe, target: leaves ? 'onnxruntime' : 'wasm' };
}

/** Times of the whole network in onnxruntime and of what became of it in the target, as the report has them. */
function timesIn(
  { dense: whole, original, compressed, sizes }: Report,
  target: TargetId,
): [Latency, Latency] {
  if (target === 'wasm') {
    const { besideMs, latencyMs } = sizes.find(({ format }) => format === 'wasm') ?? {};
    if (besideMs && latencyMs) return [besideMs, latencyMs];
  }
  const before = (original ?? whole)?.latencyMs;
  if (target !== 'onnxruntime' || before === undefined) throw new Error('the report has no such times');
  return [before, compressed.latencyMs];
}

async function measure(network: string, start: Start, asked: string, folder: string): Promise<Row> {
  const { recipe, target } = recipeOf(start, asked);
  const common = { recipe, baseFolder: '/', device: 'onnxruntime', threads: 1 };
  const [load = NaN] = loadavg();
  const how = { targets: [target], again: true, cacheFolder: join(folder, 'speed') };
  const { speed } = await speedForecast({ ...common, ...how }, new Control());
  const [foretold] = speed.speeds;
  if (foretold === undefined) throw new Error(speed.missing[0]?.why);
  const run = join(folder, `${network} ${asked}`);
  const report = await runSession({ ...common, folder: run, resume: false }, new Control(), () => undefined);
  const [before, after] = timesIn(report, target);
  const measured = before.median / after.median;
  const { median: forecast, low, high } = foretold.faster;
  return {
    ...{ network, asked, target, forecast, low, high, measured, load },
    ...{ forecastMs: foretold.ms.median, measuredMs: after.median, error: forecast / measured - 1 },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'espalier-forecast-'));
const rows: Row[] = [];
const processor = cpus()[0]?.model ?? '';
console.log(
  `${processor}, batch 1, threads as in reports: how many times as fast as the whole network in onnxruntime`,
);
try {
  for (const id of options.networks?.split(',') ?? Object.keys(networks)) {
    const start = networks[id];
    if (start === undefined) throw new Error(`--networks knows: ${Object.keys(networks).join(', ')}`);
    for (const asked of options.cases.split(',')) {
      const row = await measure(id, start, asked, folder);
      rows.push(row);
      const { target, forecast, low, high, measured, error, load } = row;
      const range = `${forecast.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
      console.log(
        `${id.padEnd(20)} ${asked.padStart(3)} ${target.padEnd(11)} forecast ${range}, measured ${measured.toFixed(2)}: ${(100 * error).toFixed(1)} %, load ${load.toFixed(1)}`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const errors = rows.map(({ error }) => Math.abs(error));
const median = quantile(errors, 0.5);
console.log(
  `median error ${(100 * median).toFixed(1)} %: ${median <= GOAL ? 'met' : `missed ${100 * GOAL} %`}`,
);
const worst = rows.toSorted((a, b) => Math.abs(b.error) - Math.abs(a.error)).slice(0, 5);
for (const { network, asked, error } of worst)
  console.log(`worst: ${network} ${asked} ${(100 * error).toFixed(1)} %`);
if (options.json !== undefined) {
  const about = { processor, versions: versions(), createdAt: new Date().toISOString(), median };
  writeFileSync(options.json, `${JSON.stringify({ ...about, rows }, null, 2)}\n`);
}
process.exit(0);
