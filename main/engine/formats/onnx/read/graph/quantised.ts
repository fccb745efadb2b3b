import { formatPlural } from '../../../../../words/format.ts';
import { constantOf, type ExternalData } from '../constant.ts';
import type { ReadModel, ReadNode, ReadTensor } from '../model.ts';
import { renamedNode } from './names.ts';

/** The smallest number of the TensorProto.DataTypes that values are rounded to: uint8, int8, uint16, int16. */
const SMALLEST: Readonly<Record<number, number>> = { 2: 0, 3: -128, 4: 0, 5: -32_768 };
const UINT8 = 2;
/** The operators' own set, and that in which onnxruntime's tools write them for 16 bits. */
const DOMAINS = ['', 'ai.onnx', 'com.microsoft'];
/** What may give negative numbers: tools leave a Relu out behind these where the rounding cuts at zero anyway. */
const SIGNED = new Set(
  'Conv ConvTranspose Gemm MatMul Add Sub Sum BatchNormalization InstanceNormalization'.split(' '),
);

/**
 * A model with pairs of QuantizeLinear and DequantizeLinear, as tools for quantisation leave it ("QDQ"), in float32: pairs around what
 * the network computes go, and so do those around stored float weights; stored integers become floats where they are worked out. A pair
 * whose zero point is the smallest number cuts at zero: behind an operator whose results may be negative it is read as the Relu that
 * tools take out for it. The other end of the range, beyond which the file's numbers saturate, is left out with the rounding.
 * Whatever computes with whole numbers itself stays, and is refused by its name.
 */
export function withoutRoundings(
  model: ReadModel,
  external: ExternalData | undefined,
): { model: ReadModel; notes: readonly string[] } {
  const { nodes, outputs } = model;
  const isOf = (op: string) => (node: ReadNode) => node.opType === op && DOMAINS.includes(node.domain);
  const rounding = new Map(
    nodes.filter(isOf('QuantizeLinear')).map((node) => [node.outputs[0] ?? '', node] as const),
  );
  const back = nodes.filter(isOf('DequantizeLinear'));
  if (back.length === 0) return { model, notes: [] };
  const tensors = storedTensors(model);
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const ends = new Set(outputs.map(({ name }) => name));
  const others = new Map<string, string>();
  const replaced = new Map<ReadNode, ReadNode | null>();
  const names = (name: string): string => {
    let found = name;
    for (let next = others.get(found); next !== undefined; next = others.get(found)) found = next;
    return found;
  };
  let values = 0;
  let weights = back.filter(({ inputs: [given = ''] }) => tensors.has(given)).length;
  for (const node of back) {
    const first = rounding.get(node.inputs[0] ?? '');
    const given = first?.inputs[0];
    const output = node.outputs[0] ?? '';
    if (first === undefined || given === undefined || !sameScale(first, node, tensors, external)) continue;
    const stored = tensors.has(given);
    if (stored) weights++;
    else values++;
    const cuts =
      !stored && SIGNED.has(makers.get(given)?.opType ?? '') && cutsAtZero(first, tensors, external);
    const plain = { ...node, domain: '', inputs: [given], attrs: new Map() };
    if (cuts) replaced.set(node, { ...plain, opType: 'Relu' });
    else if (ends.has(output)) replaced.set(node, { ...plain, opType: 'Identity' });
    else {
      others.set(output, given);
      replaced.set(node, null);
    }
  }
  if (values + weights === 0) return { model, notes: [] };
  const kept = nodes.flatMap((node) => {
    const next = replaced.get(node);
    return next === null ? [] : [renamedNode(next ?? node, names)];
  });
  const parts = [
    ...(weights === 0 ? [] : [formatPlural(weights, 'stored tensor')]),
    ...(values === 0 ? [] : [formatPlural(values, 'value')]),
  ];
  return {
    model: { ...model, nodes: kept },
    notes: [
      `The file rounds ${parts.join(' and ')} to whole numbers (QuantizeLinear, DequantizeLinear); it is read in float32, without the rounding of what it computes.`,
    ],
  };
}

/** Tensors that stand in the file, by name: of the graph's list, or of a node. */
function storedTensors({ initializers, nodes }: ReadModel): Map<string, ReadTensor> {
  const tensors = new Map(initializers.map((tensor) => [tensor.name, tensor] as const));
  for (const { opType, outputs, attrs } of nodes) {
    const value = attrs.get('value');
    if (opType === 'Constant' && typeof value === 'object' && 'tensor' in value)
      tensors.set(outputs[0] ?? '', value.tensor);
  }
  return tensors;
}

type Tensors = ReadonlyMap<string, ReadTensor>;

/** Whether a pair goes back by the scale and the zero point that it came by. */
function sameScale(there: ReadNode, back: ReadNode, tensors: Tensors, external?: ExternalData): boolean {
  return [1, 2].every((place) => {
    const [a = '', b = ''] = [there.inputs[place], back.inputs[place]];
    if (a === b) return true;
    const [first, second] = [tensors.get(a), tensors.get(b)];
    if (first === undefined || second === undefined) return false;
    const [left, right] = [constantOf(first, undefined, external), constantOf(second, undefined, external)];
    return left.data.length === right.data.length && left.data.every((value, i) => value === right.data[i]);
  });
}

/** Whether nothing below zero is left: the zero point is the smallest number there is. */
function cutsAtZero({ inputs }: ReadNode, tensors: Tensors, external?: ExternalData): boolean {
  const zero = tensors.get(inputs[2] ?? '');
  const smallest = SMALLEST[zero?.type ?? UINT8];
  if (zero === undefined) return (inputs[2] ?? '') === '' && smallest === 0;
  return constantOf(zero, undefined, external).data.every((value) => value === smallest);
}
