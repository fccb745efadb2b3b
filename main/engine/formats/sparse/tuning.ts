import type { Tuning } from './lower/lowering.ts';

/** As measured in WebAssembly on x86-64 (see docs/performance.md). */
export const WASM: Tuning = {
  lanes: 4,
  vectors: { 1: 10, 2: 5, 4: 2 },
  cache: 24 * 1024,
  underWay: 8,
  blocks: [1, 2, 4],
  rows: [1, 4, 8],
  spare: 3,
  gaps: undefined,
  strip: { entry: 2, input: 0.5, weight: 1, product: 0.5 },
  matrix: { entry: 2.5, vector: 1.5 },
};

/** As measured of C that gcc has compiled. */
export const C: Tuning = {
  lanes: 16,
  vectors: { 1: 4, 2: 2, 4: 1 },
  cache: 24 * 1024,
  underWay: 4,
  blocks: [1, 2, 4],
  rows: [1, 16],
  spare: 1.03,
  gaps: { worth: Infinity, positions: Infinity },
  strip: { entry: 2, input: 0.5, weight: 1, product: 0.5 },
  matrix: { entry: 2.5, vector: 0.3 },
};

/** Forms of a network in C: the fastest first, each smaller than the one before. */
export const C_FORMS: readonly Tuning[] = [
  C,
  { ...C, gaps: { worth: Infinity, positions: 0.2 } },
  { ...C, gaps: { worth: 1.07, positions: 0.2 } },
  { ...C, gaps: { worth: 1.03, positions: 0.2 } },
  { ...C, gaps: { worth: 1.03, positions: 0.06 } },
  { ...C, gaps: { worth: 1, positions: 0.02 } },
];
