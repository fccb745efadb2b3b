import { type Dataset, type ready } from 'h5wasm';
import { sizeOf } from '../../network/graph.ts';

/** The library itself. */
export type Library = Awaited<typeof ready>;

const WIDTH = Float32Array.BYTES_PER_ELEMENT;
/** How much of a dataset is in the library's memory at once: that memory never gets smaller again. */
const PIECE = 2 ** 20;
/** H5T_FLOAT */
const FLOAT = 1;

/** Whether a dataset is a run of float32 as this machine has them; parts of packed ones would be unpacked again and again. */
export function isPlain({ metadata, shape }: Dataset): boolean {
  const { chunks, littleEndian, size, type, vlen, virtual_sources } = metadata;
  const plain = chunks === null && virtual_sources === undefined && !vlen;
  return plain && type === FLOAT && size === WIDTH && littleEndian && (shape?.length ?? 0) > 0;
}

/** The numbers of such a dataset, read by some rows of its first axis at a time. */
export function readPlain(
  library: Library,
  { file_id, path }: Dataset,
  shape: readonly number[],
  size: number,
): Float32Array {
  const numbers = new Float32Array(size);
  const [rows = 0, ...row] = shape;
  const width = sizeOf(row);
  if (size === 0) return numbers;
  const some = Math.min(rows, Math.max(1, Math.floor(PIECE / (width * WIDTH))));
  const pointer = library._malloc(some * width * WIDTH);
  if (pointer === 0) throw new Error('there is not enough memory');
  try {
    for (let from = 0; from < rows; from += some) {
      const count = [Math.min(some, rows - from), ...row];
      library.get_dataset_data(
        file_id,
        path,
        count.map(BigInt),
        shape.map((_, axis) => BigInt(axis === 0 ? from : 0)),
        shape.map(() => 1n),
        BigInt(pointer),
      );
      const bytes = library.HEAPU8;
      numbers.set(new Float32Array(bytes.buffer, bytes.byteOffset + pointer, sizeOf(count)), from * width);
    }
  } finally {
    library._free(pointer);
  }
  return numbers;
}
