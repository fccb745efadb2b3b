import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw, inflateRawSync } from 'node:zlib';
import { inputError } from '../../contract/errors.ts';
import { type Place, sizeOf } from './files/place.ts';
import { MAX_DEFLATE_RATIO, MAX_FILE_BYTES } from './limits.ts';

/**
 * Zip archives, read entry by entry from disk: only the directory is held in memory, every entry is bounded by what the
 * directory says before it is inflated, and its checksum is compared. (PKWARE APPNOTE 6.3: stored and deflated entries,
 * zip64 sizes; no encryption, no archives in several parts.)
 */
const inflateRawAsync = promisify(inflateRaw);

const END = 0x06054b50;
const END64_LOCATOR = 0x07064b50;
const END64 = 0x06064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** The end record and the longest comment that may follow it. */
const END_BYTES = 22;
const MAX_TAIL = END_BYTES + 65_535;
const MAX_DIRECTORY_BYTES = 1 << 30;

const STORED = 0;
const DEFLATED = 8;

export interface ZipEntry {
  /** Path inside the archive, with forward slashes. */
  readonly name: string;
  /** Bytes uncompressed, as the directory says. */
  readonly size: number;
  readonly compressedSize: number;
  readonly method: number;
  readonly crc: number;
  readonly encrypted: boolean;
  /** Where its local header starts. */
  readonly offset: number;
}

/** Up to this many bytes, a thread's round trip costs more than the work: it is done at once. */
const SMALL = 1 << 20;

interface OpenFile {
  readonly place: Place;
  readonly handle: FileHandle;
  readonly size: number;
}

/** An open archive; close it. */
export class ZipFile {
  readonly place: Place;
  readonly entries: readonly ZipEntry[];
  private readonly file: OpenFile;

  private constructor(file: OpenFile, entries: readonly ZipEntry[]) {
    this.place = file.place;
    this.file = file;
    this.entries = entries;
  }

  static async open(place: Place): Promise<ZipFile> {
    const size = await sizeOf(place, Number.MAX_SAFE_INTEGER);
    const file: OpenFile = { place, handle: await open(place.full, 'r'), size };
    try {
      return new ZipFile(file, await readDirectory(file));
    } catch (error) {
      await file.handle.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.file.handle.close();
  }

  /** The content of an entry of at most `limit` bytes, its checksum verified. */
  async read(entry: ZipEntry, limit = MAX_FILE_BYTES): Promise<Buffer> {
    const fail = (code: string, message: string, remedy = 'Fetch or write the archive again.') =>
      inputError(code, message, { file: this.place.shown, field: entry.name, remedy });
    if (entry.encrypted) throw fail('data/format', 'The entry is encrypted.', 'Write it without a password.');
    if (entry.method !== STORED && entry.method !== DEFLATED) {
      throw fail('data/format', `The entry is packed by method ${entry.method}.`, 'Pack it with deflate.');
    }
    const most = entry.compressedSize * (entry.method === STORED ? 1 : MAX_DEFLATE_RATIO);
    if (entry.size > limit || entry.compressedSize > limit) {
      throw fail('data/too-large', `The entry has ${entry.size} bytes; at most ${limit} are read.`);
    }
    if (entry.size > most) {
      throw fail(
        'data/corrupt',
        `The directory promises ${entry.size} bytes, more than ${entry.compressedSize} can hold.`,
      );
    }
    const header = await readAt(this.file, entry.offset, 30);
    if (header.readUInt32LE(0) !== LOCAL) throw fail('data/corrupt', 'The entry is not where it should be.');
    const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    const packed = await readAt(this.file, start, entry.compressedSize);
    let content: Buffer;
    try {
      // One byte more than promised is room enough to see that there is more.
      const room = { maxOutputLength: entry.size + 1 };
      if (entry.method === STORED) content = packed;
      else if (entry.size <= SMALL) content = inflateRawSync(packed, room);
      else content = await inflateRawAsync(packed, room);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw fail('data/corrupt', `The entry cannot be unpacked (${message}).`);
    }
    if (content.length !== entry.size) {
      throw fail('data/corrupt', `The entry has not the ${entry.size} bytes that the directory promises.`);
    }
    if (crc32(content) !== entry.crc) throw fail('data/corrupt', "The entry's checksum is wrong.");
    return content;
  }
}

/** Reads `length` bytes at `position`; what lies beyond the end is refused before memory is set aside. */
async function readAt(file: OpenFile, position: number, length: number): Promise<Buffer> {
  const truncated = (end: number) =>
    inputError('data/truncated', `The archive ends at byte ${end}, inside an entry.`, {
      file: file.place.shown,
      field: `byte ${end}`,
      remedy: 'The download or copy is incomplete: fetch it again.',
    });
  if (position + length > file.size) throw truncated(file.size);
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const rest = length - done;
    const bytesRead =
      rest <= SMALL
        ? readSync(file.handle.fd, buffer, done, rest, position + done)
        : (await file.handle.read(buffer, done, rest, position + done)).bytesRead;
    if (bytesRead === 0) throw truncated(position + done);
    done += bytesRead;
  }
  return buffer;
}

