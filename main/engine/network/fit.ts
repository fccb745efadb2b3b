import type { EspalierError } from '../../contract/errors.ts';
import { inputError } from '../../contract/errors.ts';
import type { Wanted } from './choose-answer.ts';
import { chooseAnswer } from './choose-answer.ts';
import type { AttrValue, Network, Node, WeightSet } from './graph.ts';
import { sizeOf } from './graph.ts';
import type { Answer } from './head.ts';
import { asInFile, freshName, withAnswer } from './head.ts';
import { verifyNetwork } from './verify.ts';

/** What a network is fitted to. */
export interface DataShape extends Wanted {
  /** [channels, height, width] or [features]. */
  readonly sampleShape: readonly number[];
}

/** A network with its numbers. */
export interface Model {
  readonly network: Network;
  readonly weights: WeightSet;
}

export interface Fitted extends Model {
  /** The output of the file that is used. */
  readonly output: string;
  /** How the file takes samples: their shape, and the axis of the data's for each of its axes where they are in another order. */
  readonly taken: { readonly shape: readonly number[]; readonly perm?: readonly number[] };
  /** What was done, for people; empty when the network fitted as it was. */
  readonly notes: readonly string[];
}

/**
 * Makes a network of a file take the data's samples and give one row of logits: of several outputs one is chosen, what is no
 * part of it is left out, a last activation is set apart as the network's head, and where only the order or grouping of the
 * samples' values differs, a layer that changes it is put first.
 * @param file what the user calls the file, for messages
 * @param output the name of the output that is wanted; the one that fits the classes when left out
 * @throws EspalierError when the network is for other data
 */
export function fitToData(
  { network, weights }: Model,
  data: DataShape,
  file: string,
  output?: string,
): Fitted {
  const { answer, note } = chooseAnswer(asInFile(network), data, file, output);
  const notes = [...(note === undefined ? [] : [note]), ...headNotes(answer, data)];
  let fitted = withAnswer(asInFile(network), answer);
  const [input, ...others] = fitted.inputs;
  if (input === undefined || others.length > 0) {
    throw inputError('network/inputs', `The network has ${fitted.inputs.length} inputs.`, {
      file,
      field: fitted.inputs.map(({ name }) => name).join(', '),
      remedy: 'Give a network with one input: the samples.',
    });
  }
  const change = inputChange(input.shape, data, (message, remedy) =>
    inputError('network/data', message, { file, field: input.name, remedy }),
  );
  if (change !== undefined) {
    notes.push(change.note);
    fitted = withInput(fitted, data.sampleShape, change);
  }
  verifyNetwork(fitted);
  const { params } = fitted;
  const own = new Map([...weights].filter(([name]) => params[name] !== undefined));
  const perm = change?.op === 'Transpose' ? { perm: CHANNELS_LAST } : {};
  return {
    network: fitted,
    weights: own,
    output: answer.output,
    taken: { shape: input.shape, ...perm },
    notes,
  };
}

/** What a person should know of the way in which the network answers. */
function headNotes({ kind }: Answer, { classes, multiLabel }: DataShape): string[] {
  if (kind === 'sigmoid' && multiLabel !== true) {
    return [
      'The network judges each class by itself (sigmoid): it is trained with binary cross-entropy, and the class with the highest score is its answer.',
    ];
  }
  if (!kind.startsWith('single-')) return [];
  const what = kind === 'single-sigmoid' ? 'the probability' : 'the logit';
  return [
    `The network's single output is taken for ${what} of '${classes[1] ?? ''}' against '${classes[0] ?? ''}'.`,
  ];
}

/** For each axis of a batch with its channels last, the axis with them first. */
const CHANNELS_LAST = [0, 2, 3, 1];

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
      attrs: { perm: CHANNELS_LAST },
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

function show(shape: readonly number[]): string {
  return shape.length === 1 ? `${shape[0]} values` : shape.join(' x ');
}
