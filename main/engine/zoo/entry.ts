import type { Registered } from '../base/registry.ts';
import type { Network } from '../network/graph.ts';

/** What a network of the zoo is fitted to. */
export interface ZooOptions {
  /** Shape of one sample: [channels, height, width] (fully connected networks also take [features]). */
  readonly input: readonly number[];
  /** Number of classes, the size of the logits. */
  readonly classes: number;
  /** Factor on the number of units or channels of every hidden layer, 0 < width <= 1; 1 when left out. */
  readonly width?: number;
}

/** A hidden layer's units or channels at a width, at least one. */
export function scaled(units: number, width = 1): number {
  return Math.max(1, Math.round(units * width));
}

/** A known architecture with its paper's initialisation. */
export interface ZooEntry extends Registered {
  /** Authors, title, year. */
  readonly paper: string;
  /** The input of the paper's own experiments. */
  readonly defaultInput: readonly number[];
  /** @throws EspalierError when the input does not suit the architecture, naming the layer. */
  build(options: ZooOptions): Network;
}
