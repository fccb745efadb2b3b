import { inputError } from '../../../contract/errors.ts';
import type { ImportedModel, ModelFile, ModelFormat } from '../model-format.ts';
import { looksLikeOnnx } from './sniff.ts';
import { decodeModel } from './read/decode.ts';
import { importModel } from './read/read.ts';
import type { ReadModel } from './read/model.ts';

/** An .onnx file, also one with its tensors in files beside it. */
export const onnxModel: ModelFormat = {
  id: 'onnx',
  label: 'ONNX',
  sniff: looksLikeOnnx,

  async read({ content, place, companion }: ModelFile): Promise<ImportedModel> {
    const file = place.shown;
    const model = decodeModel(await content(), file);
    const beside = new Map<string, Uint8Array>();
    for (const location of locations(model)) {
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
    const { network, weights, metadata, producer, opset } = importModel(model, {
      file,
      external,
      externalBytes,
    });
    return { network, weights, metadata, producer, dialect: `opset ${opset}` };
  },
};

function locations({ initializers, nodes }: ReadModel): Set<string> {
  const stored = nodes.flatMap((node) =>
    [...node.attrs.values()].flatMap((value) =>
      typeof value === 'object' && 'tensor' in value ? [value.tensor] : [],
    ),
  );
  return new Set(
    [...initializers, ...stored].flatMap(({ source }) =>
      source.kind === 'external' ? [source.location] : [],
    ),
  );
}
