import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { trainSpecSchema } from '../main/contract/recipe.ts';
import { openBackend } from '../main/engine/backend/choose.ts';
import { Random } from '../main/engine/base/random.ts';
import { versions } from '../main/engine/base/versions.ts';
import type { Batch } from '../main/engine/data/batches.ts';
import { measureLatency, quantile } from '../main/engine/evaluate/latency.ts';
import { writeOnnx } from '../main/engine/formats/onnx/write.ts';
import { networkCost } from '../main/engine/network/cost.ts';
import { coupling, type Coupling } from '../main/engine/network/coupling/index.ts';
import { componentMasks } from '../main/engine/network/coupling/masks.ts';
import { cutWeights } from '../main/engine/network/cut.ts';
import type { Network, WeightSet } from '../main/engine/network/graph.ts';
import { initialize } from '../main/engine/network/initialize.ts';
import { freshOptimizer, type Model, wholeModel } from '../main/engine/network/model.ts';
import { shrink } from '../main/engine/network/shrink.ts';
import { TrainingModel } from '../main/engine/train/training-model.ts';
import { zoo } from '../main/engine/zoo/index.ts';

/*
 * How much faster networks are once channels have left them: `npm run bench:structured`.
 *   --networks a,b   resnet-20,vgg-like,mobilenet-like
 *   --fewer a,b      2,4,8: times fewer multiply-accumulates, the same share of every group
 *   --multiples a,b  1,16: widths are rounded up to a multiple of it. Kernels compute channels in blocks of 8 or 16, by the processor,
 *                    so that 20 channels may cost as much as 32
 *   --threads N      1
 *   --rounds N       9: blocks of training steps, masked and compact in turn
 *   --json FILE      everything that was measured
 * Dense and compact networks are timed in turn in onnxruntime; the weights are drawn, since times do not depend on them. 'Kept' is
 * the measured speed-up over the theoretical one. A training step of the compact network stands over one of the masked network.
 */
const CLASSES = 10;
const BATCHES = [1, 32] as const;
/** Samples of a training step: the recipe's default. */
const TRAINED = 64;
/** Halvings of the interval of shares: finer than one channel of any group. */
const HALVINGS = 20;
const STEPS = 4;

const { values: options } = parseArgs({
  options: {
    networks: { type: 'string', default: 'resnet-20,vgg-like,mobilenet-like' },
    fewer: { type: 'string', default: '2,4,8' },
    multiples: { type: 'string', default: '1,16' },
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '9' },
    json: { type: 'string' },
  },
});
const threads = Number(options.threads);
const backend = await openBackend({ device: 'onnxruntime', threads });

interface Row {
  readonly network: string;
  readonly asked: number;
  readonly multiple: number;
  /** Multiply-accumulates of the dense network over those of the compact one. */
  readonly theoretical: number;
  /** By batch size: median milliseconds of a call, dense and compact, and the speed-up. */
  readonly latency: readonly {
    batch: number;
    dense: number;
    compact: number;
    speedUp: number;
    kept: number;
  }[];
  /** Median milliseconds of a training step. */
  readonly step: { readonly masked: number; readonly compact: number; readonly ratio: number };
}

const macsOf = (network: Network) => networkCost(network).macs;

/**
 * The network with about `fewer` times fewer multiply-accumulates, every group narrower by the same share; with wide multiples fewer
 * may leave.
 */
function narrower(
  { network, weights, coupled }: { network: Network; weights: WeightSet; coupled: Coupling },
  fewer: number,
  multiple: number,
) {
  const at = (share: number) => {
    const removed = coupled.groups.flatMap(({ components }) => {
      const width = Math.max(1, Math.round((components.length * share) / multiple)) * multiple;
      return components.slice(width);
    });
    return { removed, shrunk: shrink(network, coupled, removed) };
  };
  let [low, high] = [0, 1];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (macsOf(network) / macsOf(at(middle).shrunk.network) < fewer) high = middle;
    else low = middle;
  }
  const { removed, shrunk } = at(high);
  return { removed, network: shrunk.network, weights: cutWeights(weights, shrunk) };
}

