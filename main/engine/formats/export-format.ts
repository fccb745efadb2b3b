import type { ExactFigures } from '../../contract/report.ts';
import type { Dataset } from '../data/dataset.ts';
import type { MaskSet, Network, WeightSet } from '../network/graph.ts';
import type { OwnProgram } from './own-program.ts';
import type { Signature } from './signature.ts';
import type { Registered } from '../base/registry.ts';

/** A compressed network, ready to be written. */
export interface ExportRequest {
  readonly network: Network;
  readonly weights: WeightSet;
  readonly masks: MaskSet;
  /** What the file that the network came from takes and gives, so that the new one does too. */
  readonly signature?: Signature;
  /** Answer with logits, whatever the file that it came from did. */
  readonly logits?: boolean;
  /** Texts that go into every file that has room for them. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * The data that the network was trained on, for formats that measure ranges on training samples.
   * @throws EspalierError when they cannot be read (any more)
   */
  readonly dataset?: () => Promise<Dataset>;
  /** Share of right answers of an 8-bit ONNX model on the test part, on this processor and in exact arithmetic. */
  readonly measure?: (
    model: Uint8Array,
    dataset: Dataset,
  ) => Promise<{ accuracy: number; exact: ExactFigures }>;
  /** Share of right answers of any ONNX model on the test part. */
  readonly score?: (model: Uint8Array, dataset: Dataset) => Promise<number>;
}

export interface ExportedFile {
  /** File name without a folder. */
  readonly name: string;
  /** What it is, for reports: 'onnx', 'weights', 'masks'. */
  readonly kind: string;
  readonly bytes: Uint8Array;
  /** What a person should know of it: what could not be written in the way of this format. */
  readonly notes?: readonly string[];
  /** Share of right answers on the test part, where the format computes differently and was measured. */
  readonly accuracy?: number;
  /** The same in exact arithmetic, where the format computes in eight bits. */
  readonly exact?: ExactFigures;
}

/** A way of writing a network down for other programs. */
export interface ExportFormat extends Registered {
  /** Stores only what is not zero, so that zeros make its files smaller. */
  readonly skipsZeros?: true;
  /** Holds numbers by name and no network, so that nothing runs of it. */
  readonly weightsOnly?: true;
  /** Of its main file, with the dot. */
  readonly extension: string;
  /**
   * For formats that do not have words for every network: refuses what they cannot write, before hours of training.
   * @throws EspalierError naming the layer
   */
  readonly check?: (network: Network, weights: WeightSet) => void;
  /** What runs of the files that it has written, for formats that bring their own kernels. */
  readonly own?: (files: readonly ExportedFile[]) => OwnProgram | Promise<OwnProgram>;
  /** @throws EspalierError naming the layer that the format has no words for */
  write(request: ExportRequest): ExportedFile[] | Promise<ExportedFile[]>;
}
