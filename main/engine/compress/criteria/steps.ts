import type { Backend, CompiledStep, StepFunction } from '../../backend/backend.ts';
import type { Network } from '../../network/graph.ts';

/** Compiled steps that are kept for the next round of scoring; tracing and compiling a deep network takes seconds. */
const MAX_KEPT = 4;

interface Kept {
  readonly network: Network;
  readonly key: string;
  readonly step: CompiledStep;
}

const keptOf = new WeakMap<Backend, Kept[]>();

/**
 * The compiled form of a step, made once per backend, network and key; the oldest of a few is let go for a new one.
 * @param key names everything that `make` closes over beside the network.
 */
export function compiledStep(
  backend: Backend,
  network: Network,
  key: string,
  make: () => StepFunction,
): CompiledStep {
  const kept = keptOf.get(backend) ?? [];
  keptOf.set(backend, kept);
  const found = kept.find((entry) => entry.network === network && entry.key === key);
  if (found !== undefined) return found.step;
  const step = backend.compile(make());
  kept.push({ network, key, step });
  if (kept.length > MAX_KEPT) kept.shift()?.step.dispose();
  return step;
}
