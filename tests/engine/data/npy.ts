export type Values = Uint8Array | Uint16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

/** An .npy file as numpy writes it: header padded so that the values start at a multiple of 64. */
export function npy(
  shape: number[],
  values: Values,
  { descr = '', version = 1, fortran = 'False' } = {},
): Uint8Array {
  const kind =
    values instanceof Uint8Array
      ? '|u1'
      : values instanceof Uint16Array
        ? '<u2'
        : values instanceof Int32Array
          ? '<i4'
          : values instanceof BigInt64Array
            ? '<i8'
            : values instanceof Float32Array
              ? '<f4'
              : '<f8';
  const tuple = shape.length === 1 ? `(${shape[0] ?? 0},)` : `(${shape.join(', ')})`;
  const prefix = version === 1 ? 10 : 12;
  let header = `{'descr': '${descr || kind}', 'fortran_order': ${fortran}, 'shape': ${tuple}, }`;
  header = `${header.padEnd(Math.ceil((prefix + header.length + 1) / 64) * 64 - prefix - 1)}\n`;
  const start = Buffer.alloc(prefix);
  start.write('\x93NUMPY', 'latin1');
  start[6] = version;
  if (version === 1) start.writeUInt16LE(header.length, 8);
  else start.writeUInt32LE(header.length, 8);
  return Buffer.concat([
    start,
    Buffer.from(header, 'latin1'),
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  ]);
}
