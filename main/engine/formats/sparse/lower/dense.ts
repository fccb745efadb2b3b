import { nodeError, onlyInput } from '../../../network/node-reading.ts';
import type { Lowering } from './lowering.ts';
import { matrixLayer, vectorsIn } from './matrix-layer.ts';

export const dense: Lowering = {
  fuses: true,
  lower(context, node) {
    const input = context.value(onlyInput(node, node.inputs));
    const weight = context.param(node, 'weight');
    if (weight === undefined) throw nodeError(node, 'has no weight');
    const bias = context.param(node, 'bias')?.data;
    matrixLayer(context, node, { input, weight, bias, vectors: vectorsIn(input) });
  },
};
