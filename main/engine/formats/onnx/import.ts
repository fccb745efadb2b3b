import { inputError } from '../../../contract/errors.ts';
import type { ImportedModel, ModelFile, ModelFormat } from '../model-format.ts';
import { OnnxType } from '../../protobuf/onnx.ts';
import type { ElementType, Port, Signature } from '../signature.ts';
import { looksLikeOnnx } from './sniff.ts';
import { decodeModel } from './read/decode.ts';
import { graphsOf } from './read/graph/names.ts';
import { importModel } from './read/read.ts';
import type { ReadGraph, ReadModel, ReadTensor, ReadValue } from './read/model.ts';

/** An .onnx file, also one with its tensors in files beside it. */
export const onnxModel: ModelFormat = {
  id: 'onnx',
  label: 'ONNX',
  sniff: looksLikeOnnx,

  async read({ content, place, companion, sampleShape }: ModelFile): Promise<ImportedModel> {
    const file = place.shown;
    const model = decodeModel(await content(), file);
    const beside = new Map<string, Uint8Array>();
    for (const location of externalFiles(model)) {
      beside.set(location, await (await companion(location)).content());
    }
    const externalBytes = [...beside.values()].reduce((sum, { length }) => sum + length, 0);
    const external = (location: string, offset: number, length?: number): Uint8Array => {
      const content = beside.get(location) ?? new Uint8Array();
      const end = length === undefined ? content.length : offset + length;
      if (offset > end || end > content.length) {
        throw inputError(
          'onnx/external',
          `bytes ${offset} to ${end} are asked for, but the file has ${content.length}`,
          { file: location, remedy: 'Copy the file again.' },
        );
      }
      return content.subarray(offset, end);
    };
    const { network, weights, metadata, producer, opset, notes } = importModel(model, {
      sampleShape,
      file,
      external,
      externalBytes,
    });
    const signature = signatureOf(model);
    return { network, weights, metadata, producer, dialect: `opset ${opset}`, notes, signature };
  },
};

/** The graph's inputs that are no stored tensors, and its outputs, with their types by name. */
export function signatureOf({ inputs, outputs, initializers }: ReadModel): Signature {
  const stored = new Set(initializers.map(({ name }) => name));
  const names = new Map<number, ElementType>();
  for (const [name, number] of Object.entries(OnnxType)) names.set(number, name as ElementType);
  const port = ({ name, type, dims = [] }: ReadValue): Port => ({
    name,
    type: names.get(type) ?? 'float32',
    shape: dims.map((dim) => (typeof dim === 'number' && dim > 0 ? dim : null)),
  });
  return { inputs: inputs.filter(({ name }) => !stored.has(name)).map(port), outputs: outputs.map(port) };
}

/** Names of the files that hold tensors of the graph, its functions and branches. */
export function externalFiles({ initializers, nodes, functions }: ReadModel): Set<string> {
  const graphs = [
    { initializers, nodes },
    ...functions.map((own) => ({ initializers: [], nodes: own.nodes })),
  ];
  return new Set(
    graphs.flatMap(tensorsIn).flatMap(({ source }) => (source.kind === 'external' ? [source.location] : [])),
  );
}

function tensorsIn({ initializers, nodes }: Pick<ReadGraph, 'initializers' | 'nodes'>): ReadTensor[] {
  const stored = nodes.flatMap((node) => [
    ...[...node.attrs.values()].flatMap((value) =>
      typeof value === 'object' && 'tensor' in value ? [value.tensor] : [],
    ),
    ...graphsOf(node).flatMap(tensorsIn),
  ]);
  return [...initializers, ...stored];
}
