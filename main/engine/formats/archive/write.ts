import type { MaskSet, Network, TensorData, WeightSet } from '../../network/graph.ts';
import { paramsInOrder } from '../../network/graph.ts';
import { verifyWeights } from '../../network/verify.ts';
import { toHalf } from '../half-write.ts';
import { littleEndianBytes } from '../little-endian.ts';
import { maskedValues } from '../../network/masked.ts';
import { type Header, MAGIC, PREFIX_BYTES, type SectionName, type StoredTensor } from './layout.ts';
import { pack, smallerMask } from './masks.ts';

export type ValueType = StoredTensor['type'];

export interface ArchiveOptions {
  readonly masks?: MaskSet;
  readonly metadata?: Readonly<Record<string, string>>;
  /** How weights are stored ('float32'); biases and normalisation always are float32. Zeros stay zeros in all types. */
  readonly values?: ValueType;
}

/**
 * The network as an .espalier file: values that are zero are not stored, and what is stored is packed.
 * @throws EspalierError when the weights do not belong to the network
 */
export function writeArchive(network: Network, weights: WeightSet, options: ArchiveOptions = {}): Uint8Array {
  verifyWeights(network, weights);
  const { metadata = {}, values = 'float32' } = options;
  const parts: Record<'masks' | 'scales', Uint8Array[]> = { masks: [], scales: [] };
  // Bytes of the same place in their number stand together: exponents repeat, the last bits never do.
  const planes: Uint8Array[][] = [[], [], [], []];
  const tensors = paramsInOrder(network).map((name): StoredTensor => {
    const shape = network.params[name]?.shape ?? [];
    const type = network.params[name]?.role === 'weight' ? values : 'float32';
    const data = maskedValues(name, weights, options.masks);
    const kept = data.filter((value) => value !== 0);
    const sparse = kept.length < data.length;
    const mask = sparse ? smallerMask(data) : { mask: 'none' as const, bytes: new Uint8Array() };
    parts.masks.push(mask.bytes);
    const numbers = type === 'int8' ? quantized({ shape, data }, parts.scales) : encoded(kept, type);
    planesOf(numbers).forEach((plane, i) => planes[i]?.push(plane));
    return {
      name,
      shape: [...shape],
      mask: mask.mask,
      maskBytes: mask.bytes.length,
      stored: kept.length,
      type,
    };
  });
  const sections: [SectionName, Uint8Array][] = [
    ['masks', Buffer.concat(parts.masks)],
    ['values', Buffer.concat(planes.flat())],
    ['scales', Buffer.concat(parts.scales)],
  ];
  const packed = sections.map(([, bytes]) => pack(bytes));
  const header: Header = {
    version: 1,
    metadata: { ...metadata },
    network: outline(network),
    tensors,
    sections: sections.map(([name, bytes], i) => ({
      name,
      packed: packed[i]?.length ?? 0,
      bytes: bytes.length,
    })),
  };
  const head = pack(new TextEncoder().encode(JSON.stringify(header)));
  const prefix = new Uint8Array(PREFIX_BYTES);
  prefix.set(MAGIC);
  new DataView(prefix.buffer).setUint32(MAGIC.length, head.length, true);
  return new Uint8Array(Buffer.concat([prefix, head, ...packed]));
}

/** The structure as JSON holds it: an open limit, which is infinite, is left out. */
function outline({ name, inputs, outputs, head, nodes, params }: Network): Header['network'] {
  const finite = nodes.map((node) => ({
    ...node,
    attrs: Object.fromEntries(
      Object.entries(node.attrs).filter(([, value]) => typeof value !== 'number' || Number.isFinite(value)),
    ),
  }));
  return structuredClone({
    name,
    inputs,
    outputs,
    ...(head && { head }),
    nodes: finite,
    params,
  }) as unknown as Header['network'];
}

interface Numbers {
  readonly bytes: Uint8Array;
  readonly width: number;
}

function encoded(values: Float32Array, type: 'float32' | 'float16'): Numbers {
  return type === 'float32'
    ? { bytes: littleEndianBytes(values), width: 4 }
    : { bytes: littleEndianBytes(Uint16Array.from(values, toHalf)), width: 2 };
}

/** The stored values as whole numbers from -127 to 127, none of them 0, times a scale for each output (axis 0). */
function quantized({ shape, data }: TensorData, scales: Uint8Array[]): Numbers {
  const outputs = shape[0] ?? 1;
  const size = data.length / outputs;
  const found = new Float32Array(outputs);
  const values: number[] = [];
  for (let o = 0; o < outputs; o++) {
    const row = data.subarray(o * size, (o + 1) * size);
    const scale = row.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / 127;
    found[o] = scale;
    for (const value of row) {
      if (value === 0) continue;
      // A value that would round to zero stays the smallest one, so that the mask says the truth.
      const rounded = Math.round(value / scale) || Math.sign(value);
      values.push(Math.max(-127, Math.min(127, rounded)));
    }
  }
  scales.push(littleEndianBytes(found));
  return { bytes: new Uint8Array(Int8Array.from(values).buffer), width: 1 };
}

/** Byte 0 of all numbers, then byte 1 of all numbers, and so on. */
function planesOf({ bytes, width }: Numbers): Uint8Array[] {
  const count = bytes.length / width;
  return Array.from({ length: width }, (_, place) => {
    const plane = new Uint8Array(count);
    for (let i = 0; i < count; i++) plane[i] = bytes[i * width + place] ?? 0;
    return plane;
  });
}
