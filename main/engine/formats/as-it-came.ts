import type { InputInfo, Network, Node } from '../network/graph.ts';
import { freshName } from '../network/head.ts';
import { neededPart } from '../network/needed.ts';
import { inferShapes } from '../network/shape.ts';
import { OURS, THEIRS } from './keras/order.ts';
import type { ExportRequest } from './export-format.ts';
import type { ElementType, Port, Signature } from './signature.ts';

/** How the sentence begins that says so of a network whose file answered otherwise. */
export const ANSWERS_ARE_LOGITS = 'Its answers are logits';

/** How a format has images: it writes ours as they are, or with their channels last. */
type Layout = 'as written' | 'channels last';

/** A network with the inputs and outputs of the file that it came from. */
interface AsItCame {
  readonly network: Network;
  /** Types of its inputs and outputs that are not float32, by their names. */
  readonly types: ReadonlyMap<string, ElementType>;
  /** What could not stay as it was, for people. */
  readonly changes: readonly string[];
}

/**
 * Takes back what fitting to data has done to the ends of a network: what comes out takes what the file took, in its order of
 * axes and under its names, and answers as it did.
 * @param request a network that is fitted to data, and perhaps compressed since; one that came from no file stays as it is
 * @param layout how the format that is written has images
 */
export function asItCame(
  { network, signature, logits = false }: Pick<ExportRequest, 'network' | 'signature' | 'logits'>,
  layout: Layout,
): AsItCame {
  if (signature === undefined) {
    return {
      network: logits ? withOutputs(network, network.outputs.slice(-1)) : network,
      types: new Map(),
      changes: [],
    };
  }
  const made = new Set(network.nodes.flatMap((node) => node.outputs));
  const answers = signature.outputs.map(({ name }) => name);
  const kept = answers.filter((name) => made.has(name));
  const own = kept.length === 0 || logits ? network.outputs.slice(-1) : kept;
  const changes = answers
    .filter((name) => !own.includes(name))
    .map((name) => `The output '${name}' is not in it.`);
  if (own.some((name) => !answers.includes(name))) {
    changes.push(`${ANSWERS_ARE_LOGITS}, in the output '${own.at(-1) ?? ''}'.`);
  }
  const inputs = signature.inputs.map(({ name }) => name);
  let current = withOutputs(network, own);
  for (const { name } of current.inputs) current = withInput(current, name, signature, layout, changes);
  const there = new Set(current.inputs.map(({ name }) => name));
  for (const name of inputs)
    if (!there.has(name)) changes.push(`The input '${name}', which nothing reads, is not in it.`);
  current = layout === 'as written' ? withOutputOrder(current, signature) : current;
  const ports = [...signature.inputs, ...signature.outputs].filter(
    ({ name }) => there.has(name) || current.outputs.includes(name),
  );
  const types = new Map(ports.filter(({ type }) => type !== 'float32').map(({ name, type }) => [name, type]));
  for (const { name, shape } of ports) {
    const [batch] = shape;
    if (batch !== null && batch !== undefined) {
      changes.push(`'${name}' takes any number of samples, where it was ${batch}.`);
    }
  }
  if (layout === 'as written') return { network: current, types, changes };
  const other = [...types].map(([name, type]) => `'${name}' is float32, where it was ${type}.`);
  return { network: current, types: new Map(), changes: [...changes, ...other] };
}

/** For formats that write the network with the ends of the run: what a person who replaces the file must know. */
export function runsEnds({ network, signature }: Pick<ExportRequest, 'network' | 'signature'>): string[] {
  if (signature === undefined) return [];
  const came = asItCame({ network, signature }, 'as written');
  const ends = ({ inputs, outputs }: Network) => JSON.stringify([inputs, outputs]);
  if (came.types.size === 0 && ends(came.network) === ends(network)) return [];
  const [input] = network.inputs;
  return [
    `It does not take the file's place as it is: '${input?.name ?? ''}' takes float32 samples of ${input?.shape.join(' x ') ?? ''}, and '${network.outputs.at(-1) ?? ''}' gives logits.`,
  ];
}

function withOutputs({ head: _, ...network }: Network, outputs: readonly string[]): Network {
  return neededPart({ ...network, outputs });
}

