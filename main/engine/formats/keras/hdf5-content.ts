import type { TensorData } from '../../network/graph.ts';

/** What an HDF5 file holds, as far as models need it. Paths begin with '/'. */
export interface Hdf5Content {
  /** Names in each group. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Texts and lists of texts that are attached to groups, by 'path@name'. */
  readonly texts: ReadonlyMap<string, string | readonly string[]>;
  /** Datasets of numbers, as float32. */
  readonly tensors: ReadonlyMap<string, TensorData>;
}

/** What the reading thread is asked and answers. */
export interface Hdf5Request {
  readonly bytes: Uint8Array;
}
export type Hdf5Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'content'; readonly content: Hdf5Content }
  | { readonly kind: 'damaged'; readonly place: string; readonly why: string };
