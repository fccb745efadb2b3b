import type { LayerEmitter } from '../writer.ts';
import { activation } from './activation.ts';
import { convolution } from './convolution.ts';
import { core } from './core.ts';
import { merging } from './merging.ts';
import { pooling } from './pooling.ts';
import { shape } from './shape.ts';

/** How each of our layers is written as layers of Keras, where that is possible. */
export const layerEmitters: ReadonlyMap<string, LayerEmitter> = new Map(
  [activation, convolution, core, merging, pooling, shape].flatMap((family) => Object.entries(family)),
);
