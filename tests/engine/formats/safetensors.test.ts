import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../main/engine/data/dataset.ts';
import { exportFormats } from '../../../main/engine/formats/index.ts';
import type { NamedTensor } from '../../../main/engine/formats/safetensors/layout.ts';
import { dtypes } from '../../../main/engine/formats/safetensors/layout.ts';
import { readSafetensors } from '../../../main/engine/formats/safetensors/read.ts';
import { writeSafetensors } from '../../../main/engine/formats/safetensors/write.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';

/** One small tensor of every dtype, with values from random bytes. */
function everyDtype(): NamedTensor[] {
  const random = Random.from(1, 'dtypes');
  return Object.entries(dtypes).map(([dtype, type]) => {
    const bytes = Uint8Array.from({ length: 6 * type.BYTES_PER_ELEMENT }, () => random.int(256));
    return {
      name: `t/${dtype}`,
      dtype: dtype as NamedTensor['dtype'],
      shape: [2, 3],
      data: new type(bytes.buffer),
    };
  });
}

const bytesOf = ({ data }: NamedTensor) =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');

/** A file with any header text and any data. */
function handmade(header: unknown, data = new Uint8Array(), length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}

describe('safetensors', () => {
  it('gives back every dtype bit by bit, and the metadata', () => {
    const metadata = { recipe: '{"a": "ü"}', empty: '' };
    const file = writeSafetensors(everyDtype(), metadata);
    const back = readSafetensors(file);
    expect(back.metadata).toEqual(metadata);
    const found = new Map(back.tensors.map((tensor) => [tensor.name, tensor]));
    for (const tensor of everyDtype()) {
      const other = found.get(tensor.name);
      expect(other?.dtype).toBe(tensor.dtype);
      expect(other?.shape).toEqual(tensor.shape);
      expect(other && bytesOf(other)).toBe(bytesOf(tensor));
      expect(other?.data.constructor).toBe(dtypes[tensor.dtype]);
    }
    expect(found.size).toBe(everyDtype().length);
  });

  it('reads from any position of a larger buffer', () => {
    const file = writeSafetensors(everyDtype());
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    const back = readSafetensors(shifted.subarray(3));
    expect(back.tensors.map(bytesOf)).toEqual(readSafetensors(file).tensors.map(bytesOf));
  });

  it('follows the layout that the format prescribes', () => {
    // Written by hand from the format's description.
    const data = Uint8Array.from([0, 0, 128, 63, 0, 0, 0, 192, 1, 0]);
    const file = handmade(
      {
        w: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
        m: { dtype: 'BOOL', shape: [1, 2], data_offsets: [8, 10] },
      },
      data,
    );
    const { tensors } = readSafetensors(file);
    expect(tensors.map(({ name, shape, data: values }) => [name, shape, [...values]])).toEqual([
      ['w', [2], [1, -2]],
      ['m', [1, 2], [1, 0]],
    ]);
    const written = writeSafetensors([
      { name: 'm', dtype: 'BOOL', shape: [1, 2], data: Uint8Array.of(1, 0) },
      { name: 'w', dtype: 'F32', shape: [2], data: Float32Array.of(1, -2) },
    ]);
    expect([...written.subarray(-10)]).toEqual([...data]);
    expect(new DataView(written.buffer).getBigUint64(0, true) % 8n).toBe(0n);
  });

  it('keeps scalars, empty tensors and awkward names', () => {
    const tensors: NamedTensor[] = [
      { name: '__proto__', dtype: 'I64', shape: [], data: BigInt64Array.of(-5n) },
      { name: 'empty', dtype: 'F32', shape: [0, 3], data: new Float32Array() },
      { name: 'constructor', dtype: 'U8', shape: [1], data: Uint8Array.of(7) },
    ];
    const back = readSafetensors(writeSafetensors(tensors)).tensors;
    expect(back.map(({ name, shape, data }) => [name, shape, [...data]]).sort()).toEqual(
      tensors.map(({ name, shape, data }) => [name, shape, [...data]]).sort(),
    );
  });

  it('refuses to write what cannot be read', () => {
    const tensor = { dtype: 'F32', shape: [2], data: new Float32Array(2) } as const;
    expect(() => writeSafetensors([{ ...tensor, name: '__metadata__' }])).toThrow(RangeError);
    expect(() => writeSafetensors([{ ...tensor, name: 'a', shape: [3] }])).toThrow(RangeError);
    expect(() => writeSafetensors([{ ...tensor, name: 'a', dtype: 'I32' }])).toThrow(RangeError);
    expect(() => writeSafetensors([{ ...tensor, name: 'a' }, { ...tensor, name: 'a' }])).toThrow(RangeError); // prettier-ignore
  });
});

