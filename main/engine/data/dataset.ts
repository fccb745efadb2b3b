import type { DataRead } from '../../contract/data-read.ts';
import type { Labels } from './labels.ts';

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
