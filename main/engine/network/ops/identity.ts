import { passAll } from '../coupling/passes.ts';
import type { OpSpec } from '../op.ts';
import { elementwise } from './elementwise.ts';

export const identity: OpSpec = {
  ...elementwise({
    summary: 'passes its input on',
    passesSignal: true,
    moves: true,
    neverNegative: (_, inputs) => inputs,
    atZero: 'zero',
    apply: (x) => x,
    emit: (ctx, node, input) => void ctx.node('Identity', [input], {}, node.outputs),
  }),
  couple: passAll,
};
