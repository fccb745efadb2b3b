import type { Judgement } from '../gradients/loss.ts';
import type { Head, Network, Node } from './graph.ts';
import { sizeOf } from './graph.ts';
import { neededPart } from './needed.ts';
import { axisAttr, integersAttr } from './node-reading.ts';
import { opOf } from './ops/index.ts';
import { inferShapes } from './shape.ts';

/** How a network's logits are judged where each sample has one class. */
export function judgementBy({ head }: Pick<Network, 'head'>): Judgement {
  return head?.kind === 'sigmoid' ? 'each class' : 'one class';
}

/** One output of a file: a head and the value that it reads. */
export interface Answer extends Head {
  /** The shape of one sample's answer. */
  readonly shape: readonly number[];
  /** The value before the head; its values in their order are the logits. */
  readonly logits: string;
  /** How many layers lie on the longest way to it. */
  readonly depth: number;
  /** Name of a softmax along single values, which gives the same for every sample. */
  readonly constant?: string;
}

/**
 * The outputs of a network. Those that differ only in a head or a shape, such as probabilities beside their logits, are one:
 * the one with the head.
 */
export function answersOf(network: Network): Answer[] {
  const shapes = inferShapes(network, 1);
  const makers = new Map(network.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const depths = depthsOf(network);
  const found = new Map<string, Answer>();
  for (const output of network.outputs) {
    const head = headOf(output, makers, shapes);
    const shape = (shapes.get(output) ?? []).slice(1);
    const source = passed(head.logits, makers, shapes);
    const known = found.get(source);
    if (known !== undefined && (known.kind !== 'none' || head.kind === 'none')) continue;
    found.set(source, { ...head, output, shape, depth: depths.get(output) ?? 0 });
  }
  return [...found.values()];
}

/** Whether an answer says something of every class: a number for each, or one number for two classes. */
export function tells({ shape, kind }: Answer, classes: number): boolean {
  if (shape.filter((dim) => dim > 1).length > 1) return false;
  return sizeOf(shape) === classes || (kind.startsWith('single-') && classes === 2);
}

/**
 * The network with one answer: its outputs are that and, last, one row of logits; where both are the same there is one output.
 * Layers and inputs that neither depends on are left out. The logits of a single number z are [0, z], whose softmax is
 * [1 - sigmoid(z), sigmoid(z)].
 */
export function withAnswer(network: Network, { kind, output, axis, logits }: Answer): Network {
  const [, ...sample] = inferShapes(network, 1).get(logits) ?? [];
  const nodes = [...network.nodes];
  const add = (op: string, attrs: Node['attrs'], from: string): string => {
    const name = freshName({ ...network, nodes }, `${from}_${op === 'Pad' ? 'classes' : 'flat'}`);
    nodes.push({ name, op, inputs: [from], outputs: [name], params: {}, attrs });
    return name;
  };
  let row = sample.length === 1 ? logits : add('Flatten', {}, logits);
  if (kind.startsWith('single-')) row = add('Pad', { pads: [0, 1, 0, 0], value: 0 }, row);
  const whole = { ...network, nodes };
  if (row === output) return neededPart({ ...whole, outputs: [row] });
  const head: Head = { kind, output, ...(axis === undefined ? {} : { axis }) };
  return { ...neededPart({ ...whole, outputs: [output, row] }), head };
}

/** The network as a file has it: with its answers as the only outputs, and nothing that only leads to the logits. */
export function asInFile(network: Network): Network {
  const { head, ...plain } = network;
  return head === undefined ? network : neededPart({ ...plain, outputs: [head.output] });
}

/** A name like the wanted one that no value and no layer has. */
export function freshName(network: Network, wanted: string): string {
  const taken = new Set([
    ...network.inputs.map((input) => input.name),
    ...network.nodes.flatMap((node) => [node.name, ...node.outputs]),
  ]);
  let name = wanted;
  while (taken.has(name)) name += '_';
  return name;
}

type Makers = ReadonlyMap<string, Node>;
type Shapes = ReadonlyMap<string, readonly number[]>;

function headOf(
  output: string,
  makers: Makers,
  shapes: Shapes,
): Pick<Answer, 'kind' | 'axis' | 'logits' | 'constant'> {
  const single = sizeOf(shapes.get(output) ?? []) === 1;
  let node = makers.get(passed(output, makers, shapes));
  const logged = node?.op === 'Log';
  if (logged) node = makers.get(passed(node?.inputs[0] ?? '', makers, shapes));
  const [logits = ''] = node?.inputs ?? [];
  if (node?.op === 'Softmax' || node?.op === 'LogSoftmax') {
    const shape = shapes.get(logits) ?? [];
    const axis = axisAttr(node, 'axis', shape.length, -1);
    if (shape[axis] === 1) return { kind: 'none', logits: output, constant: node.name };
    // Along a part of the values it is no head of a classifier: what it makes is taken as it is.
    if (shape[axis] === sizeOf(shape)) {
      return { kind: logged || node.op === 'LogSoftmax' ? 'log-softmax' : 'softmax', axis, logits };
    }
  }
  if (node?.op === 'Sigmoid' && !logged) return { kind: single ? 'single-sigmoid' : 'sigmoid', logits };
  return { kind: single && !isAmount(node) ? 'single-logit' : 'none', logits: output };
}

/** A value that is never below zero: as a single output, or its logarithm, it is an amount, not a logit. */
function isAmount(node: Node | undefined): boolean {
  return node !== undefined && opOf(node).neverNegative?.(node, false) === true;
}

function depthsOf({ nodes }: Network): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  for (const { inputs, outputs } of nodes) {
    const depth = inputs.reduce((most, name) => Math.max(most, depths.get(name) ?? 0), 0) + 1;
    for (const name of outputs) depths.set(name, depth);
  }
  return depths;
}

/** The value that this one has its numbers from, in the same order: through layers that change nothing but shapes. */
function passed(value: string, makers: Makers, shapes: Shapes): string {
  for (let at = value; ;) {
    const node = makers.get(at);
    const [from] = node?.inputs ?? [];
    if (node === undefined || from === undefined || !keepsOrder(node, shapes.get(from) ?? [])) return at;
    at = from;
  }
}

function keepsOrder(node: Node, input: readonly number[]): boolean {
  if (opOf(node).moves !== true) return false;
  if (node.attrs['perm'] === undefined) return true;
  const moved = integersAttr(node, 'perm').filter((axis) => axis > 0 && (input[axis] ?? 1) > 1);
  return moved.every((axis, i) => i === 0 || axis > (moved[i - 1] ?? 0));
}
