import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { trainSpecSchema } from '../main/contract/recipe.ts';
import { openBackend } from '../main/engine/backend/choose.ts';
import { Random } from '../main/engine/base/random.ts';
import { versions } from '../main/engine/base/versions.ts';
import type { Batch } from '../main/engine/data/batches.ts';
import { quantile, timeInTurns } from '../main/engine/evaluate/latency.ts';
import { layerTimes } from '../main/engine/evaluate/layer-times.ts';
import { writeOnnx } from '../main/engine/formats/onnx/write.ts';
import { networkCost } from '../main/engine/network/cost.ts';
import type { Network } from '../main/engine/network/graph.ts';
import { initialize } from '../main/engine/network/initialize.ts';
import { freshOptimizer, type Model, type Weighed, wholeModel } from '../main/engine/network/model.ts';
import { openIn, type Opened } from '../main/engine/speed/open.ts';
import { targetOf } from '../main/engine/speed/targets/index.ts';
import { TrainingModel } from '../main/engine/train/training-model.ts';
import { zoo } from '../main/engine/zoo/index.ts';
import { type Cause, causesOf, causeWords } from './structured/causes.ts';
import { narrower } from './structured/narrower.ts';
import { onSteps } from './structured/on-steps.ts';

/*
 * How much faster networks are once channels have left them: `npm run bench:structured`.
 *   --networks a,b   resnet-20,vgg-like,mobilenet-like
 *   --fewer a,b      2,4,8: times fewer multiply-accumulates, the same share of every group
 *   --multiples a,b  1,8,16,steps: what a layer keeps is a multiple of it (`structure.multiple`). Kernels compute channels in blocks of 8 or
 *                    16, by the processor, so that 20 channels may cost as much as 32. 'steps' are widths as a budget of latency
 *                    chooses them, at the edges of steps that are measured first
 *   --threads N      1
 *   --rounds N       9: blocks of training steps, masked and compact in turn; 0 leaves the training out
 *   --json FILE      everything that was measured
 * Dense and compact networks are timed in turn in onnxruntime; the weights are drawn, since times do not depend on them. Times are
 * the fastest fifth's: what else a machine does only makes calls longer, and long calls more than short ones. 'Kept' is
 * the measured speed-up over the theoretical one, at least 0.9 where it is asked for; where it is less, the layers say what they
 * lose. A training step of the compact network stands over one of the masked network: with as many samples it is what an epoch of
 * fine-tuning takes of one without the removal.
 */
const CLASSES = 10;
const BATCHES = [1, 32] as const;
/** Samples of a training step: the recipe's default. */
const TRAINED = 64;
const STEPS = 4;
/** The quantile of calls that times are. */
const FAST = 0.2;
/** What is asked of a call with one sample: this share of the theoretical speed-up, of these networks, so many times smaller. */
const GOAL = { kept: 0.9, networks: ['resnet-20', 'vgg-like'], fewer: [2, 4] } as const;
/** Causes of a miss that are printed. */
const PRINTED = 4;

const { values: options } = parseArgs({
  options: {
    networks: { type: 'string', default: 'resnet-20,vgg-like,mobilenet-like' },
    fewer: { type: 'string', default: '2,4,8' },
    multiples: { type: 'string', default: '1,8,16,steps' },
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '9' },
    json: { type: 'string' },
  },
});
const threads = Number(options.threads);
const rounds = Number(options.rounds);
const backend = await openBackend({ device: 'onnxruntime', threads });

interface Row {
  readonly network: string;
  readonly asked: number;
  /** What widths are multiples of; 'steps' where they lie at measured ones. */
  readonly multiple: number | 'steps';
  /** Multiply-accumulates of the dense network over those of the compact one. */
  readonly theoretical: number;
  /** By batch size: milliseconds of a call, dense and compact, of the fastest fifth and p90, and the speed-up. */
  readonly latency: readonly {
    readonly batch: number;
    readonly dense: number;
    readonly compact: number;
    readonly denseP90: number | null;
    readonly compactP90: number | null;
    readonly speedUp: number;
    readonly kept: number;
  }[];
  /** Whether a call with one sample keeps what is asked of it; null where nothing is. */
  readonly goal: boolean | null;
  /** Of a call with one sample: where time goes that fewer operations do not save, the most first. */
  readonly causes: readonly Cause[];
  /** Median milliseconds of a training step; null where none was timed. */
  readonly step: { readonly masked: number; readonly compact: number; readonly ratio: number } | null;
}