async function readDirectory(file: OpenFile): Promise<ZipEntry[]> {
  const { place, size } = file;
  const fail = (message: string) =>
    inputError('data/format', message, {
      file: place.shown,
      field: 'zip directory',
      remedy: 'It is incomplete or no .zip: fetch or write it again.',
    });
  const tailStart = Math.max(0, size - MAX_TAIL);
  const tail = await readAt(file, tailStart, size - tailStart);
  let end = tail.length - END_BYTES;
  while (end >= 0 && tail.readUInt32LE(end) !== END) end--;
  if (end < 0) throw fail('This is no zip archive, or its end is missing.');
  let count = tail.readUInt16LE(end + 10);
  let bytes = tail.readUInt32LE(end + 12);
  let offset = tail.readUInt32LE(end + 16);
  if (end >= 20 && tail.readUInt32LE(end - 20) === END64_LOCATOR) {
    const record = await readAt(file, safe(tail.readBigUInt64LE(end - 12)), 56);
    if (record.readUInt32LE(0) !== END64) throw fail("The archive's zip64 record is damaged.");
    count = safe(record.readBigUInt64LE(32));
    bytes = safe(record.readBigUInt64LE(40));
    offset = safe(record.readBigUInt64LE(48));
  }
  if (bytes > MAX_DIRECTORY_BYTES || offset + bytes > size || count * 46 > bytes) {
    throw fail("The archive's directory lies outside the file or is too large.");
  }
  const directory = await readAt(file, offset, bytes);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== ENTRY) {
      throw fail(`The archive's directory is damaged at entry ${i}.`);
    }
    const nameEnd = at + 46 + directory.readUInt16LE(at + 28);
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
    if (extraEnd > directory.length) throw fail(`The archive's directory is damaged at entry ${i}.`);
    const [unpacked, packed, local] = wideSizes(directory.subarray(nameEnd, extraEnd), [
      directory.readUInt32LE(at + 24),
      directory.readUInt32LE(at + 20),
      directory.readUInt32LE(at + 42),
    ]);
    entries.push({
      name: directory.toString('utf8', at + 46, nameEnd).replaceAll('\\', '/'),
      size: unpacked,
      compressedSize: packed,
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      encrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
      offset: local,
    });
    at = extraEnd + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** Sizes and offset with those that do not fit into 32 bits taken from the zip64 field, in which only these stand. */
function wideSizes(extra: Buffer, narrow: [number, number, number]): [number, number, number] {
  let at = 0;
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== 1) at += 4 + extra.readUInt16LE(at + 2);
  let next = at + 4;
  const widen = (value: number) => {
    if (value !== 0xffffffff || next + 8 > extra.length) return value;
    next += 8;
    return safe(extra.readBigUInt64LE(next - 8));
  };
  return [widen(narrow[0]), widen(narrow[1]), widen(narrow[2])];
}

/** A 64-bit number as a double; what is too large for that is far beyond every bound. */
function safe(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}
