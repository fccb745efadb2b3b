import type { TargetId } from '../../contract/targets.ts';
import type { Runnable } from '../evaluate/running-model.ts';
import type { Model } from '../network/model.ts';

/** What runs in a target: a network, its numbers, and which of them are zero. */
export type Runs = Readonly<Pick<Model, 'network' | 'weights' | 'masks'>>;

/** How a network is called. */
export interface Call {
  /** Samples of a call. */
  readonly batch: number;
  /** Threads of a call; targets that have one only take one. */
  readonly threads: number;
}

/** Somewhere a network can run on this machine. Adding one is adding a file and a line in `targets/index.ts`. */
export interface Target {
  readonly id: TargetId;
  /**
   * What of this machine's software the times depend on.
   * @throws EspalierError where it cannot run here, saying what is missing
   */
  version(): Promise<string>;
  /**
   * The network as it runs there.
   * @throws EspalierError naming the layer that cannot be written
   */
  written(model: Runs): Promise<Runnable>;
  /** Milliseconds of one call by layer of networks that are called in turn; absent where the target does not tell. */
  layers?(models: readonly Runs[], call: Call): Promise<ReadonlyMap<string, number>[]>;
}
