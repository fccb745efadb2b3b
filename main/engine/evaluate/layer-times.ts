import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { z } from 'zod';
import { networkCost } from '../network/cost.ts';
import { sizeOf, type Network } from '../network/graph.ts';
import { quantile } from './latency.ts';

/** Calls of every network, in turn, whose kernels are timed. */
const CALLS = 60;

/** What onnxruntime's profile says of a kernel: microseconds of one call of it. */
const kernelSchema = z.object({
  cat: z.literal('Node'),
  name: z.string().endsWith('_kernel_time'),
  dur: z.number(),
  args: z.object({ op_name: z.string() }),
});

/**
 * Milliseconds of one call by layer, medians over calls: of layers that multiply by their names, with what onnxruntime computes in
 * one kernel with them (norms, activations, sums); of everything else by the kind of kernel.
 * @param models networks with their ONNX files, called in turn so that a slow moment hits all alike
 */
export async function layerTimes(
  models: readonly { readonly network: Network; readonly file: Uint8Array }[],
  { batch, threads }: { readonly batch: number; readonly threads: number },
): Promise<ReadonlyMap<string, number>[]> {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-profile-'));
  try {
    const sessions: InferenceSession[] = [];
    for (const [i, { file }] of models.entries()) {
      sessions.push(
        await InferenceSession.create(file, {
          intraOpNumThreads: threads,
          enableProfiling: true,
          profileFilePrefix: join(folder, `${i}-`),
          logSeverityLevel: 3,
        }),
      );
    }
    const inputs = models.map(({ network }) => {
      const shape = network.inputs[0]?.shape ?? [];
      return new Tensor('float32', new Float32Array(batch * sizeOf(shape)).fill(0.5), [batch, ...shape]);
    });
    for (let call = 0; call < CALLS; call++) {
      for (const [i, session] of sessions.entries()) {
        const input = inputs[i];
        if (input !== undefined) await session.run({ [session.inputNames[0] ?? '']: input });
      }
    }
    for (const session of sessions) {
      session.endProfiling();
      await session.release();
    }
    return models.map(({ network }, i) => {
      const name = readdirSync(folder).find((file) => file.startsWith(`${i}-`)) ?? '';
      return byLayer(network, JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown[]);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function byLayer(network: Network, events: readonly unknown[]): Map<string, number> {
  const kernels = events.flatMap((event) => kernelSchema.safeParse(event).data ?? []);
  const times = new Map<string, number>();
  for (const own of Map.groupBy(kernels, ({ name }) => name).values()) {
    const [{ name, args } = { name: '', args: { op_name: '' } }] = own;
    const layer = layerOf(network, name.replace(/(_nchwc)?_kernel_time$/, '')) ?? args.op_name;
    // Twice as many events as calls are two kernels of one name, each called once.
    const calls = Math.max(1, Math.round(own.length / CALLS));
    const ms = (quantile(own.map(({ dur }) => dur), 0.5) * calls) / 1000; // prettier-ignore
    times.set(layer, (times.get(layer) ?? 0) + ms);
  }
  return times;
}

/** A kernel of several layers is called after the last of them: the one that multiplies stands before it. */
function layerOf(network: Network, name: string): string | undefined {
  const multiplying = new Set(
    networkCost(network).layers.flatMap(({ name: layer, macs }) => (macs > 0 ? layer : [])),
  );
  // Kernels of the blocked form are called after the value that they make.
  let node =
    network.nodes.find((one) => one.name === name) ??
    network.nodes.find(({ outputs }) => outputs.includes(name));
  while (node !== undefined && !multiplying.has(node.name)) {
    const [from] = node.inputs;
    node = network.nodes.find(({ outputs }) => outputs.includes(from ?? ''));
    // What stands behind a pooling is no part of a convolution's kernel.
    if (node !== undefined && /Pool|Flatten|Reshape|Concat/.test(node.op)) return undefined;
  }
  return node?.name;
}