const macsOf = (network: Network) => networkCost(network).macs;

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
  for (let round = 0; round <= rounds; round++) {
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
  const asked = options.fewer.split(',').map(Number);
  const wanted = options.multiples
    .split(',')
    .flatMap((text) =>
      asked.map((fewer) => ({ fewer, multiple: text === 'steps' ? ('steps' as const) : Number(text) })),
    );
  const stepped = wanted.some(({ multiple }) => multiple === 'steps')
    ? await onSteps({ network, weights }, asked, threads)
    : [];
  const compact = wanted.flatMap(({ fewer, multiple }) =>
    multiple === 'steps'
      ? (stepped[asked.indexOf(fewer)] ?? [])
      : narrower({ network, weights }, fewer, multiple),
  );
  const models = [{ network, weights }, ...compact];
  const files = models.map((one) => writeOnnx(one.network, one.weights, {}));
  const timed: Awaited<ReturnType<typeof timeCalls>>[] = [];
  for (const batch of BATCHES) timed.push(await timeCalls(models, batch));
  const profiled = models.map((one, i) => ({ network: one.network, file: files[i] ?? new Uint8Array() }));
  const layers = await layerTimes(profiled, { batch: 1, threads });
  const standing = (i: number) => ({
    network: models[i]?.network ?? network,
    times: layers[i] ?? new Map<string, number>(),
    call: timed[0]?.[i]?.fast ?? NaN,
  });
  const rows: Row[] = [];
  for (const [i, one] of compact.entries()) {
    const { fewer, multiple } = wanted[i] ?? { fewer: NaN, multiple: NaN };
    const theoretical = macsOf(network) / macsOf(one.network);
    const latency = timed.flatMap(([dense, ...others]) => {
      const own = others[i];
      if (dense === undefined || own === undefined) return [];
      const speedUp = dense.fast / own.fast;
      return [
        {
          batch: own.batch,
          dense: dense.fast,
          compact: own.fast,
          denseP90: dense.p90,
          compactP90: own.p90,
          speedUp,
          kept: speedUp / theoretical,
        },
      ];
    });
    const judged = GOAL.networks.some((name) => name === id) && GOAL.fewer.some((times) => times === fewer);
    rows.push({
      network: id,
      asked: fewer,
      multiple,
      theoretical,
      latency,
      goal: judged ? (latency[0]?.kept ?? 0) >= GOAL.kept : null,
      causes: causesOf(standing(0), standing(i + 1)),
      step: rounds === 0 ? null : await stepOf({ network, weights }, one, shape),
    });
  }
  return rows;
}

/** Milliseconds of calls in turn. */
async function timeCalls(models: readonly Weighed[], batch: number) {
  const opened: Opened[] = [];
  for (const { network, weights } of models) {
    opened.push(
      await openIn(targetOf('onnxruntime'), { network, weights, masks: new Map() }, { batch, threads }),
    );
  }
  const calls = opened.map((one) => () => one.time());
  const times = await timeInTurns(calls, { runs: 300, seconds: 20 });
  for (const one of opened) await one.close();
  return times.map((own) => ({ batch, fast: quantile(own, FAST), p90: quantile(own, 0.9) }));
}

async function stepOf(
  whole: Pick<Model, 'network' | 'weights'>,
  one: ReturnType<typeof narrower>,
  shape: readonly number[],
): Promise<Row['step']> {
  const masked = { ...whole, masks: one.masks, optimizer: freshOptimizer() };
  const [before = NaN, after = NaN] = await timeSteps([masked, wholeModel(one)], shape);
  return { masked: before, compact: after, ratio: after / before };
}

function show({ network, asked, multiple, theoretical, latency, goal, causes, step }: Row): void {
  const times = latency.map(
    ({ batch, speedUp, kept }) => `batch ${batch}: ${speedUp.toFixed(2)}x faster (kept ${kept.toFixed(2)})`,
  );
  const widths =
    multiple === 'steps' ? 'on steps' : multiple === 1 ? 'any widths' : `multiples of ${multiple}`;
  const training =
    step === null
      ? []
      : [`step ${step.compact.toFixed(1)} of ${step.masked.toFixed(1)} ms = ${step.ratio.toFixed(2)}`];
  const verdict = goal === null ? [] : [goal ? 'met' : `missed ${GOAL.kept}`];
  const said = [`${theoretical.toFixed(2)}x fewer MACs`, ...times, ...training, ...verdict];
  console.log(`${network.padEnd(15)} asked ${asked}x, ${widths}: ${said.join('   ')}`);
  if (goal !== false) return;
  const lost = causes.filter((cause) => cause.lost > 0).slice(0, PRINTED);
  console.log(`  lost, in ms of a call: ${lost.map(causeWords).join('; ')}`);
}

const rows: Row[] = [];
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${threads} thread(s), ${backend.device}`);
for (const id of options.networks.split(',')) {
  for (const row of await measure(id)) {
    rows.push(row);
    show(row);
  }
}
await backend.dispose();
if (options.json !== undefined) {
  const where = { processor: cpus()[0]?.model, threads, device: backend.device, versions: versions() };
  writeFileSync(options.json, `${JSON.stringify({ ...where, rows }, null, 2)}\n`);
}
