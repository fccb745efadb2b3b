import type { Latency, Side } from '../../../contract/report.ts';
import type { Classification } from '../../evaluate/classification.ts';
import { measureLatency } from '../../evaluate/latency.ts';
import { fileSize } from '../../evaluate/size.ts';
import { networkCost } from '../../network/cost.ts';
import { peakActivationBytes } from '../../network/memory.ts';
import type { Model } from '../../network/model.ts';

/** Samples of a call with many: enough that the arithmetic outweighs the call itself. */
const MANY = 32;
/** Seconds of timing them, for all networks of a run together. */
const SECONDS = 3;

/** Times networks against each other with a batch of many samples; those whose file takes another batch only are left out. */
export async function latenciesOfMany(
  models: readonly Uint8Array[],
  sampleShape: readonly number[],
): Promise<Map<Uint8Array, Latency>> {
  const times = await measureLatency(models, { sampleShape, batch: MANY, runs: 100, seconds: SECONDS });
  const timed = models.map((bytes, i) => [bytes, times[i]] as const);
  return new Map(
    timed.filter((pair): pair is [Uint8Array, Latency] => pair[1] !== undefined && pair[1].batch === MANY),
  );
}

/** One network of a run with all that was measured of it. */
export function sideOf(
  { network, masks }: Pick<Model, 'network' | 'masks'>,
  measured: Classification,
  onnx: Uint8Array,
  times: { readonly one: Latency; readonly many: Latency | null },
): Side {
  const cost = networkCost(network, masks);
  const size = fileSize(onnx);
  return {
    accuracy: measured.accuracy,
    f1: measured.f1,
    top5: measured.top5,
    loss: measured.loss,
    perClass: [...measured.perClass],
    parameters: cost.parameters,
    nonzero: cost.nonzero,
    sparsity: cost.sparsity,
    macs: cost.macs,
    effectiveMacs: cost.effectiveMacs,
    onnxBytes: size.bytes,
    gzipBytes: size.gzipBytes,
    latencyMs: times.one,
    latencyOfMany: times.many,
    peakActivationBytes: peakActivationBytes(network),
  };
}
