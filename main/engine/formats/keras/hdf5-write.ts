import type { Group } from 'h5wasm';
import type { Hdf5Group } from './hdf5-content.ts';

/** Attributes of fixed size may not be larger; Keras cuts its lists at this size. */
const MAX_ATTRIBUTE = 64512;

/** Puts everything into a group that is still empty. */
export function fillGroup(group: Group, { texts, lists, groups, tensors }: Hdf5Group): void {
  for (const [name, text] of Object.entries(texts)) group.create_attribute(name, text);
  for (const [name, items] of Object.entries(lists)) addList(group, name, items);
  for (const { name, shape, data } of tensors) {
    group.create_dataset({ name, data, shape: [...shape], dtype: '<f' });
  }
  for (const [name, inner] of Object.entries(groups)) fillGroup(group.create_group(name), inner);
}

/** Texts of one length, as h5py writes lists of bytes; long lists become name0, name1, ... as in Keras. */
function addList(group: Group, name: string, items: readonly string[]): void {
  if (items.length === 0) {
    // An empty list of Python has no type; NumPy makes it one of floats.
    group.create_attribute(name, new Float64Array(0), [0], '<d');
    return;
  }
  const width = Math.max(1, ...items.map((item) => Buffer.byteLength(item)));
  const each = Math.max(1, Math.floor(MAX_ATTRIBUTE / width));
  const parts = Math.ceil(items.length / each);
  for (let part = 0; part < parts; part++) {
    const some = items.slice(part * each, (part + 1) * each);
    group.create_attribute(parts === 1 ? name : `${name}${part}`, some, [some.length], `S${width}`);
  }
}
