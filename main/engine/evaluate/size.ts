import { gzipSync } from 'node:zlib';

/** What a model file costs. */
export interface FileSize {
  /** As it lies on disk. */
  readonly bytes: number;
  /** After gzip at level 9: what a download of it costs, and where zeroed weights show. */
  readonly gzipBytes: number;
}

/** Sizes of a file's content; the same bytes always give the same sizes. */
export function fileSize(content: Uint8Array): FileSize {
  return { bytes: content.byteLength, gzipBytes: gzipSync(content, { level: 9 }).byteLength };
}
