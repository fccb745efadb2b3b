import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { CompiledStep, DeviceState } from '../../main/engine/backend/backend.ts';
import { openBackend } from '../../main/engine/backend/choose.ts';
import type { Timing } from './peer.ts';
import { type Setup, setup } from './setup.ts';

/*
 * Espalier's side of the training benchmark, in a process of its own.
 * Reads one JSON request a line: {"open": {...}}, {"steps": n, "train": bool}; answers one JSON line each.
 */
interface Open {
  network: string;
  batch: number;
  threads: number;
  device: string;
}
type Request = { open: Open } | { steps: number; train: boolean };

interface Peer {
  readonly setup: Setup;
  readonly state: DeviceState;
  readonly train: CompiledStep;
  readonly evaluate: CompiledStep;
}

async function open({ network, batch, threads, device }: Open): Promise<[Peer, { version: string }]> {
  const made = setup(network, { batch });
  const backend = await openBackend({ device, threads });
  const peer = {
    setup: made,
    state: backend.createState(made.state),
    train: backend.compile(made.train),
    evaluate: backend.compile(made.evaluate),
  };
  return [peer, { version: backend.device }];
}

async function time(peer: Peer, steps: number, train: boolean): Promise<Timing> {
  const step = train ? peer.train : peer.evaluate;
  const inputs = train
    ? peer.setup.inputs
    : { x: peer.setup.inputs['x'] as (typeof peer.setup.inputs)[string] };
  const [start, busy] = [performance.now(), process.cpuUsage()];
  for (let i = 0; i < steps; i++) await step.run(peer.state, inputs);
  const { user, system } = process.cpuUsage(busy);
  return {
    ms: (performance.now() - start) / steps,
    cpuMs: (user + system) / 1000 / steps,
    peakBytes: peakBytes(),
  };
}

/** The largest resident size so far. */
function peakBytes(): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

let peer: Peer | undefined;
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as Request;
  if ('open' in request) {
    const [opened, answer] = await open(request.open);
    peer = opened;
    console.log(JSON.stringify(answer));
  } else if (peer !== undefined) {
    console.log(JSON.stringify(await time(peer, request.steps, request.train)));
  }
}
