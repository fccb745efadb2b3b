import { z } from 'zod';

/** Where a network can run: each has a file under `main/engine/speed/targets`. */
export const targetSchema = z.enum(['onnxruntime', 'wasm', 'c']);
export type TargetId = z.infer<typeof targetSchema>;

/** What is known of a target without running anything in it. */
interface TargetFacts {
  /** As a sentence has it. */
  readonly label: string;
  /** Why zeros save no time in it; absent where they do. */
  readonly zeros?: string;
  /** It computes on one thread whatever a call asks for. */
  readonly oneThread?: true;
}

export const targetFacts: Readonly<Record<TargetId, TargetFacts>> = {
  onnxruntime: { label: 'onnxruntime', zeros: 'onnxruntime computes zeros like all other numbers.' },
  wasm: { label: 'WebAssembly', oneThread: true },
  c: { label: 'C', oneThread: true },
};
