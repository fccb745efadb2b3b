import { Dataset, File, Group, ready } from 'h5wasm';
import { inputError } from '../../../contract/errors.ts';
import type { TensorData } from '../../network/graph.ts';
import { sizeOf } from '../../network/graph.ts';
import { fromHalf } from '../onnx/read/half.ts';

/** First bytes of an HDF5 file. */
export const HDF5_MAGIC = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Packed data may unpack to this many times the file's size at most. */
const MAX_RATIO = 1032;
let count = 0;

/**
 * An HDF5 file in memory. The library works in a file system of its own, so that links in a file lead nowhere.
 * What it throws for damaged files becomes an error that names the place.
 */
export class Hdf5 {
  private readonly file: File;
  private readonly shown: string;
  private readonly path: string;
  private readonly bytes: number;
  private readonly remove: (path: string) => void;

  private constructor(
    file: File,
    shown: string,
    path: string,
    bytes: number,
    remove: (path: string) => void,
  ) {
    this.file = file;
    this.shown = shown;
    this.path = path;
    this.bytes = bytes;
    this.remove = remove;
  }

  /** @param shown what the user calls the file, for messages */
  static async open(bytes: Uint8Array, shown: string): Promise<Hdf5> {
    const library = await ready;
    const { FS } = library;
    // Otherwise it prints what is wrong and goes on.
    library.activate_throwing_error_handler();
    const path = `/model${count++}.h5`;
    // The library's types do not know this option, which saves a copy of the file.
    const options: { flags?: string; canOwn: boolean } = { canOwn: true };
    FS.writeFile(path, bytes, options);
    const remove = (name: string): void => FS.unlink(name);
    try {
      return new Hdf5(new File(path, 'r'), shown, path, bytes.length, remove);
    } catch (error) {
      remove(path);
      throw damaged(shown, '/', error);
    }
  }

  close(): void {
    try {
      this.file.close();
    } finally {
      this.remove(this.path);
    }
  }

  /** Names in a group; none where there is no such group. */
  keys(path: string): string[] {
    return this.guarded(path, () => {
      const found = path === '/' ? this.file : this.file.get(path);
      return found instanceof Group ? found.keys() : [];
    });
  }

  /** A text attribute. */
  text(path: string, name: string): string | undefined {
    const value = this.attribute(path, name);
    return typeof value === 'string' ? value : undefined;
  }

  /** An attribute that lists texts; long lists are cut into name0, name1, ... */
  texts(path: string, name: string): string[] {
    const whole = this.attribute(path, name);
    if (Array.isArray(whole)) return whole.map(String);
    const all: string[] = [];
    for (let i = 0; i < 10_000; i++) {
      const part = this.attribute(path, `${name}${i}`);
      if (!Array.isArray(part)) break;
      all.push(...part.map(String));
    }
    return all;
  }

  /** A dataset of floats; undefined where there is none. */
  tensor(path: string): TensorData | undefined {
    return this.guarded(path, () => {
      const found = this.file.get(path);
      if (!(found instanceof Dataset)) return undefined;
      const shape = found.shape ?? [];
      const size = sizeOf(shape);
      const { size: width } = found.metadata;
      if (!shape.every((dim) => dim >= 0) || !(size * width <= this.bytes * MAX_RATIO)) {
        throw inputError('keras/damaged', `'${path}' claims the impossible shape [${shape.join(', ')}].`, {
          file: this.shown,
          field: path,
        });
      }
      return { shape, data: this.floats(found, path, size) };
    });
  }

  private floats(found: Dataset, path: string, size: number): Float32Array {
    const value: unknown = found.value;
    const half = found.dtype === '<e';
    if (value instanceof Float32Array && value.length === size && !half) return value;
    const list: ArrayLike<unknown> = typeof value === 'number' ? [value] : (value as ArrayLike<unknown>);
    const known = ArrayBuffer.isView(value) || typeof value === 'number';
    if (!known || list.length !== size) {
      throw inputError('keras/damaged', `'${path}' holds no numbers of a kind that is read.`, {
        file: this.shown,
        field: path,
      });
    }
    const bits = half && value instanceof Uint16Array;
    return Float32Array.from({ length: size }, (_, i) =>
      bits ? fromHalf(Number(list[i])) : Number(list[i]),
    );
  }

  private attribute(path: string, name: string): unknown {
    return this.guarded(`${path}@${name}`, () => {
      const found = path === '/' ? this.file : this.file.get(path);
      if (!(found instanceof Group)) return undefined;
      return found.attrs[name]?.value ?? undefined;
    });
  }

  /** Runs the library; whatever it throws means that the file is damaged. */
  private guarded<T>(place: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof Error && 'problem' in error) throw error;
      throw damaged(this.shown, place, error);
    }
  }
}

function damaged(file: string, place: string, error: unknown): Error {
  const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return inputError('keras/damaged', `The HDF5 file is damaged${why === '' ? '' : `: ${why}`}.`, {
    file,
    field: place,
    remedy: 'Copy or save the file again.',
  });
}
