import type { EspalierError } from '../../../contract/errors.ts';
import { inputError } from '../../../contract/errors.ts';
import { type Place, sizeOf } from '../../data/files/place.ts';
import type { TensorData } from '../../network/graph.ts';
import { textsIn } from '../metadata.ts';
import type { Hdf5Content, Hdf5Group } from './hdf5-content.ts';
import { askThread } from './hdf5-thread.ts';

/** First bytes of an HDF5 file. */
export const HDF5_MAGIC = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** The content of an HDF5 file. */
export class Hdf5 {
  private readonly content: Hdf5Content;

  private constructor(content: Hdf5Content) {
    this.content = content;
  }

  /**
   * Reads a file in a thread of its own, which is ended when a damaged file keeps it too long.
   * @param bytes are given away where they are all of their memory: a large file should not be there twice
   * @param shown what the user calls the file, for messages
   */
  static async open(bytes: Uint8Array, shown: string): Promise<Hdf5> {
    const { buffer, byteLength } = bytes;
    const whole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
    const own = whole ? new Uint8Array(buffer) : new Uint8Array(bytes);
    return Hdf5.read(own, [own.buffer], byteLength, shown);
  }

  /** As `open`, for a file that need not be in memory as a whole. */
  static async openFile(place: Place): Promise<Hdf5> {
    return Hdf5.read(place.full, [], await sizeOf(place), place.shown);
  }

  private static async read(
    source: Uint8Array | string,
    transfer: readonly ArrayBuffer[],
    size: number,
    shown: string,
  ): Promise<Hdf5> {
    const request = { kind: 'read', source } as const;
    const answer = await askThread(request, transfer, size).catch((error: unknown) => {
      throw damaged(shown, '/', error instanceof Error ? error.message : String(error));
    });
    if (answer.kind === 'content') return new Hdf5(answer.content);
    const { place, why } = answer.kind === 'damaged' ? answer : { place: '/', why: '' };
    throw damaged(shown, place, why);
  }

  /** Names in a group; none where there is no such group. */
  keys(path: string): readonly string[] {
    return this.content.groups.get(path) ?? [];
  }

  /** A text attribute of a group. */
  text(path: string, name: string): string | undefined {
    const value = this.content.texts.get(`${path}@${name}`);
    return typeof value === 'string' ? value : undefined;
  }

  /** All text attributes of a group by name. */
  textsOf(path: string): Record<string, string> {
    const start = `${path}@`;
    const all = [...this.content.texts].filter(([key]) => key.startsWith(start));
    return textsIn(Object.fromEntries(all.map(([key, value]) => [key.slice(start.length), value])));
  }

  /** An attribute that lists texts; long lists are cut into name0, name1, ... */
  texts(path: string, name: string): string[] {
    const list = (key: string) => {
      const value = this.content.texts.get(`${path}@${key}`);
      return typeof value === 'string' ? [value] : value;
    };
    const whole = list(name);
    if (whole !== undefined) return [...whole];
    const all: string[] = [];
    for (let i = 0; ; i++) {
      const part = list(`${name}${i}`);
      if (part === undefined) return all;
      all.push(...part);
    }
  }

  /** A dataset of numbers; undefined where there is none. */
  tensor(path: string): TensorData | undefined {
    return this.content.tensors.get(path);
  }

  /** Gives up the numbers that nobody else has. */
  release(): void {
    this.content.tensors.clear();
  }
}

function damaged(file: string, place: string, why: string): EspalierError {
  return inputError('keras/damaged', `The HDF5 file is damaged${why === '' ? '' : `: ${why}`}.`, {
    file,
    field: place,
    remedy: 'Copy or save the file again.',
  });
}

/** An HDF5 file with this content. */
export async function writeHdf5(root: Hdf5Group): Promise<Uint8Array> {
  const answer = await askThread({ kind: 'write', root }, [], bytesIn(root));
  if (answer.kind === 'bytes') return answer.bytes;
  throw new Error(`the HDF5 file was not written: ${answer.kind === 'damaged' ? answer.why : answer.kind}`);
}

function bytesIn({ groups, tensors }: Hdf5Group): number {
  const own = tensors.reduce((sum, { data }) => sum + data.byteLength, 0);
  return Object.values(groups).reduce((sum, group) => sum + bytesIn(group), own);
}
