import { intsAttr } from '../attributes.ts';
import type { Importer } from '../importer.ts';
import type { ReadNode } from '../model.ts';

/** A list of integers that newer opsets give as an input and older ones as an attribute. */
export function list(
  importer: Importer,
  node: ReadNode,
  index: number,
  name: string,
): readonly number[] | undefined {
  if (!node.inputs[index]) return intsAttr(node, name);
  const constant = importer.constant(node, index);
  if (constant === undefined)
    throw importer.fail(node, `computes its '${name}' from the data, which is not supported`);
  return [...constant.data];
}
