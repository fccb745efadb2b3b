import { InferenceSession } from 'onnxruntime-node';
import { EspalierError } from '../../contract/errors.ts';
import type { Place } from '../data/files/place.ts';
import { readBytes } from '../data/files/place.ts';
import { decodeModel } from '../formats/onnx/read/decode.ts';
import type { ReadNode } from '../formats/onnx/read/model.ts';
import { signaturesOf } from '../formats/onnx/read/read.ts';
import type { Network, Node, ParamInfo } from '../network/graph.ts';
import { sizeOf } from '../network/graph.ts';
import { tensorOf } from './element-types.ts';

/** Last layers that say what the answers are. */
const HEADS = ['Softmax', 'LogSoftmax', 'Sigmoid'];
/** Operators that change the type or the shape of answers, and not what they are. */
const PASSING = ['QuantizeLinear', 'DequantizeLinear', 'Cast', 'Identity', 'Reshape', 'Flatten', 'Squeeze'];
const MAX_STEPS = 16;

/**
 * A network with the inputs, outputs and last layers of an ONNX file that cannot be read as one, such as a quantised one, but
 * that onnxruntime runs: enough to fit it to data. It has no weights.
 * @returns undefined when onnxruntime does not run it either
 */
export async function standInFor(place: Place, sampleShape: readonly number[]): Promise<Network | undefined> {
  const model = decodeModel(await readBytes(place), place.shown);
  const makers = new Map(model.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const session = await InferenceSession.create(place.full, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  }).catch(() => undefined);
  if (session === undefined) return undefined;
  try {
    for (const { inputs, outputs } of signaturesOf(model, { sampleShape, file: place.shown })) {
      const [input, ...others] = inputs;
      if (input === undefined || others.length > 0) return undefined;
      const shapes = await shapesOf(session, input.shape, outputs);
      if (shapes !== undefined) return network(input, outputs, shapes, makers);
    }
    return undefined;
  } finally {
    await session.release();
  }
}

/** Shapes of one sample's outputs; undefined when the model does not run so. */
async function shapesOf(
  session: InferenceSession,
  shape: readonly number[],
  outputs: readonly string[],
): Promise<ReadonlyMap<string, readonly number[]> | undefined> {
  const [input, ...others] = session.inputMetadata;
  if (input?.isTensor !== true || others.length > 0) return undefined;
  const [declared] = input.shape;
  const batch = typeof declared === 'number' && declared > 0 ? declared : 1;
  const zeros = tensorOf(input.type, new Float32Array(batch * sizeOf(shape)), [batch, ...shape]);
  const wanted = outputs.filter((name) => session.outputNames.includes(name));
  if (zeros === undefined || wanted.length === 0) return undefined;
  const found = await session.run({ [input.name]: zeros }, wanted).catch(() => undefined);
  return found && new Map(wanted.map((name) => [name, (found[name]?.dims ?? []).slice(1)]));
}

function network(
  { name, shape }: Network['inputs'][number],
  outputs: readonly string[],
  shapes: ReadonlyMap<string, readonly number[]>,
  makers: ReadonlyMap<string, ReadNode>,
): Network {
  const nodes: Node[] = [];
  const params: Record<string, ParamInfo> = {};
  const add = (op: string, from: string, to: string, more: Partial<Node> = {}): string => {
    nodes.push({ name: to, op, inputs: [from], outputs: [to], params: {}, attrs: {}, ...more });
    return to;
  };
  const flat = add('Flatten', name, `${name}//flat`);
  const told = outputs.filter((output) => shapes.has(output));
  for (const output of told) {
    const sample = shapes.get(output) ?? [];
    const weight = `${output}//weight`;
    params[weight] = { shape: [sizeOf(sample), sizeOf(shape)], role: 'weight', init: { kind: 'zeros' } };
    const row = add('Dense', flat, `${output}//row`, { params: { weight } });
    const head = headBehind(output, makers);
    const shaped = add('Reshape', row, head === undefined ? output : `${output}//logits`, {
      attrs: { shape: sample },
    });
    if (head !== undefined) add(head, shaped, output, head === 'Sigmoid' ? {} : { attrs: { axis: -1 } });
  }
  return { name: 'stand-in', inputs: [{ name, shape }], outputs: told, nodes, params };
}

function headBehind(output: string, makers: ReadonlyMap<string, ReadNode>): string | undefined {
  let maker = makers.get(output);
  for (let step = 0; step < MAX_STEPS && maker !== undefined; step++) {
    if (HEADS.includes(maker.opType)) return maker.opType;
    maker = PASSING.includes(maker.opType) ? makers.get(maker.inputs[0] ?? '') : undefined;
  }
  return undefined;
}

/** Whether an error says that a file cannot be read as a network, although it may be a good one. */
export function mayStillRun(error: unknown): error is EspalierError {
  return (
    error instanceof EspalierError &&
    ['onnx/unsupported', 'onnx/tensor', 'onnx/functions', 'onnx/opset', 'onnx/work'].includes(
      error.problem.code,
    )
  );
}
