import type { Network } from '../../../network/graph.ts';

/**
 * The outputs that a file gets. Our networks give the logits last, also behind a final softmax; readers of TensorFlow.js and
 * Keras models find them there by themselves, and other programs would be surprised by an output more.
 */
export function fileOutputs({ outputs, nodes }: Network): readonly string[] {
  const logits = outputs.at(-1);
  const before = outputs.at(-2);
  const maker = nodes.find((node) => before !== undefined && node.outputs.includes(before));
  const known = maker?.op === 'Softmax' || maker?.op === 'LogSoftmax';
  return known && logits !== undefined && maker.inputs[0] === logits ? outputs.slice(0, -1) : outputs;
}
