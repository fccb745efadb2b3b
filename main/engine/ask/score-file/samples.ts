import type { Pass } from '../../compress/criteria/criterion.ts';
import type { Split } from '../../data/dataset.ts';
import { isMultiLabel, pickLabels } from '../../data/labels.ts';
import type { NamedTensor } from '../../formats/safetensors/write.ts';
import { sizeOf } from '../../network/graph.ts';

/** Bytes of samples that a file holds at most; of more it says only which they are. */
const MAX_VALUES_BYTES = 256 * 2 ** 20;

/** All samples of some passes, each once, and where the samples of every pass stand among them. */
export interface SampleTable {
  /** Indices within the split. */
  readonly indices: Int32Array;
  readonly places: readonly Int32Array[];
  /** Bytes of the samples' values. */
  readonly bytes: number;
  /** Whether a file holds the values. */
  readonly holdsValues: boolean;
}

/** @param passes of every round; undefined where it looked at no data */
export function sampleTable(
  split: Split,
  sampleSize: number,
  passes: readonly (Pass | undefined)[],
): SampleTable {
  const places = new Map<number, number>();
  const found = passes.map((pass) =>
    Int32Array.from(pass?.samples ?? [], (index) => {
      const known = places.get(index) ?? places.size;
      places.set(index, known);
      return known;
    }),
  );
  const bytes = places.size * sampleSize * split.values.BYTES_PER_ELEMENT;
  return {
    indices: Int32Array.from(places.keys()),
    places: found,
    bytes,
    holdsValues: bytes > 0 && bytes <= MAX_VALUES_BYTES,
  };
}

/** Rows in the source, labels and values of the table's samples, the values as the source has them. */
export function sampleTensors(
  { indices, holdsValues }: SampleTable,
  split: Split,
  sampleShape: readonly number[],
  classes: number,
): NamedTensor[] {
  const n = indices.length;
  const labels = pickLabels(split.labels, indices, classes);
  const { origin, values } = split;
  const tensors: NamedTensor[] = [
    isMultiLabel(labels)
      ? { name: 'samples/label', dtype: 'BOOL', shape: [n, classes], data: labels }
      : { name: 'samples/label', dtype: 'I32', shape: [n], data: labels },
  ];
  if (origin !== undefined) {
    const rows = indices.map((index) => origin.rows[index] ?? -1);
    tensors.push({ name: 'samples/row', dtype: 'I32', shape: [n], data: rows });
  }
  if (holdsValues) {
    const size = sizeOf(sampleShape);
    const picked = values.slice(0, n * size);
    indices.forEach((from, to) => picked.set(values.subarray(from * size, (from + 1) * size), to * size));
    const dtype = picked instanceof Uint8Array ? 'U8' : 'F32';
    tensors.push({ name: 'samples/values', dtype, shape: [n, ...sampleShape], data: picked });
  }
  return tensors;
}
