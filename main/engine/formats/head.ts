import { open } from 'node:fs/promises';
import { type Place, sizeOf } from '../data/files/place.ts';
import { SNIFF_BYTES } from './model-format.ts';

/** A file's first bytes, which tell its format. @throws EspalierError when it is not there or empty */
export async function readHead(place: Place): Promise<Uint8Array> {
  await sizeOf(place);
  const file = await open(place.full, 'r');
  const head = new Uint8Array(SNIFF_BYTES);
  const { bytesRead } = await file.read(head, 0, SNIFF_BYTES, 0).finally(() => file.close());
  return head.subarray(0, bytesRead);
}
