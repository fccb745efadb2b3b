import { networkCost } from '../../main/engine/network/cost.ts';
import type { Network } from '../../main/engine/network/graph.ts';

/** What one layer has to do with a call that is slower than fewer operations promise. */
export interface Cause {
  /** A layer that multiplies, with what is computed in one kernel with it, or a kind of kernel. */
  readonly layer: string;
  /** Milliseconds in one call. */
  readonly dense: number;
  readonly compact: number;
  /** Milliseconds more than the dense ones over what the whole network has fewer multiply-accumulates. */
  readonly lost: number;
  /** How many times fewer multiply-accumulates the layer itself has; null where it has none. */
  readonly fewer: number | null;
}

interface Timed {
  readonly network: Network;
  readonly times: ReadonlyMap<string, number>;
  /** Median milliseconds of a whole call, without a profile. */
  readonly call: number;
}

/** Where the time goes that is not saved, the most first; what a call needs besides its kernels is 'the call itself'. */
export function causesOf(dense: Timed, compact: Timed): Cause[] {
  const [before, after] = [macsOf(dense.network), macsOf(compact.network)];
  const promised = sum(before) / sum(after);
  const cause = (layer: string, then: number, now: number, fewer: number | null): Cause => ({
    layer,
    dense: then,
    compact: now,
    lost: now - then / promised,
    fewer,
  });
  const layers = new Set([...dense.times.keys(), ...compact.times.keys()]);
  const found = [...layers].map((layer) => {
    const [macs, left] = [before.get(layer), after.get(layer)];
    const fewer = macs === undefined || left === undefined ? null : macs / left;
    return cause(layer, dense.times.get(layer) ?? 0, compact.times.get(layer) ?? 0, fewer);
  });
  const besides = ({ call, times }: Timed) => Math.max(0, call - sum(times));
  return [...found, cause('the call itself', besides(dense), besides(compact), null)].sort(
    (a, b) => b.lost - a.lost,
  );
}

/** 'conv1 0.020 (1.4x fewer MACs, 1.1x faster)', milliseconds lost. */
export function causeWords({ layer, dense, compact, lost, fewer }: Cause): string {
  const faster = compact === 0 ? '' : `${(dense / compact).toFixed(1)}x faster`;
  const why = [fewer === null ? '' : `${fewer.toFixed(1)}x fewer MACs`, faster].filter((text) => text !== '');
  return `${layer} ${lost.toFixed(3)} (${why.join(', ')})`;
}

function macsOf(network: Network): Map<string, number> {
  return new Map(networkCost(network).layers.flatMap(({ name, macs }) => (macs > 0 ? [[name, macs]] : [])));
}

function sum(values: ReadonlyMap<string, number>): number {
  return [...values.values()].reduce((total, value) => total + value, 0);
}
