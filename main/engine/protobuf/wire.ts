import type protobuf from 'protobufjs/minimal.js';

/** The wire format of Protocol Buffers, where messages are written field by field. */

export type Writer = protobuf.Writer;

/** Wire types. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

/** A field's key; its value is written next. */
export function tag(w: Writer, field: number, wire: number): Writer {
  return w.uint32(((field << 3) | wire) >>> 0);
}

export function text(w: Writer, field: number, value: string): void {
  tag(w, field, BYTES).string(value);
}

/** A message within a message: `body` writes its fields. */
export function message(w: Writer, field: number, body: () => void): void {
  tag(w, field, BYTES).fork();
  body();
  w.ldelim();
}
