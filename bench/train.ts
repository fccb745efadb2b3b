import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Network } from '../main/engine/network/graph.ts';
import { zoo } from '../main/engine/zoo/index.ts';
import { Peer, type Timing } from './train/peer.ts';

/*
 * Training speed against PyTorch on the CPU, interleaved so that both see the same machine: `npm run bench:train`.
 *   --networks a,b   zoo networks (the five of the list below)
 *   --batch N        64        --threads N    2        --rounds N    15
 *   --device NAME    Espalier's device (onnxruntime)
 *   --clock cpu      compares processor time instead of wall time: for one thread on a busy machine
 *   --json FILE      everything that was measured
 * A ratio is Espalier's time over that of PyTorch in its better memory layout: below 1 Espalier is faster.
 */
const NETWORKS = ['lenet-300-100', 'lenet-5-caffe', 'vgg-like', 'resnet-20', 'mobilenet-like'];
/** One block of steps takes about this long. */
const BLOCK_MS = 200;
/** An evaluation goes through this many batches at least, all on the same weights: that is what it is. */
const EVALUATION = 40;
const CLASSES = 10;

const { values: options } = parseArgs({
  options: {
    networks: { type: 'string', default: NETWORKS.join() },
    batch: { type: 'string', default: '64' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '15' },
    device: { type: 'string', default: 'onnxruntime' },
    python: { type: 'string', default: '/usr/bin/python3' },
    clock: { type: 'string', default: 'wall' },
    json: { type: 'string' },
  },
});
const [batch, threads, rounds] = [Number(options.batch), Number(options.threads), Number(options.rounds)];
const hasTorch = spawnSync(options.python, ['-c', 'import torch']).status === 0;
if (!hasTorch)
  console.log('PyTorch is not installed (Debian: python3-torch libopenblas0-pthread); no ratios.');

interface Contender {
  readonly name: string;
  readonly peer: Peer;
  readonly version: string;
}

interface Measured {
  readonly name: string;
  readonly version: string;
  readonly firstStepMs: number;
  /** One number a round, ms per step. */
  readonly train: number[];
  readonly evaluate: number[];
  peakBytes: number;
}

async function contenders(id: string, network: Network): Promise<Contender[]> {
  const threadVariables = { OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) };
  const file = (name: string): string => new URL(`./train/${name}`, import.meta.url).pathname;
  const list: Contender[] = [];
  const add = async (name: string, peer: Peer, request: object): Promise<void> => {
    list.push({ name, peer, version: await peer.open(request) });
  };
  const espalier = new Peer(process.execPath, [file('espalier-peer.ts')]);
  await add('espalier', espalier, { network: id, batch, threads, device: options.device });
  if (!hasTorch) return list;
  for (const layout of ['contiguous', 'channels_last']) {
    const peer = new Peer(options.python, [file('torch_peer.py')], threadVariables);
    await add(`torch ${layout}`, peer, { ...described(network), batch, threads, layout, classes: CLASSES });
  }
  return list;
}

/** What the PyTorch side needs to build the same network. */
function described(network: Network): object {
  const [input] = network.inputs;
  const learned = Object.entries(network.params).filter(
    ([, { role }]) => role !== 'mean' && role !== 'variance',
  );
  return {
    nodes: network.nodes,
    input: input?.name,
    sample: input?.shape,
    output: network.outputs.at(-1),
    shapes: Object.fromEntries(learned.map(([name, { shape }]) => [name, shape])),
  };
}

async function measure(id: string): Promise<Measured[]> {
  const entry = zoo.get(id);
  const network = entry.build({ input: entry.defaultInput, classes: CLASSES });
  const list = await contenders(id, network);
  try {
    const measured: Measured[] = [];
    const blocks = new Map<string, { train: number; evaluate: number }>();
    for (const { name, version, peer } of list) {
      const first = await peer.time(1, true);
      await peer.time(3, true);
      await peer.time(3, false);
      const steps = (timing: Timing): number => Math.max(1, Math.round(BLOCK_MS / timing.ms));
      blocks.set(name, {
        train: steps(await peer.time(3, true)),
        evaluate: Math.max(EVALUATION, steps(await peer.time(3, false))),
      });
      measured.push({ name, version, firstStepMs: first.ms, train: [], evaluate: [], peakBytes: 0 });
    }
    for (let round = 0; round < rounds; round++) {
      for (const kind of ['train', 'evaluate'] as const) {
        for (const [i, { name, peer }] of list.entries()) {
          const { ms, cpuMs, peakBytes } = await peer.time(blocks.get(name)?.[kind] ?? 1, kind === 'train');
          const target = measured[i];
          target?.[kind].push(options.clock === 'cpu' ? cpuMs : ms);
          if (target !== undefined) target.peakBytes = peakBytes;
        }
      }
    }
    return measured;
  } finally {
    for (const { peer } of list) await peer.close();
  }
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const quantile = (values: readonly number[], q: number): number => {
  const list = sorted(values);
  return list[Math.round(q * (list.length - 1))] ?? NaN;
};
const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Ratios of the rounds against the better layout: median and quartiles. */
function ratio(measured: readonly Measured[], kind: 'train' | 'evaluate'): string {
  const [ours, ...torch] = measured;
  const best = torch.sort((a, b) => median(a[kind]) - median(b[kind]))[0];
  if (ours === undefined || best === undefined) return '-';
  const ratios = ours[kind].map((ms, i) => ms / (best[kind][i] ?? NaN));
  return `${median(ratios).toFixed(2)} (${quantile(ratios, 0.25).toFixed(2)}-${quantile(ratios, 0.75).toFixed(2)})`;
}

const results: Record<string, Measured[]> = {};
console.log(
  `batch ${batch}, ${threads} threads, ${rounds} rounds, ${options.clock} time, ${cpus()[0]?.model ?? 'unknown CPU'}`,
);
for (const id of options.networks.split(',')) {
  const measured = await measure(id);
  results[id] = measured;
  console.log(`\n${id}: full step ${ratio(measured, 'train')}, forward ${ratio(measured, 'evaluate')}`);
  for (const { name, version, train, evaluate, firstStepMs, peakBytes } of measured) {
    const times = `step ${median(train).toFixed(2)} ms, forward ${median(evaluate).toFixed(2)} ms`;
    const rest = `first step ${firstStepMs.toFixed(0)} ms, peak ${(peakBytes / 2 ** 20).toFixed(0)} MiB`;
    console.log(`  ${name.padEnd(20)} ${times}, ${rest}  [${version}]`);
  }
}
if (options.json !== undefined) {
  const machine = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    node: process.version,
    date: new Date().toISOString(),
  };
  writeFileSync(options.json, JSON.stringify({ machine, batch, threads, rounds, results }, null, 2));
}