/** Median milliseconds of a training step of each model, in turn. */
async function timeSteps(models: readonly Model[], shape: readonly number[]): Promise<number[]> {
  const random = Random.from(2, 'batch');
  const batch: Batch = {
    x: Float32Array.from({ length: shape.reduce((a, b) => a * b, TRAINED) }, () => random.normal()),
    y: Int32Array.from({ length: TRAINED }, (_, i) => i % CLASSES),
    size: TRAINED,
  };
  const spec = trainSpecSchema.parse({ epochs: 1 });
  const training = models.map((model) => new TrainingModel(backend, model, spec));
  const times: number[][] = models.map(() => []);
  let count = 0;
  // The first block traces and compiles, and is not counted.
  for (let round = 0; round <= Number(options.rounds); round++) {
    for (const [i, model] of training.entries()) {
      const start = performance.now();
      for (let step = 0; step < STEPS; step++) await model.train(batch, shape, 1e-4, ++count);
      if (round > 0) times[i]?.push((performance.now() - start) / STEPS);
    }
  }
  for (const model of training) model.dispose();
  return times.map((own) => quantile(own, 0.5));
}

async function measure(id: string): Promise<Row[]> {
  const entry = zoo.get(id);
  const shape = entry.defaultInput;
  const network = entry.build({ input: shape, classes: CLASSES });
  const weights = initialize(network, Random.from(1, 'weights'));
  const coupled = coupling(network);
  const asked = options.fewer.split(',').map(Number);
  const wanted = options.multiples
    .split(',')
    .flatMap((multiple) => asked.map((fewer) => ({ fewer, multiple: Number(multiple) })));
  const compact = wanted.map(({ fewer, multiple }) =>
    narrower({ network, weights, coupled }, fewer, multiple),
  );
  const files = [{ network, weights }, ...compact].map((one) => writeOnnx(one.network, one.weights, {}));
  const byBatch = new Map<number, number[]>();
  for (const batch of BATCHES) {
    const timed = await measureLatency(files, { sampleShape: shape, batch, threads, seconds: 20 });
    byBatch.set(
      batch,
      timed.map(({ median }) => median),
    );
  }
  const rows: Row[] = [];
  for (const [i, one] of compact.entries()) {
    const theoretical = macsOf(network) / macsOf(one.network);
    const latency = [...byBatch].map(([batch, [dense = NaN, ...others]]) => {
      const own = others[i] ?? NaN;
      return { batch, dense, compact: own, speedUp: dense / own, kept: dense / own / theoretical };
    });
    const masked = {
      network,
      weights,
      masks: componentMasks(network, one.removed),
      optimizer: freshOptimizer(),
    };
    const [before = NaN, after = NaN] = await timeSteps([masked, wholeModel(one)], shape);
    const step = { masked: before, compact: after, ratio: after / before };
    const { fewer = NaN, multiple = NaN } = wanted[i] ?? {};
    rows.push({ network: id, asked: fewer, multiple, theoretical, latency, step });
  }
  return rows;
}

const rows: Row[] = [];
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${threads} thread(s), ${backend.device}`);
for (const id of options.networks.split(',')) {
  for (const row of await measure(id)) {
    rows.push(row);
    const times = row.latency.map(
      ({ batch, speedUp, kept }) => `batch ${batch}: ${speedUp.toFixed(2)}x faster (kept ${kept.toFixed(2)})`,
    );
    console.log(
      `${row.network.padEnd(15)} asked ${row.asked}x in multiples of ${row.multiple}: ${row.theoretical.toFixed(2)}x fewer MACs   ${times.join('   ')}   step ${row.step.compact.toFixed(1)} of ${row.step.masked.toFixed(1)} ms = ${row.step.ratio.toFixed(2)}`,
    );
  }
}
await backend.dispose();
if (options.json !== undefined) {
  const where = { processor: cpus()[0]?.model, threads, device: backend.device, versions: versions() };
  writeFileSync(options.json, `${JSON.stringify({ ...where, rows }, null, 2)}\n`);
}
