import { elementwise } from './elementwise.ts';

export const identity = elementwise({
  summary: 'passes its input on',
  passesSignal: true,
  moves: true,
  neverNegative: (_, inputs) => inputs,
  atZero: 'zero',
  apply: (x) => x,
  emit: (ctx, node, input) => void ctx.node('Identity', [input], {}, node.outputs),
});
