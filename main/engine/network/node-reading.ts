import type { EspalierError } from '../../contract/errors.ts';
import { inputError } from '../../contract/errors.ts';
import type { Network, Node } from './graph.ts';

/** What is wrong with one node; the message follows the words "Conv2D 'conv1'". */
export function nodeError(node: Node, message: string, remedy?: string): EspalierError {
  return inputError('network/invalid', `${node.op} '${node.name}' ${message}`, { field: node.name, remedy });
}

/** A numeric attribute; the default when it is absent, an error when there is neither. */
export function numberAttr(node: Node, name: string, fallback?: number): number {
  const value = node.attrs[name] ?? fallback;
  if (typeof value !== 'number') throw nodeError(node, `needs a number as attribute '${name}'`);
  return value;
}

/** A positive integer attribute. */
export function countAttr(node: Node, name: string, fallback?: number): number {
  const value = numberAttr(node, name, fallback);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw nodeError(node, `needs a positive integer as attribute '${name}', not ${value}`);
  }
  return value;
}

/** A yes-or-no attribute. */
export function flagAttr(node: Node, name: string, fallback: boolean): boolean {
  const value = node.attrs[name] ?? fallback;
  if (typeof value !== 'boolean') throw nodeError(node, `needs true or false as attribute '${name}'`);
  return value;
}

/** An attribute that is a list of integers. */
export function integersAttr(node: Node, name: string, fallback?: readonly number[]): readonly number[] {
  const value = node.attrs[name] ?? fallback;
  if (!Array.isArray(value) || !value.every((item) => Number.isSafeInteger(item))) {
    throw nodeError(node, `needs a list of integers as attribute '${name}'`);
  }
  return value as readonly number[];
}

/** The axis that an attribute names, counted from the front: -1 is the last one. */
export function axisAttr(node: Node, name: string, rank: number, fallback?: number): number {
  return axisOf(node, numberAttr(node, name, fallback), rank);
}

/** `axis` counted from the front, for a value of this rank. */
export function axisOf(node: Node, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isSafeInteger(positive) || positive < 0 || positive >= rank) {
    throw nodeError(node, `names axis ${axis} of a value of rank ${rank}`);
  }
  return positive;
}

/** The only input of a node that takes one, whatever inputs are counted in: shapes, activations, names. */
export function onlyInput<T>(node: Node, inputs: readonly T[]): T {
  const [first] = inputs;
  if (first === undefined || inputs.length !== 1) {
    throw nodeError(node, `takes one input, not ${inputs.length}`);
  }
  return first;
}

/** Both inputs of a node that takes two. */
export function bothInputs<T>(node: Node, inputs: readonly T[]): [T, T] {
  const [first, second] = inputs;
  if (first === undefined || second === undefined || inputs.length !== 2) {
    throw nodeError(node, `takes two inputs, not ${inputs.length}`);
  }
  return [first, second];
}

/** The only input's shape [batch, channels, height, width]; an error for another rank. */
export function spatialInput(
  node: Node,
  inputs: readonly (readonly number[])[],
): [batch: number, channels: number, height: number, width: number] {
  const shape = onlyInput(node, inputs);
  const [batch, channels, height, width] = shape;
  if (
    shape.length !== 4 ||
    batch === undefined ||
    channels === undefined ||
    height === undefined ||
    width === undefined
  ) {
    throw nodeError(
      node,
      `needs a value of shape [batch, channels, height, width], but gets ${showShape(shape)}`,
    );
  }
  return [batch, channels, height, width];
}

/** The shape of the parameter that plays `role`; undefined when the node has none. */
export function paramShape(node: Node, network: Network, role: string): readonly number[] | undefined {
  const name = node.params[role];
  if (name === undefined) return undefined;
  const info = network.params[name];
  if (info === undefined) throw nodeError(node, `names a parameter '${name}' that the network does not have`);
  return info.shape;
}

/** Checks a required parameter against the shape that the node's inputs call for; null stands for any size. */
export function expectParam(
  node: Node,
  network: Network,
  role: string,
  expected: readonly (number | null)[],
): readonly number[] {
  const shape = paramShape(node, network, role);
  if (shape === undefined) throw nodeError(node, `has no parameter for its ${role}`);
  const fits =
    shape.length === expected.length &&
    shape.every((dim, axis) => expected[axis] === null || expected[axis] === dim);
  if (!fits) {
    const wanted = `[${expected.map((dim) => dim ?? 'any').join(', ')}]`;
    throw nodeError(
      node,
      `needs a ${role} of shape ${wanted}, but '${node.params[role]}' is ${showShape(shape)}`,
    );
  }
  return shape;
}

/** Like `expectParam`, for a role that the node may lack. */
export function expectOptionalParam(
  node: Node,
  network: Network,
  role: string,
  expected: readonly (number | null)[],
): void {
  if (node.params[role] !== undefined) expectParam(node, network, role, expected);
}

export function showShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
