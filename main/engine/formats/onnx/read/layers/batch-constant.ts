import type { FloatConstant } from '../constant.ts';
import type { Importer, Value } from '../importer.ts';
import type { ReadNode } from '../model.ts';

/** Stored numbers [1, ...] as a value, the same for every sample and trained like a bias. */
export function batchConstant(
  importer: Importer,
  node: ReadNode,
  index: number,
  values: FloatConstant,
  output = importer.helperName(node, 'constant'),
): Value {
  const [first] = importer.graphInputs();
  const input = first && importer.valueNamed(first.name);
  if (input === undefined) throw importer.fail(node, 'works on constants only');
  return importer.add(node, {
    op: 'BatchConstant',
    inputs: [input],
    params: { bias: importer.param(node, index, 'bias', values) },
    output,
  });
}
