import { sizeOf } from '../../network/graph.ts';
import type { TensorSummary } from '../encodings.ts';
import { encodingBytes, sparsityOf } from '../encodings.ts';
import { readWhole, WIDTH } from './read.ts';

/** The tensors of an .espalier file, each with the encoding it has and what the others would take. */
export function summarizeArchive(bytes: Uint8Array, file: string): TensorSummary[] {
  const { model, stored } = readWhole(bytes, file);
  return stored.map((tensor) => {
    const { name, shape, type, maskBytes } = tensor;
    const { data } = model.weights.get(name) ?? { data: new Float32Array() };
    const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
    const found = sparsityOf(bits, 0x7fffffff);
    return {
      name,
      shape,
      elements: sizeOf(shape),
      nonzero: found.nonzero,
      type,
      encoding: tensor.mask === 'none' ? 'dense' : tensor.mask,
      bytes: maskBytes + tensor.stored * WIDTH[type],
      encodings: encodingBytes(found, shape, WIDTH[type]),
    };
  });
}
