import type { Ends } from './sparse/ends.ts';

/** A network in C. */
export interface CFiles {
  readonly source: string;
  readonly header: string;
}

/** A network as a program with kernels of its own, which needs no runtime: a module of WebAssembly, or C. */
export interface OwnProgram {
  readonly program: Uint8Array | CFiles;
  /** What it takes and gives. */
  readonly ends: Ends;
}
