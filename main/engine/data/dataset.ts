import type { DataRead } from '../../contract/data-read.ts';
import type { Labels } from './labels.ts';
import type { PartName } from './split.ts';

/** Where the samples of a split stand in their source. */
export interface Origin {
  /** The part of the source that they come from: what is held out of a training part comes from that. */
  readonly part: PartName;
  /**
   * Of each sample, its place in that part, counted from 0: among the images of its file (of several files, one after the other
   * by name), the rows of its table (without header and comments), or the first axis of its array.
   */
  readonly rows: Int32Array;
  /** Of each sample, its file within the source, where every sample has a file of its own. */
  readonly files?: readonly string[];
}

/**
 * Labelled samples in memory. Raw values stay as the file has them (bytes or floats) in [channels, height, width] or
 * [features] order; normalisation happens when a batch is assembled, with constants from the training part only.
 */
export interface Split {
  readonly size: number;
  /** `size` samples, one after the other; length = size * product(sampleShape). */
  readonly values: Uint8Array | Float32Array;
  /** The same form in all parts of a data set. */
  readonly labels: Labels;
  /** Left out where no reader made the split. */
  readonly origin?: Origin;
}

/** Per-channel (rank 3) or per-feature (rank 1) constants in the raw values' own units: z = (x - mean) / std. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export interface Dataset {
  /** For people: 'digits', 'MNIST (IDX)', the folder's name. */
  readonly name: string;
  readonly classes: readonly string[];
  /** [channels, height, width] or [features]. */
  readonly sampleShape: readonly number[];
  readonly train: Split;
  /** Held out from training for choosing and watching; never the test part. May be empty (size 0). */
  readonly validation: Split;
  readonly test: Split;
  readonly normalization: Normalization;
  /** sha-256 over samples, labels and splits: the same fingerprint means the same data. */
  readonly fingerprint: string;
  /** What its reader has to say of it; left out where no reader made it. */
  readonly read?: DataRead;
}
