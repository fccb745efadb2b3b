import { elementwise } from './elementwise.ts';

export const identity = elementwise({
  op: 'Identity',
  summary: 'passes its input on',
  apply: (x) => x,
  emit: (ctx, node, input) => void ctx.node('Identity', [input], {}, node.outputs),
});
