import { parentPort } from 'node:worker_threads';
import { Dataset, File, Group, ready } from 'h5wasm';
import type { TensorData } from '../../network/graph.ts';
import { sizeOf } from '../../network/graph.ts';
import { fromHalf } from '../onnx/read/half.ts';
import type { Hdf5Answer, Hdf5Content, Hdf5Request } from './hdf5-content.ts';

/**
 * A thread that reads HDF5 files. The library is C code that a damaged file can send into an endless loop: here it can be
 * ended from outside. It works in a file system of its own, so that links in a file lead nowhere.
 */

/** Packed data may unpack to this many times the file's size at most, and to this many bytes in all. */
const MAX_RATIO = 1032;
const MAX_BYTES = 2 ** 31;
const MAX_OBJECTS = 200_000;
const MAX_DEPTH = 32;
const PATH = '/model.h5';

class Damaged extends Error {
  readonly place: string;
  constructor(place: string, message: string) {
    super(message);
    this.place = place;
  }
}

/** Collects everything but what optimisers leave behind. */
class Reader {
  readonly groups = new Map<string, string[]>();
  readonly texts = new Map<string, string | string[]>();
  readonly tensors = new Map<string, TensorData>();
  private readonly bytes: number;
  private objects = 0;
  private total = 0;

  constructor(bytes: number) {
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
    const value: unknown = within(path, () => found.value);
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
function within<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Damaged(place, String(error instanceof Error ? error.message : error).split('\n')[0] ?? '');
  }
}

const port = parentPort;
if (port === null) throw new Error('this runs in a thread of its own');
const post = (answer: Hdf5Answer): void => port.postMessage(answer);
const library = await ready;
// Otherwise it prints what is wrong and goes on.
library.activate_throwing_error_handler();

function read(bytes: Uint8Array): Hdf5Content {
  // The library's types do not know this option, which saves a copy of the file.
  const options: { flags?: string; canOwn: boolean } = { canOwn: true };
  library.FS.writeFile(PATH, bytes, options);
  try {
    const file = within('/', () => new File(PATH, 'r'));
    try {
      const reader = new Reader(bytes.length);
      reader.group(file, '', 0);
      return { groups: reader.groups, texts: reader.texts, tensors: reader.tensors };
    } finally {
      within('/', () => file.close());
    }
  } finally {
    library.FS.unlink(PATH);
  }
}

port.on('message', ({ bytes }: Hdf5Request) => {
  try {
    post({ kind: 'content', content: read(bytes) });
  } catch (error) {
    const place = error instanceof Damaged ? error.place : '/';
    post({ kind: 'damaged', place, why: error instanceof Error ? error.message : String(error) });
  }
});
post({ kind: 'ready' });
