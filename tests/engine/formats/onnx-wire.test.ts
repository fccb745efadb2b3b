import { expect, it } from 'vitest';
import { readVarints, WireError } from '../../../main/engine/formats/onnx/read/wire.ts';

it('a list of integers whose last number is cut off is refused as damaged', () => {
  expect([...readVarints(Uint8Array.of(1, 0x80, 0x01), 2)]).toEqual([1, 128]);
  expect(() => readVarints(Uint8Array.of(1, 0x80), 2)).toThrow(WireError);
  expect(() => readVarints(new Uint8Array(12).fill(0xff), 1)).toThrow(WireError);
});
