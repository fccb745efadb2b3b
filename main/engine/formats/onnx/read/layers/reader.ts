import type { Importer } from '../importer.ts';
import type { ReadNode } from '../model.ts';

/** Turns one node of a file into layers of the network. */
export type LayerReader = (importer: Importer, node: ReadNode) => void;

/** Readers by ONNX operator. */
export type LayerReaders = Readonly<Record<string, LayerReader>>;
