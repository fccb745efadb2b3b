import protobuf from 'protobufjs/minimal.js';
import { BYTES, FIXED32, FIXED64, message, tag, text, VARINT, type Writer } from '../../../protobuf/wire.ts';

/**
 * TensorBoard's events: the parts of event.proto, summary.proto and tensor.proto (of TensorFlow, also in TensorBoard's package under
 * `compat/proto`) that are written here.
 */

/** A value of a summary. */
export type SummaryValue =
  | { readonly tag: string; readonly scalar: number }
  | { readonly tag: string; readonly text: string }
  /** A message of a plugin, which is all of its content. */
  | { readonly tag: string; readonly plugin: string; readonly content: Uint8Array };

export interface Event {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly step: number;
  readonly values: readonly SummaryValue[];
}

/** TensorProto's type of texts, and SummaryMetadata's class of tensors. */
const DT_STRING = 7;
const DATA_CLASS_TENSOR = 2;

/** The first event of every file. */
export function encodeVersion(at: number): Uint8Array {
  const w = protobuf.Writer.create();
  tag(w, 1, FIXED64).double(at / 1000);
  text(w, 3, 'brain.Event:2');
  return w.finish();
}

export function encodeEvent({ at, step, values }: Event): Uint8Array {
  const w = protobuf.Writer.create();
  tag(w, 1, FIXED64).double(at / 1000);
  if (step !== 0) tag(w, 2, VARINT).int64(step);
  message(w, 5, () => {
    for (const value of values) message(w, 1, () => encodeValue(w, value));
  });
  return w.finish();
}

function encodeValue(w: Writer, value: SummaryValue): void {
  text(w, 1, value.tag);
  if ('scalar' in value) {
    tag(w, 2, FIXED32).float(value.scalar);
    return;
  }
  const isText = 'text' in value;
  if (isText) {
    message(w, 8, () => {
      tag(w, 1, VARINT).int32(DT_STRING);
      // A list of one text.
      message(w, 2, () => message(w, 2, () => tag(w, 1, VARINT).int64(1)));
      text(w, 8, value.text);
    });
  }
  message(w, 9, () => {
    message(w, 1, () => {
      text(w, 1, isText ? 'text' : value.plugin);
      if (!isText) tag(w, 2, BYTES).bytes(value.content);
    });
    if (isText) tag(w, 4, VARINT).int32(DATA_CLASS_TENSOR);
  });
}
