import { Dataset, Group } from 'h5wasm';
import type { TensorData } from '../../network/graph.ts';
import { sizeOf } from '../../network/graph.ts';
import { isPlain, type Library, readPlain } from './hdf5-plain.ts';
import { fromHalf } from '../../base/half.ts';

/** Packed data may unpack to this many times the file's size at most, and to this many bytes in all. */
const MAX_RATIO = 1032;
const MAX_BYTES = 2 ** 31;
const MAX_OBJECTS = 200_000;
const MAX_DEPTH = 32;
/** What is wrong with a file, and where. */
export class Damaged extends Error {
  readonly place: string;
  constructor(place: string, message: string) {
    super(message);
    this.place = place;
  }
}

/** Collects everything but what optimisers leave behind. */
export class Hdf5Reader {
  readonly groups = new Map<string, string[]>();
  readonly texts = new Map<string, string | string[]>();
  readonly tensors = new Map<string, TensorData>();
  private readonly library: Library;
  private readonly bytes: number;
  private objects = 0;
  private total = 0;

  constructor(library: Library, bytes: number) {
    this.library = library;
    this.bytes = bytes;
  }

  group(group: Group, path: string, depth: number): void {
    if (depth > MAX_DEPTH) throw new Damaged(path, 'groups are nested too deeply');
    const keys = within(path, () => group.keys());
    this.groups.set(path === '' ? '/' : path, keys);
    this.attributes(group, path === '' ? '/' : path);
    for (const key of keys) {
      if (path === '' && /^optimizer/.test(key)) continue;
      const here = `${path}/${key}`;
      if (++this.objects > MAX_OBJECTS) throw new Damaged(here, `it holds more than ${MAX_OBJECTS} objects`);
      const found = within(here, () => group.get(key));
      if (found instanceof Group) this.group(found, here, depth + 1);
      else if (found instanceof Dataset) this.dataset(found, here);
    }
  }

  private attributes(group: Group, path: string): void {
    const names = within(path, () => Object.entries(group.attrs));
    for (const [name, attribute] of names) {
      const place = `${path}@${name}`;
      if (within(place, () => sizeOf(attribute.shape ?? [])) > MAX_OBJECTS) {
        throw new Damaged(place, 'the attribute is too long');
      }
      const value: unknown = within(place, () => attribute.value);
      if (typeof value === 'string') this.texts.set(place, value);
      else if (Array.isArray(value)) this.texts.set(place, value.map(String));
    }
  }

  private dataset(found: Dataset, path: string): void {
    const shape = within(path, () => found.shape) ?? [];
    const { size: width } = within(path, () => found.metadata);
    const size = sizeOf(shape);
    this.total += size * width;
    const bound = Math.min(this.bytes * MAX_RATIO, MAX_BYTES);
    if (!shape.every((dim) => dim >= 0) || !(this.total <= bound)) {
      throw new Damaged(path, `it claims the impossible shape [${shape.join(', ')}]`);
    }
    const value: unknown = within(path, () =>
      isPlain(found) ? readPlain(this.library, found, shape, size) : found.value,
    );
    const numbers = typeof value === 'number' ? [value] : value;
    if (!(ArrayBuffer.isView(numbers) || Array.isArray(numbers))) return;
    const list = numbers as unknown as ArrayLike<unknown>;
    if (list.length !== size) throw new Damaged(path, `it has ${list.length} numbers instead of ${size}`);
    const half = within(path, () => found.dtype) === '<e' && numbers instanceof Uint16Array;
    const data =
      numbers instanceof Float32Array
        ? numbers
        : Float32Array.from({ length: size }, (_, i) => (half ? fromHalf(Number(list[i])) : Number(list[i])));
    this.tensors.set(path, { shape: [...shape], data });
  }
}

/** Runs the library; whatever it throws means that the file is damaged. */
export function within<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Damaged(place, String(error instanceof Error ? error.message : error).split('\n')[0] ?? '');
  }
}
