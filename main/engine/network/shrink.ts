import { inputError } from '../../contract/errors.ts';
import type { Component } from './coupling/components.ts';
import type { Coupling, Kept } from './coupling/index.ts';
import {
  isTrained,
  sizeOf,
  type MaskSet,
  type Network,
  type Node,
  type ParamInfo,
  type TensorData,
  type WeightSet,
} from './graph.ts';
import { opOf } from './ops/index.ts';
import { inferShapes } from './shape.ts';
import { verifyNetwork } from './verify.ts';

/** For every axis of a parameter the indices that stay, in ascending order. */
type KeptIndices = readonly (readonly number[])[];

export interface Shrunk {
  /** The network without the channels that left. */
  readonly network: Network;
  /** By parameter: whatever has the shape of one (weights, masks, slots of an optimiser, snapshots) is cut by `cut`. */
  readonly kept: ReadonlyMap<string, KeptIndices>;
}

/**
 * Takes components out of a network: the same layers with fewer channels. With the numbers that stay it computes what the
 * network computes with everything that left set to zero (`componentMasks`).
 * @param removed components of the coupling's groups
 * @throws EspalierError when all components of a group would leave
 */
export function shrink(network: Network, coupling: Coupling, removed: Iterable<Component>): Shrunk {
  const gone = new Set(removed);
  for (const { name, unit, components } of coupling.groups) {
    if (components.some((component) => !gone.has(component))) continue;
    throw inputError(
      'structure/empty',
      `Nothing would be left of '${name}': all ${components.length} ${unit}s would leave.`,
      {
        field: name,
        remedy: 'Keep at least one.',
      },
    );
  }
  const left = coupling.without(gone);
  const kept = new Map(
    Object.entries(network.params).map(([name, { shape }]) => [
      name,
      shape.map((_, axis) => left.param(name, axis)),
    ]),
  );
  const params: Record<string, ParamInfo> = {};
  for (const [name, info] of Object.entries(network.params)) {
    params[name] = { ...info, shape: (kept.get(name) ?? []).map((indices) => indices.length) };
  }
  const shapes = inferShapes(network, 1);
  const nodes = network.nodes.map((node) => resized(node, left, shapes));
  const smaller = { ...network, nodes, params };
  verifyNetwork(smaller);
  checkShapes(smaller, left);
  return { network: smaller, kept };
}

/** The part of a parameter's numbers that stays; of a mask, or of anything else in its shape, alike. */
export function cut<T extends Float32Array | Uint8Array>(
  data: T,
  shape: readonly number[],
  kept: KeptIndices,
): T {
  const result = data.slice(
    0,
    kept.reduce((size, indices) => size * indices.length, 1),
  ) as T;
  let at = 0;
  const visit = (axis: number, offset: number): void => {
    const indices = kept[axis];
    if (indices === undefined) result[at++] = data[offset] as number;
    else for (const index of indices) visit(axis + 1, offset * (shape[axis] ?? 1) + index);
  };
  visit(0, 0);
  return result;
}

/** All parameters' numbers, cut to what stays. */
export function cutWeights(weights: WeightSet, { network, kept }: Shrunk): WeightSet {
  const smaller = (name: string, { shape, data }: TensorData): TensorData => ({
    shape: network.params[name]?.shape ?? [],
    data: cut(data, shape, kept.get(name) ?? []),
  });
  return new Map([...weights].map(([name, tensor]) => [name, smaller(name, tensor)]));
}

/**
 * Masks with a zero wherever a component that leaves has a trained number: what makes it, what reads it and what goes along with
 * it. Parameters of which nothing leaves have none.
 */
export function componentMasks(network: Network, removed: Iterable<Component>): MaskSet {
  const masks: MaskSet = new Map();
  for (const { members } of removed) {
    for (const { param, role, axis, indices } of members) {
      if (!isTrained(role)) continue;
      const shape = network.params[param]?.shape ?? [];
      const mask = masks.get(param) ?? new Uint8Array(sizeOf(shape)).fill(1);
      masks.set(param, mask);
      const inner = sizeOf(shape.slice(axis + 1));
      const size = shape[axis] ?? 1;
      for (let outer = 0; outer < mask.length; outer += size * inner) {
        for (const index of indices) mask.fill(0, outer + index * inner, outer + (index + 1) * inner);
      }
    }
  }
  return masks;
}

function resized(node: Node, left: Kept, shapes: ReadonlyMap<string, readonly number[]>): Node {
  const whole = (name: string) =>
    (shapes.get(name) ?? []).every((size, axis) => left.value(name, axis).length === size);
  if ([...node.inputs, ...node.outputs].every(whole)) return node;
  const attrs = opOf(node).resized?.(node, {
    outputs: node.outputs.length,
    shape: (input) => shapes.get(node.inputs[input] ?? '') ?? [],
    input: (axis, input = 0) => left.value(node.inputs[input] ?? '', axis),
    output: (axis, output = 0) => left.value(node.outputs[output] ?? '', axis),
  });
  return attrs === undefined ? node : { ...node, attrs: { ...node.attrs, ...attrs } };
}

/** Every value of the smaller network has as many indices as were to stay; anything else is a wrong rule of a layer. */
function checkShapes(network: Network, left: Kept): void {
  for (const [name, shape] of inferShapes(network, 1)) {
    const wanted = shape.map((_, axis) => left.value(name, axis).length);
    if (wanted.join() !== shape.join()) {
      throw new Error(
        `'${name}' of '${network.name}' has [${shape.join(', ')}] and not [${wanted.join(', ')}]`,
      );
    }
  }
}
