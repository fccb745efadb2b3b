import { parentPort } from 'node:worker_threads';
import { File, ready } from 'h5wasm';
import type { Hdf5Answer, Hdf5Content, Hdf5Group, Hdf5Request } from './hdf5-content.ts';
import { Damaged, Hdf5Reader, within } from './hdf5-read.ts';
import { type FileSystem, linkFile, type LinkedFile } from './hdf5-file.ts';
import { fillGroup } from './hdf5-write.ts';

/**
 * A thread that reads and writes HDF5 files. The library is C code that a damaged file can send into an endless loop: here it
 * can be ended from outside. It works in a file system of its own with one file in it, so that links in a file lead nowhere.
 */

const PATH = '/model.h5';

const port = parentPort;
if (port === null) throw new Error('this runs in a thread of its own');
/** Numbers are handed over, not copied. */
const post = (answer: Hdf5Answer, buffers: readonly ArrayBufferLike[] = []): void =>
  port.postMessage(answer, buffers as readonly ArrayBuffer[]);
const library = await ready;
// Otherwise it prints what is wrong and goes on.
library.activate_throwing_error_handler();

function read(source: Uint8Array | string): Hdf5Content {
  const { size, close } =
    typeof source === 'string' ? linkFile(library.FS as FileSystem, PATH, source) : put(source);
  try {
    const file = within('/', () => new File(PATH, 'r'));
    try {
      const reader = new Hdf5Reader(library, size);
      reader.group(file, '', 0);
      return { groups: reader.groups, texts: reader.texts, tensors: reader.tensors };
    } finally {
      within('/', () => file.close());
    }
  } finally {
    library.FS.unlink(PATH);
    close();
  }
}

function put(bytes: Uint8Array): LinkedFile {
  // The library's types do not know this option, which saves a copy of the file.
  const options: { flags?: string; canOwn: boolean } = { canOwn: true };
  library.FS.writeFile(PATH, bytes, options);
  return { size: bytes.length, close: () => undefined };
}

/** In the form that the oldest programs read, as h5py does. */
function write(root: Hdf5Group): Uint8Array {
  const clock = Date.now;
  // The library notes when it made what; without that, the same network is the same file.
  Date.now = () => 0;
  try {
    const file = new File(PATH, 'w', { libver: ['earliest', 'v108'] });
    try {
      fillGroup(file, root);
    } finally {
      file.close();
    }
  } finally {
    Date.now = clock;
  }
  const bytes = library.FS.readFile(PATH);
  library.FS.unlink(PATH);
  return bytes;
}

port.on('message', (request: Hdf5Request) => {
  try {
    if (request.kind === 'read') {
      const content = read(request.source);
      const buffers = new Set([...content.tensors.values()].map(({ data }) => data.buffer));
      post({ kind: 'content', content }, [...buffers]);
    } else post({ kind: 'bytes', bytes: write(request.root) });
  } catch (error) {
    const place = error instanceof Damaged ? error.place : '/';
    post({ kind: 'damaged', place, why: error instanceof Error ? error.message : String(error) });
  }
});
post({ kind: 'ready' });
