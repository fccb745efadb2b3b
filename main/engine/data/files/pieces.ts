import { open } from 'node:fs/promises';
import { type Place, refuse } from './place.ts';

/** How much of a file is read at once. */
const PIECE = 2 ** 20;

/** A file piece by piece. All pieces share their memory: each is only there until the next one is asked for. */
export async function* piecesOf(place: Place): AsyncGenerator<Uint8Array> {
  const file = await open(place.full, 'r').catch((error: unknown) => refuse(place, error));
  try {
    const piece = new Uint8Array(PIECE);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, PIECE, null);
      if (bytesRead === 0) return;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
