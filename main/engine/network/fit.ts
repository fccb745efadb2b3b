import type { EspalierError } from '../../contract/errors.ts';
import { inputError } from '../../contract/errors.ts';
import type { AttrValue, Network, Node, WeightSet } from './graph.ts';
import { sizeOf } from './graph.ts';
import { onlyNeeded, paramsBehind } from './needed.ts';
import { inferShapes, logitsName } from './shape.ts';
import { verifyNetwork } from './verify.ts';

/** What a network is fitted to. */
export interface DataShape {
  /** [channels, height, width] or [features]. */
  readonly sampleShape: readonly number[];
  readonly classes: readonly string[];
}

/** A network with its numbers, as a file has it. */
interface Model {
  readonly network: Network;
  readonly weights: WeightSet;
}

export interface Fitted extends Model {
  /** What was done, for people; empty when the network fitted as it was. */
  readonly notes: readonly string[];
}

/**
 * Makes a network of a file take the data's samples and give one row of logits: where only the order or grouping of the
 * values differs, a layer that changes it is put first or last. Branches that only lead to other outputs are left out: no
 * loss reaches their weights.
 * @param file what the user calls the file, for messages
 * @throws EspalierError when the network is for other data
 */
export function fitToData({ network, weights }: Model, data: DataShape, file: string): Fitted {
  const [input, ...others] = network.inputs;
  if (input === undefined || others.length > 0) {
    throw inputError('network/inputs', `The network has ${network.inputs.length} inputs.`, {
      file,
      field: network.inputs.map(({ name }) => name).join(', '),
      remedy: 'Give a network with one input: the samples.',
    });
  }
  const notes: string[] = [];
  const change = inputChange(input.shape, data, (message, remedy) =>
    inputError('network/data', message, { file, field: input.name, remedy }),
  );
  const own = new Map(weights);
  let fitted = withoutBranches(network, own, notes);
  if (change !== undefined) {
    notes.push(change.note);
    fitted = withInput(fitted, data.sampleShape, change);
  }
  fitted = withFlatLogits(fitted, file);
  checkClasses(fitted, data, file);
  verifyNetwork(fitted);
  return { network: fitted, weights: own, notes };
}

/** Without the outputs that have weights which the logits do not depend on. Weights of these leave the set. */
function withoutBranches(network: Network, weights: WeightSet, notes: string[]): Network {
  const trained = paramsBehind(network, logitsName(network));
  const apart = network.outputs.filter((name) =>
    [...paramsBehind(network, name)].some((param) => !trained.has(param)),
  );
  if (apart.length === 0) return network;
  notes.push(
    `Left out: ${apart.map((name) => `'${name}'`).join(', ')}, with all that only ${apart.length === 1 ? 'this output needs' : 'these outputs need'}.`,
  );
  const outputs = network.outputs.filter((name) => !apart.includes(name));
  return onlyNeeded({ ...network, outputs }, weights);
}

/** The layer between the data's samples and what the network takes. */
interface Change {
  readonly op: string;
  readonly attrs: Readonly<Record<string, AttrValue>>;
  readonly note: string;
}

function inputChange(
  wanted: readonly number[],
  { sampleShape }: DataShape,
  refuse: (message: string, remedy: string) => EspalierError,
): Change | undefined {
  if (wanted.join() === sampleShape.join()) return undefined;
  const [channels = 1, height = 1, width = 1] = sampleShape;
  const reshape = (note: string): Change => ({ op: 'Reshape', attrs: { shape: wanted }, note });
  if (sampleShape.length === 3 && wanted.join() === [height, width, channels].join()) {
    return {
      op: 'Transpose',
      attrs: { perm: [0, 2, 3, 1] },
      note: 'The network takes its channels last: the order of the axes is changed before it.',
    };
  }
  const same = sizeOf(wanted) === sizeOf(sampleShape);
  if (same && (channels === 1 || sampleShape.length === 1)) {
    return reshape(`The network takes samples of ${show(wanted)}: they are given that shape before it.`);
  }
  if (same && wanted.length === 1) {
    return reshape('The network takes flat samples: it gets the pixels channel by channel.');
  }
  throw refuse(
    `The network takes samples of ${show(wanted)}, the data has ${show(sampleShape)}.`,
    remedyFor(wanted, sampleShape),
  );
}

