import type { Signature } from './signature.ts';
import type { Place } from '../data/files/place.ts';
import type { Network, WeightSet } from '../network/graph.ts';

/** A model file as its reader gets it. */
export interface ModelFile {
  readonly place: Place;
  /** Shape of the data's samples, [channels, height, width] or [features], where they are known: open sizes are theirs. */
  readonly sampleShape?: readonly number[];
  /** The whole file. */
  readonly content: () => Promise<Uint8Array>;
  /**
   * A file that the model names (shards, external data): it must lie in the model's folder or below it.
   * @throws EspalierError when it lies elsewhere, is not there or is too large
   */
  readonly companion: (name: string) => Promise<Companion>;
}

/** A file beside a model. */
export interface Companion {
  /** Its size in bytes. */
  readonly size: number;
  readonly content: () => Promise<Uint8Array>;
  /** The file piece by piece; each piece is only there until the next one is asked for. */
  readonly pieces: () => AsyncIterable<Uint8Array>;
}

/** A network with its weights, as a file holds it. */
export interface ImportedModel {
  readonly network: Network;
  readonly weights: WeightSet;
  /** Texts that the file holds beside the network. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The program that wrote it and its version, as far as the file says; may be empty. */
  readonly producer: string;
  /** Which version of the format it is, where that matters to people: 'opset 17'. */
  readonly dialect?: string;
  /** What a person should know of the reading. */
  readonly notes?: readonly string[];
  /** What the file takes and gives; absent for our own archives. */
  readonly signature?: Signature;
}

/** One way in which other programs write networks down. */
export interface ModelFormat {
  readonly id: string;
  /** For lists and messages: 'ONNX'. */
  readonly label: string;
  /** Whether a file is of this format, told by its first bytes (`SNIFF_BYTES` of them, or the whole file). */
  sniff(head: Uint8Array): boolean;
  /** @throws EspalierError naming the place in the file that is damaged or not supported. */
  read(file: ModelFile): Promise<ImportedModel>;
}

/** How many of a file's first bytes `sniff` gets at most. */
export const SNIFF_BYTES = 4096;
