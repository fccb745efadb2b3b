import protobuf from 'protobufjs/minimal.js';

type Reader = protobuf.Reader;

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

/**
 * Bound on messages, texts and numbers in lists that one file may hold. A byte of a hostile file could otherwise become
 * an object of a hundred; large real models have some ten thousand.
 */
const MAX_ITEMS = 2_000_000;

/** What is wrong with the bytes of a file; the caller says which file. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/**
 * Walks over protobuf messages. Each kind of message is read by a function from field numbers to readers; what it does not
 * mention is skipped. Nothing is copied but texts.
 */
export class Wire {
  private readonly reader: Reader;
  private items = 0;

  constructor(bytes: Uint8Array) {
    // A plain view: protobufjs reads Node's buffers by other, slower functions.
    this.reader = protobuf.Reader.create(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  /** Reads the whole file as one message. */
  file(fields: Readonly<Record<number, (wire: number) => void>>): void {
    this.fields(this.reader.len, fields);
  }

  /** Reads a nested message. */
  message(wire: number, fields: Readonly<Record<number, (wire: number) => void>>): void {
    this.count();
    this.expect(wire, BYTES);
    const length = this.reader.uint32();
    const end = this.reader.pos + length;
    if (end > this.reader.len)
      throw new WireError(`a message of ${length} bytes goes beyond the end of the file`);
    this.fields(end, fields);
  }

  text(wire: number): string {
    this.count();
    this.expect(wire, BYTES);
    return this.reader.string();
  }

  /** A view of the file's bytes. */
  bytes(wire: number): Uint8Array {
    this.expect(wire, BYTES);
    return this.reader.bytes();
  }

  float(wire: number): number {
    this.expect(wire, FIXED32);
    return this.reader.float();
  }

  /** A 64-bit integer; beyond 2^53 it is rounded, which only marks 'to the end' in ONNX. */
  integer(wire: number): number {
    this.expect(wire, VARINT);
    return integerOf(this.reader);
  }

  /** Adds one number or a packed list of numbers. */
  integers(wire: number, into: number[]): void {
    this.list(wire, VARINT, into, () => integerOf(this.reader));
  }

  floats(wire: number, into: number[]): void {
    this.list(wire, FIXED32, into, () => this.reader.float());
  }

  private list(wire: number, single: number, into: number[], read: () => number): void {
    if (wire === BYTES) {
      const length = this.reader.uint32();
      const end = this.reader.pos + length;
      if (end > this.reader.len) throw new WireError('a list goes beyond the end of the file');
      while (this.reader.pos < end) {
        this.count();
        into.push(read());
      }
      if (this.reader.pos !== end) throw new WireError('a list does not end where it should');
    } else {
      this.expect(wire, single);
      this.count();
      into.push(read());
    }
  }

  private fields(end: number, fields: Readonly<Record<number, (wire: number) => void>>): void {
    const reader = this.reader;
    while (reader.pos < end) {
      const tag = reader.uint32();
      const read = fields[tag >>> 3];
      if (read === undefined) reader.skipType(tag & 7);
      else read(tag & 7);
    }
    if (reader.pos !== end) throw new WireError('a message does not end where it should');
  }

  private expect(found: number, wanted: number): void {
    if (found !== wanted) throw new WireError(`a field has wire type ${found} where ${wanted} is due`);
  }

  private count(): void {
    if (++this.items > MAX_ITEMS) throw new WireError(`the file holds more than ${MAX_ITEMS} messages`);
  }
}

/** The numbers of a packed list of variable-length integers. @throws WireError when it is not as long as it should be */
export function readVarints(bytes: Uint8Array, count: number): Float64Array {
  const reader = protobuf.Reader.create(bytes);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    if (reader.pos >= reader.len) throw new WireError(`a list has ${i} numbers where ${count} are due`);
    try {
      values[i] = integerOf(reader);
    } catch (error) {
      // The last number is cut off within its bytes, or has too many of them.
      throw new WireError(`number ${i} of a list is damaged: ${error instanceof Error ? error.message : ''}`);
    }
  }
  if (reader.pos < reader.len) throw new WireError(`a list has more than the ${count} numbers that are due`);
  return values;
}

function integerOf(reader: Reader): number {
  // protobufjs gives numbers where its optional 64-bit library is missing, whatever its types say.
  const value = reader.int64() as unknown as number | { toNumber(): number };
  return typeof value === 'number' ? value : value.toNumber();
}