function remedyFor(wanted: readonly number[], given: readonly number[]): string {
  if (wanted.length !== 3) return 'Use data of that shape.';
  // Both orders of axes occur; a first axis of few entries is the channels.
  const first = (wanted[0] ?? 0) <= 4;
  const [channels, height, width] = first ? wanted : [wanted[2], wanted[0], wanted[1]];
  const color =
    channels === given[0] ? '' : ` and color: ${channels === 1 ? 'grey' : 'rgb'} (${channels} channels)`;
  return `Use data of that shape; folders of images are read so with height: ${height}, width: ${width}${color}.`;
}

/** The network behind one more layer. Transpositions that this layer undoes are taken out with it. */
function withInput(network: Network, shape: readonly number[], { op, attrs }: Change): Network {
  const old = network.inputs[0]?.name ?? '';
  const readers = network.nodes.filter((node) => node.inputs.includes(old));
  const undone =
    op === 'Transpose' &&
    !network.outputs.includes(old) &&
    readers.every((node) => node.op === 'Transpose' && String(node.attrs['perm']) === '0,3,1,2') &&
    readers.every((node) => !network.outputs.some((output) => node.outputs.includes(output)));
  if (undone) {
    const gone = new Set(readers.flatMap((node) => node.outputs));
    const nodes = network.nodes
      .filter((node) => !readers.includes(node))
      .map((node) => ({ ...node, inputs: node.inputs.map((name) => (gone.has(name) ? old : name)) }));
    return { ...network, inputs: [{ name: old, shape }], nodes };
  }
  const name = freshName(network, `${old}_as_data`);
  const layer: Node = { name: `${name}/order`, op, inputs: [name], outputs: [old], params: {}, attrs };
  return { ...network, inputs: [{ name, shape }], nodes: [layer, ...network.nodes] };
}

/**
 * Logits of [classes, 1, 1] and the like become [classes].
 * @throws EspalierError when they are an image, a list of boxes or anything else that is no row of scores
 */
function withFlatLogits(network: Network, file: string): Network {
  const logits = logitsName(network);
  const [, ...sample] = inferShapes(network, 1).get(logits) ?? [];
  if (sample.length === 1) return network;
  if (sample.filter((dim) => dim > 1).length > 1) throw noScores(logits, sample, file);
  const name = freshName(network, `${logits}_flat`);
  const layer: Node = { name, op: 'Flatten', inputs: [logits], outputs: [name], params: {}, attrs: {} };
  return {
    ...network,
    nodes: [...network.nodes, layer],
    outputs: [...network.outputs.slice(0, -1), name],
  };
}

function noScores(output: string, sample: readonly number[], file: string): EspalierError {
  const kind =
    sample.length === 3
      ? 'an image or a map, as of a network that segments images or makes new ones'
      : 'a table, as of a network that finds objects or answers for each step of a sequence';
  return inputError(
    'network/no-classifier',
    `The output '${output}' is [${sample.join(', ')}] for a sample: ${kind}, and no row with a score for each class.`,
    { file, field: output, remedy: 'Give a network that tells classes apart.' },
  );
}

function freshName(network: Network, wanted: string): string {
  const taken = new Set([
    ...network.inputs.map((input) => input.name),
    ...network.nodes.flatMap((node) => [node.name, ...node.outputs]),
  ]);
  let name = wanted;
  while (taken.has(name)) name += '_';
  return name;
}

function checkClasses(network: Network, { classes }: DataShape, file: string): void {
  const logits = logitsName(network);
  const [, count = 1] = inferShapes(network, 1).get(logits) ?? [];
  if (count === classes.length) return;
  throw inputError(
    'network/classes',
    `The network tells ${count} classes apart, the data has ${classes.length}.`,
    {
      file,
      field: logits,
      remedy:
        count === 1
          ? 'Networks with a single output are not supported: export it with one output for each class.'
          : 'Use the data that the network was made for, with its classes in the same order.',
    },
  );
}

function show(shape: readonly number[]): string {
  return shape.length === 1 ? `${shape[0]} values` : shape.join(' x ');
}
