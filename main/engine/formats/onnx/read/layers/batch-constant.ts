import type { Importer, Value } from '../importer.ts';
import type { ReadNode } from '../model.ts';

/** A stored input of a node as a value of this shape, the same for every sample and trained like a bias. */
export function batchConstant(
  importer: Importer,
  node: ReadNode,
  index: number,
  sample: readonly number[],
  output = importer.helperName(node, 'constant'),
): Value {
  const [first] = importer.graphInputs();
  const input = first && importer.valueNamed(first.name);
  if (input === undefined) throw importer.fail(node, 'works on constants only');
  const values = { ...importer.floats(node, index, 'values'), shape: [1, ...sample] };
  return importer.add(node, {
    op: 'BatchConstant',
    inputs: [input],
    params: { bias: importer.param(node, index, 'bias', values) },
    output,
  });
}
