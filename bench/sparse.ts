import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Random } from '../main/engine/base/random.ts';
import { versions } from '../main/engine/base/versions.ts';
import { OnnxModel } from '../main/engine/evaluate/onnx-model.ts';
import { quantile } from '../main/engine/evaluate/latency.ts';
import { planForC } from '../main/engine/formats/sparse/c/plan.ts';
import { writeC } from '../main/engine/formats/sparse/c/write.ts';
import { makePlan } from '../main/engine/formats/sparse/make-plan.ts';
import { WASM } from '../main/engine/formats/sparse/tuning.ts';
import { writeWasm } from '../main/engine/formats/sparse/wasm/write.ts';
import { writeOnnx } from '../main/engine/formats/onnx/write.ts';
import type { MaskSet, Network, WeightSet } from '../main/engine/network/graph.ts';
import { prunableParams, sizeOf } from '../main/engine/network/graph.ts';
import { initialize } from '../main/engine/network/initialize.ts';
import { zoo } from '../main/engine/zoo/index.ts';
import { openCompiled } from './sparse/compiled.ts';
import { openModule } from './sparse/module.ts';
import { openWeb } from './sparse/web.ts';

/*
 * How fast sparse networks are as WebAssembly and as C, beside the dense network in onnxruntime: `npm run bench:sparse`.
 *   --networks a,b    lenet-300-100,lenet-5-caffe,vgg-like,resnet-20,mobilenet-like
 *   --sparsities a,b  0,0.8,0.9,0.95,0.98: of all prunable weights, the smallest by magnitude over the whole network
 *   --batches a,b     1,16
 *   --threads a,b     1: of onnxruntime-node and of the module; the others are left out where there are more than one
 *   --clock NAME      wall; or processor: the time that the process had the processor, where other programs take their turns on it
 *   --rounds N        60
 *   --flags "..."     what gcc is told: -O3 -march=native
 *   --json FILE       everything that was measured
 * One call of each in turn, so that a slow moment hits all alike; medians. The weights are drawn: times do not
 * depend on them but through the masks.
 */
const { values: options } = parseArgs({
  options: {
    networks: { type: 'string', default: 'lenet-300-100,lenet-5-caffe,vgg-like,resnet-20,mobilenet-like' },
    sparsities: { type: 'string', default: '0,0.8,0.9,0.95,0.98' },
    batches: { type: 'string', default: '1,16' },
    threads: { type: 'string', default: '1' },
    clock: { type: 'string', default: 'wall' },
    rounds: { type: 'string', default: '60' },
    flags: { type: 'string', default: '-O3 -march=native' },
    json: { type: 'string' },
  },
});

interface Row {
  readonly network: string;
  readonly sparsity: number;
  readonly batch: number;
  readonly threads: number;
  /** Median milliseconds of a call; null where a peer is not there. */
  readonly node: number;
  readonly web: number | null;
  readonly wasm: number;
  readonly c: number | null;
  readonly wasmBytes: number;
}

/** The smallest weights of all layers together are pruned. */
function globalMasks(network: Network, weights: WeightSet, sparsity: number): MaskSet {
  const names = prunableParams(network);
  const sizes = names
    .flatMap((name) => [...(weights.get(name)?.data ?? [])].map(Math.abs))
    .sort((a, b) => a - b);
  const cut = sizes[Math.floor(sizes.length * sparsity)] ?? 0;
  return new Map(
    names.map((name) => [
      name,
      Uint8Array.from(weights.get(name)?.data ?? [], (w) => Number(Math.abs(w) >= cut)),
    ]),
  );
}

