import '@tensorflow/tfjs-backend-cpu';
import { afterAll, beforeAll } from 'vitest';
import type { Backend } from '../../../main/engine/backend/backend.ts';
import { openBackend } from '../../../main/engine/backend/choose.ts';
import { criteria } from '../../../main/engine/compress/criteria/index.ts';
import type { ScoringContext, ScoringData } from '../../../main/engine/compress/criteria/criterion.ts';
import type { ScoreSet } from '../../../main/engine/compress/scores.ts';
import { structures } from '../../../main/engine/compress/structures/index.ts';
import { element } from '../../../main/engine/compress/structures/element.ts';
import type { Batch } from '../../../main/engine/data/batches.ts';
import { prunableParams, sizeOf, type Network, type WeightSet } from '../../../main/engine/network/graph.ts';
import { Random } from '../../../main/engine/base/random.ts';

/** The backend of a test file, closed at its end. */
export function useBackend(device: string): () => Backend {
  let backend: Backend | undefined;
  beforeAll(async () => {
    backend = await openBackend({ device, threads: 1 });
  });
  afterAll(async () => {
    await backend?.dispose();
  });
  return () => {
    if (backend === undefined) throw new Error('the backend opens before the tests');
    return backend;
  };
}

/** Samples that are there, whatever is asked for: cut to the batch size. */
export function dataOf(sampleShape: readonly number[], x: Float32Array, y: Int32Array): ScoringData {
  const size = sizeOf(sampleShape);
  const cut = function* (batchSize: number): Generator<Batch> {
    for (let start = 0; start < y.length; start += batchSize) {
      const labels = y.slice(start, start + batchSize);
      yield {
        x: x.slice(start * size, (start + labels.length) * size),
        y: labels,
        size: labels.length,
      };
    }
  };
  return {
    sampleShape,
    classes: 1 + Math.max(...y),
    size: y.length,
    shuffled: (_samples, batchSize) => cut(batchSize),
    balanced: (_perClass, batchSize) => cut(batchSize),
    used: () => undefined,
  };
}

/** Normal noise as samples, the labels in turn. */
export function noise(
  sampleShape: readonly number[],
  samples: number,
  classes: number,
  seed = 1,
): ScoringData {
  const random = Random.from(seed, 'noise');
  return dataOf(
    sampleShape,
    Float32Array.from({ length: samples * sizeOf(sampleShape) }, () => random.normal()),
    Int32Array.from({ length: samples }, (_, i) => i % classes),
  );
}

export type Scored = Pick<ScoringContext, 'network' | 'weights' | 'data' | 'backend'> &
  Partial<ScoringContext>;

/** A network's weights one by one. */
export const singly = (network: Network) => element.units(network, prunableParams(network), {});

/** The scores that a criterion gives. */
export function score(id: string, context: Scored): Promise<ScoreSet> {
  const criterion = criteria.get(id);
  const prunable = prunableParams(context.network);
  const { structures: fit } = criterion;
  const units = structures.get(fit?.ids[0] ?? 'element').units(context.network, prunable, {}, criterion);
  return criterion.score({
    masks: new Map(),
    params: units.scored ?? prunable,
    random: Random.from(1, 'criterion'),
    batchNorm: criterion.batchNorm ?? 'evaluation',
    units,
    ...context,
  });
}

/** A weight set of a network from plain numbers. */
export function weightsOf(network: Network, values: Readonly<Record<string, readonly number[]>>): WeightSet {
  return new Map(
    Object.entries(network.params).map(([name, { shape }]) => [
      name,
      { shape, data: Float32Array.from(values[name] ?? new Array<number>(sizeOf(shape)).fill(0)) },
    ]),
  );
}

/** A scoring context with what tests leave open. */
export const full = (context: Scored) => ({
  masks: new Map<string, Uint8Array>(),
  params: prunableParams(context.network),
  random: Random.from(1, 'none'),
  units: singly(context.network),
  ...context,
  batchNorm: context.batchNorm ?? ('training' as const),
});

function largest(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

export function total(
  values: ArrayLike<number>,
  of: (value: number, i: number) => number = (v) => v,
): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += of(values[i] as number, i);
  return sum;
}

/** Largest difference, relative to the largest value of each parameter. */
export function apart(a: ScoreSet, b: ScoreSet): number {
  return largest(
    [...b].map(([name, values]) => {
      const scale = largest(values) || 1;
      return largest(Array.from(values, (value, i) => (value - (a.get(name)?.[i] ?? NaN)) / scale));
    }),
  );
}
