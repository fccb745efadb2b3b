import { inputError } from '../../contract/errors.ts';
import type { Component } from './coupling/components.ts';
import type { Coupling, Kept } from './coupling/index.ts';
import type { Network, Node, ParamInfo } from './graph.ts';
import { opOf } from './ops/index.ts';
import { inferShapes } from './shape.ts';
import { verifyNetwork } from './verify.ts';

/** What stays of a parameter, and so of everything in its shape. */
export interface Part {
  /** The parameter's shape before. */
  readonly shape: readonly number[];
  /** For every axis the indices that stay, in ascending order. */
  readonly indices: readonly (readonly number[])[];
}

export interface Shrunk {
  /** The network without the channels that left. */
  readonly network: Network;
  /** By parameter, what `cut.ts` cuts weights, masks, slots and snapshots by. */
  readonly parts: ReadonlyMap<string, Part>;
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
  const parts = new Map(
    Object.entries(network.params).map(([name, { shape }]): [string, Part] => [
      name,
      { shape, indices: shape.map((_, axis) => left.param(name, axis)) },
    ]),
  );
  const params: Record<string, ParamInfo> = {};
  for (const [name, { indices }] of parts) {
    const info = network.params[name];
    if (info !== undefined) params[name] = { ...info, shape: indices.map(({ length }) => length) };
  }
  const shapes = inferShapes(network, 1);
  const nodes = network.nodes.map((node) => resized(node, left, shapes));
  const smaller = { ...network, nodes, params };
  verifyNetwork(smaller);
  checkShapes(smaller, left);
  return { network: smaller, parts };
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