async function measure(id: string, sparsity: number, threads: number): Promise<Row[]> {
  const entry = zoo.get(id);
  const network = entry.build({ input: entry.defaultInput, classes: 10 });
  const weights = initialize(network, Random.from(1, 'weights'));
  const masks = globalMasks(network, weights, sparsity);
  const onnx = writeOnnx(network, weights);
  const plan = makePlan(network, weights, masks, WASM);
  const { name, inputs, outputs } = plan;
  const info = {
    name,
    inputs,
    outputs,
    labels: [],
    normalization: null,
    report: { accuracy: null, sparsity: null },
  };
  const module = writeWasm(plan, info);
  const model = await openModule(module, threads);
  const node = await OnnxModel.open(onnx, { threads });
  // It starts no threads in Node.js: it looks for their program on the net.
  const web = threads > 1 ? undefined : await openWeb(onnx);
  const compiled =
    threads > 1
      ? undefined
      : await openCompiled(
          writeC(planForC(network, weights, masks), []),
          { input: sizeOf(entry.defaultInput), output: 10 },
          { flags: options.flags.split(' '), byProcessor },
        );
  const random = Random.from(1, 'bench');
  const rows: Row[] = [];
  for (const batch of options.batches.split(',').map(Number)) {
    const x = Float32Array.from({ length: batch * sizeOf(entry.defaultInput) }, () => random.normal());
    const native = node.prepare(x, batch);
    const calls: (() => Promise<number>)[] = [
      () => timed(native),
      () =>
        web === undefined ? Promise.resolve(NaN) : timed(() => web.run(x, [batch, ...entry.defaultInput])),
      () => timed(async () => void model.run(x)),
      () => (compiled === undefined ? Promise.resolve(NaN) : compiled.time(batch)),
    ];
    const times = await inTurns(calls, Number(options.rounds));
    const [a = NaN, b = NaN, c = NaN, d = NaN] = times.map((each) => quantile(each, 0.5));
    const known = (value: number) => (Number.isNaN(value) ? null : value);
    rows.push({
      network: id,
      sparsity,
      batch,
      threads,
      node: a,
      web: known(b),
      wasm: c,
      c: known(d),
      wasmBytes: module.length,
    });
  }
  await node.close();
  await web?.close();
  model.close();
  compiled?.close();
  return rows;
}

const byProcessor = options.clock === 'processor';

/** Milliseconds. */
function now(): number {
  if (!byProcessor) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function timed(call: () => Promise<unknown>): Promise<number> {
  const start = now();
  await call();
  return now() - start;
}

async function inTurns(calls: readonly (() => Promise<number>)[], rounds: number): Promise<number[][]> {
  const times: number[][] = calls.map(() => []);
  const warm = Math.ceil(rounds / 4);
  for (let round = -warm; round < rounds; round++) {
    for (let turn = 0; turn < calls.length; turn++) {
      const which = ((((round % calls.length) + calls.length) % calls.length) + turn) % calls.length;
      const time = (await calls[which]?.()) ?? NaN;
      if (round >= 0) times[which]?.push(time);
    }
  }
  return times;
}

const rows: Row[] = [];
const ratio = (a: number | null, b: number | null) => (a === null || b === null ? '-' : (a / b).toFixed(2));
console.log(`${cpus()[0]?.model ?? ''}; times of a call in ms, and how much faster`);
console.log(
  'network          threads sparsity batch |   node     web    wasm       c | node/wasm web/wasm wasm/c node/c | bytes',
);
for (const id of options.networks.split(',')) {
  for (const threads of options.threads.split(',').map(Number)) {
    for (const sparsity of options.sparsities.split(',').map(Number)) {
      for (const row of await measure(id, sparsity, threads)) {
        rows.push(row);
        const shown = [row.node, row.web, row.wasm, row.c]
          .map((time) => (time?.toFixed(3) ?? '-').padStart(7))
          .join(' ');
        const ratios = [
          ratio(row.node, row.wasm),
          ratio(row.web, row.wasm),
          ratio(row.wasm, row.c),
          ratio(row.node, row.c),
        ];
        console.log(
          `${id.padEnd(16)} ${String(threads).padStart(7)} ${row.sparsity.toFixed(2).padStart(8)} ${String(row.batch).padStart(5)} | ${shown} | ${ratios.map((text) => text.padStart(7)).join(' ')} | ${row.wasmBytes}`,
        );
      }
    }
  }
}
if (options.json !== undefined) {
  const about = {
    processor: cpus()[0]?.model ?? '',
    flags: options.flags,
    clock: options.clock,
    versions: versions(),
    createdAt: new Date().toISOString(),
  };
  writeFileSync(options.json, `${JSON.stringify({ ...about, rows }, null, 2)}\n`);
}
process.exit(0);
