/** A field of a protobuf message that holds bytes or a text. */
function field(number: number, content: string | readonly number[]): number[] {
  const body = typeof content === 'string' ? [...Buffer.from(content)] : content;
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
  return [(number << 3) | 2, ...length, ...body];
}

/** An .onnx file: y = x w with w in another file, at byte 8. */
export function withExternal(location: string): Uint8Array {
  const entry = (key: string, value: string) => field(13, [...field(1, key), ...field(2, value)]);
  const tensor = [
    ...[8, 3, 8, 2, 16, 1],
    ...field(8, 'w'),
    ...entry('location', location),
    ...entry('offset', '8'),
    ...entry('length', '24'),
    ...[14 << 3, 1],
  ];
  const dim = (size: number) => field(1, [8, size]);
  const value = (name: string, sizes: number[]) => [
    ...field(1, name),
    ...field(2, field(1, [8, 1, ...field(2, sizes.flatMap(dim))])),
  ];
  const node = [...field(1, 'x'), ...field(1, 'w'), ...field(2, 'y'), ...field(4, 'MatMul')];
  const graph = [
    ...field(1, node),
    ...field(5, tensor),
    ...field(11, value('x', [1, 3])),
    ...field(12, value('y', [1, 2])),
  ];
  return Uint8Array.from([8, 8, ...field(7, graph), ...field(8, [16, 17])]);
}
