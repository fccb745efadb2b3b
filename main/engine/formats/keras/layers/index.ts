import type { KerasReader } from '../call.ts';
import { activation } from './activation.ts';
import { attention } from './attention.ts';
import { augmentation } from './augmentation.ts';
import { convolution } from './convolution.ts';
import { core } from './core.ts';
import { merging } from './merging.ts';
import { normalizations } from './normalization.ts';
import { pooling } from './pooling.ts';
import { sequence } from './sequence.ts';
import { shape } from './shape.ts';

/** A reader for every class of Keras layers that is supported. */
export const kerasReaders: ReadonlyMap<string, KerasReader> = new Map(
  [
    ...[activation, attention, augmentation, convolution, core],
    ...[merging, normalizations, pooling, sequence, shape],
  ].flatMap((family) => Object.entries(family)),
);