/** One input as the file had it. */
function withInput(
  network: Network,
  name: string,
  { inputs }: Signature,
  layout: Layout,
  changes: string[],
): Network {
  const first = network.nodes.filter((node) => node.inputs.includes(name));
  const [change] = first;
  // What fitting has put first gives the value that the file calls its input.
  const port = inputs.find((input) => input.name === name || change?.outputs[0] === input.name);
  const given = network.inputs.find((input) => input.name === name);
  if (port === undefined || given === undefined) return network;
  let current = network;
  let input = given;
  if (port.name !== name && change !== undefined) {
    const shapes = inferShapes(network, 1);
    input = { name: port.name, shape: (shapes.get(port.name) ?? []).slice(1) };
    const nodes = network.nodes.filter((node) => node !== change);
    current = { ...network, nodes, inputs: replaced(network.inputs, name, input) };
  }
  const asWritten = filled(port, input.shape);
  if (asWritten.open) changes.push(`'${port.name}' takes samples of ${asWritten.shape.join(' x ')} only.`);
  if (layout === 'channels last') {
    const last = turned(input.shape, [1, 2, 0]);
    if (asWritten.shape.length === 3 && asWritten.shape.join() !== last.join()) {
      // A file with its channels last that was read as it stands: the format turns images by itself.
      if (turned(asWritten.shape, [2, 0, 1]).join() !== input.shape.join() && port.name !== name) {
        return renamedInput(network, name, port.name);
      }
      changes.push(`'${port.name}' takes samples of ${last.join(' x ')}, with their channels last.`);
    }
    return current;
  }
  if (asWritten.shape.join() === input.shape.join()) return current;
  return behind(current, input, asWritten.shape);
}

/** A port's sample with what the file leaves open taken from the network, which has it in one of two orders. */
function filled(
  { shape: [, ...sample] }: Port,
  ours: readonly number[],
): { shape: readonly number[]; open: boolean } {
  const open = sample.length === 0 || sample.some((dim) => dim === null);
  if (!open) return { shape: sample as number[], open };
  const fits = (like: readonly number[]) =>
    like.length === sample.length && sample.every((dim, i) => dim === null || dim === like[i]);
  const last = turned(ours, [1, 2, 0]);
  return { shape: fits(ours) || !fits(last) ? ours : last, open };
}

function turned(shape: readonly number[], order: readonly number[]): readonly number[] {
  return shape.length === 3 ? order.map((axis) => shape[axis] ?? 1) : shape;
}

/** The network behind a layer that puts images' channels first. */
function behind(network: Network, input: InputInfo, shape: readonly number[]): Network {
  const inner = freshName(network, `${input.name}/channels_first`);
  const layer: Node = {
    ...{ name: inner, op: 'Transpose', inputs: [input.name], outputs: [inner] },
    ...{ params: {}, attrs: { perm: THEIRS } },
  };
  const nodes = network.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((name) => (name === input.name ? inner : name)),
  }));
  return {
    ...network,
    inputs: replaced(network.inputs, input.name, { name: input.name, shape }),
    nodes: [layer, ...nodes],
  };
}

/** The input under the file's name, which another value may have now. */
function renamedInput(network: Network, from: string, to: string): Network {
  const inner = freshName(network, `${to}/inner`);
  const rename = (name: string) => (name === to ? inner : name === from ? to : name);
  return {
    ...network,
    inputs: network.inputs.map(({ name, shape }) => ({ name: rename(name), shape })),
    outputs: network.outputs.map(rename),
    nodes: network.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    })),
  };
}

function replaced(inputs: readonly InputInfo[], name: string, by: InputInfo): InputInfo[] {
  return inputs.map((input) => (input.name === name ? by : input));
}

/** Outputs that are images with their channels last in the file, so again. */
function withOutputOrder(network: Network, { outputs }: Signature): Network {
  const shapes = inferShapes(network, 1);
  return outputs.reduce((current, { name, shape }) => {
    const ours = shapes.get(name);
    if (ours?.length !== 4 || !current.outputs.includes(name)) return current;
    const last = OURS.map((axis) => ours[axis] ?? 1).slice(1);
    if (shape.slice(1).join() !== last.join() || shape.slice(1).join() === ours.slice(1).join())
      return current;
    const inner = freshName(current, `${name}/channels_first`);
    const rename = (value: string) => (value === name ? inner : value);
    const nodes = current.nodes.map((node) => ({
      ...node,
      name: rename(node.name),
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    }));
    const layer: Node = {
      ...{ name, op: 'Transpose', inputs: [inner], outputs: [name], params: {} },
      attrs: { perm: OURS },
    };
    return { ...current, nodes: [...nodes, layer] };
  }, network);
}
