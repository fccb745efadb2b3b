import type { EspalierError } from '../../../../contract/errors.ts';
import { inputError } from '../../../../contract/errors.ts';
import { sizeOf } from '../../../network/graph.ts';
import { readBy } from './graph/names.ts';
import type { ReadModel, ReadValue } from './model.ts';

/** TensorProto.DataType of the inputs that are read: not stated, float32, float16, float64, bfloat16. */
const FLOAT_TYPES = [0, 1, 10, 11, 16];
/** Whole numbers: bytes of pixels above all. */
const WHOLE_TYPES: Readonly<Record<number, string>> = {
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  12: 'uint32',
  13: 'uint64',
};

export const isFloatType = (type: number): boolean => FLOAT_TYPES.includes(type);
export const isWholeType = (type: number): boolean => WHOLE_TYPES[type] !== undefined;

/** One way of filling in what the file leaves open. */
interface Way {
  /** Each with a shape, all of it known but the batch. */
  readonly inputs: readonly ReadValue[];
  readonly notes: readonly string[];
}

/**
 * The ways in which a graph's inputs may be meant, the likeliest first. Inputs that no node reads are left out.
 * @param sampleShape of the data: sizes that are open are theirs, in the order of axes that fits
 * @throws EspalierError naming the input that cannot be fed
 */
export function boundInputs(
  graph: ReadModel,
  sampleShape: readonly number[] | undefined,
  file: string | undefined,
): readonly Way[] {
  const stored = new Set(graph.initializers.map(({ name }) => name));
  const read = new Set([...graph.nodes.flatMap(readBy), ...graph.outputs.map(({ name }) => name)]);
  const given = graph.inputs.filter(({ name }) => !stored.has(name));
  const fed = given.length > 1 ? given.filter(({ name }) => read.has(name)) : given;
  const notes = given
    .filter((input) => !fed.includes(input))
    .map(({ name }) => `Left out: input '${name}', which nothing reads.`);
  const ways = fed.map((input) => waysOf(input, fed.length === 1 ? sampleShape : undefined, file));
  const [only = []] = ways;
  const inputs = ways.length === 1 ? only.map((way) => [way]) : [ways.flatMap(([way]) => way ?? [])];
  return inputs.map((bound) => ({
    inputs: [...graph.inputs.filter(({ name }) => stored.has(name)), ...bound],
    notes: [
      ...notes,
      ...bound.flatMap((input) =>
        notesOn(
          input,
          fed.find(({ name }) => name === input.name),
        ),
      ),
    ],
  }));
}

function notesOn(bound: ReadValue, given: ReadValue | undefined): string[] {
  const [, ...sizes] = bound.dims ?? [];
  const whole = WHOLE_TYPES[bound.type];
  return [
    ...(isOpen(given)
      ? [`Its input '${bound.name}' leaves sizes open: it is read for samples of ${sizes.join(' x ')}.`]
      : []),
    ...(whole === undefined
      ? []
      : [
          `Its input '${bound.name}' takes whole numbers (${whole}): it needs the values as they are, \`normalize: none\`.`,
        ]),
  ];
}

const isOpen = (input: ReadValue | undefined): boolean =>
  input?.dims === undefined || !input.dims.slice(1).every(isSize);

const isSize = (dim: number | string | null): dim is number => typeof dim === 'number' && dim > 0;

function waysOf(
  input: ReadValue,
  sampleShape: readonly number[] | undefined,
  file: string | undefined,
): readonly ReadValue[] {
  const { name, type, dims } = input;
  const refuse = (message: string, remedy: string): EspalierError =>
    inputError('onnx/input', `input '${name}' ${message}`, { file, field: name, remedy });
  if (!isFloatType(type) && !isWholeType(type)) {
    throw refuse('does not take numbers', 'Only networks that take tensors of numbers are supported.');
  }
  if (dims?.length === 0)
    throw refuse('has no batch axis', 'Export the model with a batch as its first axis.');
  if (!isOpen(input)) return [input];
  if (sampleShape === undefined) {
    throw refuse(
      dims === undefined ? 'has no shape' : `has an open size on other axes than the batch: [${shown(dims)}]`,
      'Read it together with data: its sizes are then those of their samples. Or export it with a fixed sample shape.',
    );
  }
  const fitting = ordersOf(sampleShape).filter(
    (shape) =>
      dims === undefined ||
      (dims.length === shape.length + 1 &&
        shape.every((size, i) => !isSize(dims[i + 1] ?? null) || dims[i + 1] === size)),
  );
  if (fitting.length === 0) {
    throw refuse(
      `takes samples of [${shown((dims ?? []).slice(1))}], the data has ${sampleShape.join(' x ')}`,
      'Use data of a shape that the network takes.',
    );
  }
  return fitting.map((shape) => ({ name, type, dims: [dims?.[0] ?? null, ...shape] }));
}

const shown = (dims: readonly (number | string | null)[]) => dims.map((dim) => dim ?? '?').join(', ');

/** The orders in which a network may take the values of a sample. */
function ordersOf(sampleShape: readonly number[]): readonly (readonly number[])[] {
  const [channels = 1, height = 1, width = 1] = sampleShape;
  const flat = [sizeOf(sampleShape)];
  if (sampleShape.length !== 3) return [sampleShape, flat];
  const last = [height, width, channels];
  return [sampleShape, last, ...(channels === 1 ? [[height, width]] : []), flat];
}
