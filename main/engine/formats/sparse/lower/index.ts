import { arithmetics } from './arithmetic.ts';
import { conv } from './conv.ts';
import { convTranspose } from './conv-transpose.ts';
import { dense } from './dense.ts';
import type { Lowering } from './lowering.ts';
import { moves } from './moves.ts';
import { functions } from './pointwise.ts';
import { avgPool, maxPool } from './pools.ts';
import { products } from './products.ts';
import { reductions } from './reductions.ts';

/** How each layer type becomes kernels, by the name that nodes call it. */
export const lowerings: Readonly<Record<string, Lowering>> = {
  ...functions,
  ...arithmetics,
  ...moves,
  ...products,
  ...reductions,
  AvgPool: avgPool,
  Conv2D: conv,
  ConvTranspose2D: convTranspose,
  Dense: dense,
  MaxPool: maxPool,
};