describe('hostile safetensors files', () => {
  const f32 = (shape: readonly number[], offsets: readonly unknown[]) => ({
    dtype: 'F32',
    shape,
    data_offsets: offsets,
  });
  const eight = new Uint8Array(8);
  const hostile: [string, Uint8Array, RegExp][] = [
    ['an empty file', new Uint8Array(), /too few/],
    ['a header length beyond the file', handmade('{}', eight, 500n), /ends after/],
    ['a header length beyond all bounds', handmade('{}', eight, 2n ** 63n), /claims/],
    ['a header that is no JSON', handmade('{"a":', eight), /not JSON/],
    ['a header in broken UTF-8', handmade('{}').map((byte, i) => (i === 8 ? 0xff : byte)), /not JSON/],
    ['a header that is a list', handmade([]), /not a JSON object/],
    ['an unknown dtype', handmade({ a: { ...f32([2], [0, 8]), dtype: 'F31' } }, eight), /'a.dtype'/],
    ['a missing field', handmade({ a: { dtype: 'F32', shape: [2] } }, eight), /'a.data_offsets'/],
    ['an unknown field', handmade({ a: { ...f32([2], [0, 8]), more: 1 } }, eight), /'a'/],
    ['a negative size', handmade({ a: f32([-2], [0, 8]) }, eight), /'a.shape.0'/],
    ['a fractional size', handmade({ a: f32([0.5, 4], [0, 8]) }, eight), /'a.shape.0'/],
    [
      'sizes whose product overflows',
      handmade({ a: f32([2 ** 40, 2 ** 40], [0, 8]) }, eight),
      /'a' has 8 bytes/,
    ],
    ['too many axes', handmade({ a: f32(Array<number>(100).fill(1), [0, 4]) }, eight), /'a.shape'/],
    ['offsets backwards', handmade({ a: f32([2], [8, 0]) }, eight), /'a'/],
    ['offsets outside', handmade({ a: f32([4], [0, 16]) }, eight), /'a' should lie/],
    ['a size that contradicts the shape', handmade({ a: f32([1], [0, 8]) }, eight), /needs 4/],
    [
      'overlapping tensors',
      handmade({ a: f32([2], [0, 8]), b: f32([1], [4, 8]) }, eight),
      /'b' begins at byte 4/,
    ],
    ['a gap', handmade({ a: f32([1], [4, 8]) }, eight), /'a' begins at byte 4/],
    ['data that belongs to nothing', handmade({ a: f32([1], [0, 4]) }, eight), /4 bytes after/],
    ['metadata that is not texts', handmade({ __metadata__: { a: 1 } }), /'__metadata__.a'/],
  ];
  for (const [title, file, message] of hostile) {
    it(`refuses ${title}`, () => {
      expect(() => readSafetensors(file, 'some.safetensors')).toThrow(
        expect.objectContaining({
          message: expect.stringMatching(message) as string,
          problem: expect.objectContaining({ file: 'some.safetensors', kind: 'input' }) as object,
        }),
      );
    });
  }

  it('is cut off at every length with a clear error', () => {
    const file = writeSafetensors(everyDtype(), { a: 'b' });
    for (let length = 0; length < file.length; length++) {
      expect(() => readSafetensors(file.subarray(0, length), 'f')).toThrow(/bytes|header/);
    }
  });
});

describe('export of weights and masks', () => {
  const network = new NetworkBuilder('small', [3]).dense('fc', 2).batchNorm('bn').build();
  const weights = initialize(network, Random.from(1, 'weights'));
  const masks = new Map([['fc.weight', Uint8Array.of(1, 0, 0, 1, 1, 0)]]);

  it('writes weights with their zeros and masks as booleans', async () => {
    const files = await exportFormats
      .get('safetensors')
      .write({ network, weights, masks, metadata: { seed: '1' } });
    expect(files.map((file) => [file.name, file.kind])).toEqual([
      ['weights.safetensors', 'weights'],
      ['masks.safetensors', 'masks'],
    ]);
    const [numbers, kept] = files.map((file) => readSafetensors(file.bytes));
    expect(numbers?.metadata).toEqual({ seed: '1' });
    expect(numbers?.tensors.map((tensor) => tensor.name).sort()).toEqual([...weights.keys()].sort());
    const weight = numbers?.tensors.find((tensor) => tensor.name === 'fc.weight');
    const expected = weights.get('fc.weight')?.data.map((value, i) => ([1, 2, 5].includes(i) ? 0 : value));
    expect(weight?.data).toEqual(expected);
    expect(kept?.tensors).toMatchObject([{ name: 'fc.weight', dtype: 'BOOL', shape: [2, 3] }]);
    expect([...(kept?.tensors[0]?.data ?? [])]).toEqual([1, 0, 0, 1, 1, 0]);
  });

  it('has an extension and words for every format', async () => {
    const part = { size: 2, values: Float32Array.of(1, 2, 3, 4, 5, 6), labels: Int32Array.of(0, 1) };
    const dataset: Dataset = {
      name: 'two samples',
      classes: ['a', 'b'],
      sampleShape: [3],
      train: part,
      validation: part,
      test: part,
      normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
      fingerprint: '',
    };
    for (const format of exportFormats.items) {
      expect(format.extension).toMatch(/^\.\w+$/);
      const [main] = await format.write({
        network,
        weights,
        masks,
        metadata: {},
        dataset: async () => dataset,
        measure: async () => ({ accuracy: 1, exact: { accuracy: 1, maxDifference: 0, differs: false } }),
      });
      expect(main?.name.endsWith(format.extension)).toBe(true);
    }
  });
});
