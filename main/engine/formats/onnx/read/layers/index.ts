import { activation } from './activation.ts';
import { arithmetic } from './arithmetic.ts';
import { blocks } from './blocks.ts';
import { convolution } from './convolution.ts';
import { dense } from './dense.ts';
import { einsum } from './einsum.ts';
import { normalization } from './normalization.ts';
import { padding } from './padding.ts';
import { pooling } from './pooling.ts';
import type { LayerReader } from './reader.ts';
import { reduction } from './reduction.ts';
import { resizing } from './resizing.ts';
import { selection } from './selection.ts';
import { shape } from './shape.ts';
import { sklearn } from './sklearn.ts';

/** A reader for every ONNX operator that can work on the network's values. */
export const layerReaders: ReadonlyMap<string, LayerReader> = new Map(
  [
    activation,
    arithmetic,
    blocks,
    convolution,
    dense,
    einsum,
    normalization,
    padding,
    pooling,
    reduction,
    resizing,
    selection,
    shape,
  ].flatMap((family) => Object.entries(family)),
);

/** Readers of the operator set ai.onnx.ml. */
export const mlReaders: ReadonlyMap<string, LayerReader> = new Map(Object.entries(sklearn));
