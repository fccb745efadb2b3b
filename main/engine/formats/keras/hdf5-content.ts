import type { TensorData } from '../../network/graph.ts';

/** What an HDF5 file holds, as far as models need it. Paths begin with '/'. */
export interface Hdf5Content {
  /** Names in each group. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Texts and lists of texts that are attached to groups, by 'path@name'. */
  readonly texts: ReadonlyMap<string, string | readonly string[]>;
  /** Datasets of numbers, as float32. */
  readonly tensors: Map<string, TensorData>;
}

/** A group of a file that is to be written. */
export interface Hdf5Group {
  /** Attributes that are a text. */
  readonly texts: Readonly<Record<string, string>>;
  /** Attributes that are lists of texts. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly groups: Readonly<Record<string, Hdf5Group>>;
  readonly tensors: readonly (TensorData & { readonly name: string })[];
}

/** What the thread is asked and answers. */
export type Hdf5Request =
  /** A file's bytes, or where it is: then it is not all in memory at any time. */
  | { readonly kind: 'read'; readonly source: Uint8Array | string }
  | { readonly kind: 'write'; readonly root: Hdf5Group };
export type Hdf5Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'content'; readonly content: Hdf5Content }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'damaged'; readonly place: string; readonly why: string };
