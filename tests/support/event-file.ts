import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';

/**
 * A reader of event files made from what TensorFlow publishes of them: the framing of TFRecord files, and the messages' definitions, from
 * which protobufjs makes its decoder.
 */

const { root } = protobuf.parse(`
syntax = "proto3";
message Event { double wall_time = 1; int64 step = 2; oneof what { string file_version = 3; Summary summary = 5; } }
message Summary {
  message Value {
    string node_name = 7; string tag = 1; SummaryMetadata metadata = 9;
    oneof value { float simple_value = 2; TensorProto tensor = 8; }
  }
  repeated Value value = 1;
}
message SummaryMetadata {
  message PluginData { string plugin_name = 1; bytes content = 2; }
  PluginData plugin_data = 1; string display_name = 2; string summary_description = 3; int32 data_class = 4;
}
message TensorProto { int32 dtype = 1; TensorShapeProto tensor_shape = 2; repeated bytes string_val = 8; }
message TensorShapeProto { message Dim { int64 size = 1; string name = 2; } repeated Dim dim = 2; }
`);
const Event = root.lookupType('Event');

export interface ReadEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly fileVersion?: string;
  readonly summary?: {
    readonly value: readonly {
      readonly tag: string;
      readonly simpleValue?: number;
      readonly metadata?: { readonly pluginData: { readonly pluginName: string } };
      readonly tensor?: { readonly dtype: number; readonly stringVal: readonly string[] };
    }[];
  };
}

/** CRC-32C by long division of the message, bit by bit, as RFC 3720 defines it: no table, other code than the writer's. */
function crc32c(bytes: Uint8Array): bigint {
  let remainder = 0xffffffffn;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const odd = (remainder ^ BigInt((byte >> bit) & 1)) & 1n;
      remainder = (remainder >> 1n) ^ (odd === 1n ? 0x82f63b78n : 0n);
    }
  }
  return remainder ^ 0xffffffffn;
}

export function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn);
}

/** The records of a TFRecord file. @throws Error where a checksum is wrong or the file ends within a record */
export function records(file: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true));
    const data = file.subarray(at + 12, at + 12 + length);
    if (maskedCrc(file.subarray(at, at + 8)) !== view.getUint32(at + 8, true)) throw new Error('length');
    if (maskedCrc(data) !== view.getUint32(at + 12 + length, true)) throw new Error('data');
    found.push(data);
    at += 16 + length;
  }
  return found;
}

/** The events of the only event file in a folder that is not empty. */
export function readEvents(folder: string): ReadEvent[] {
  const names = readdirSync(folder).filter((name) => statSync(join(folder, name)).size > 0);
  if (names.length !== 1) throw new Error(`event files: ${names.join(', ')}`);
  const file = readFileSync(join(folder, names[0] as string));
  return records(file).map(
    (data) => Event.toObject(Event.decode(data), { longs: Number, bytes: Buffer }) as ReadEvent,
  );
}

/** Every curve's [step, value]. */
export function curvesOf(events: readonly ReadEvent[]): Map<string, [number, number][]> {
  const curves = new Map<string, [number, number][]>();
  for (const { step = 0, summary } of events) {
    for (const { tag, simpleValue } of summary?.value ?? []) {
      if (simpleValue === undefined) continue;
      curves.set(tag, [...(curves.get(tag) ?? []), [step, simpleValue]]);
    }
  }
  return curves;
}
