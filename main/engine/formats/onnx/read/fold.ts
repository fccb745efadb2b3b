import type { Constant } from './constant.ts';
import type { Folds } from './folds/common.ts';
import { elementFolds } from './folds/elements.ts';
import { reductionFolds } from './folds/reductions.ts';
import { shapeFolds } from './folds/shapes.ts';
import type { ReadNode } from './model.ts';

const folds: Folds = { ...elementFolds, ...reductionFolds, ...shapeFolds };

/**
 * The results of a node whose inputs are all constants; undefined when that is not among what is computed here.
 * @param inputs in order; undefined stands for one that is left out
 */
export function foldNode(
  node: ReadNode,
  inputs: readonly (Constant | undefined)[],
): readonly Constant[] | undefined {
  const fold = Object.hasOwn(folds, node.opType) ? folds[node.opType] : undefined;
  const result = fold?.(inputs, node);
  if (result === undefined) return undefined;
  return Array.isArray(result) ? (result as readonly Constant[]) : [result as Constant];
}
