import { opName, type OpName } from '../../network/ops/index.ts';
import type { CountedKind } from './budget.ts';

const COUNTED: ReadonlySet<OpName> = new Set<OpName>(['Conv2D', 'ConvTranspose2D', 'Dense']);

export const layers: CountedKind = {
  id: 'layers',
  label: 'Layers',
  summary:
    'Convolutions and dense layers; shortcuts that convolve count, batch norms and activations do not.',
  of: ({ network }) => network.nodes.filter((node) => COUNTED.has(opName(node))).length,
};
