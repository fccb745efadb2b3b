import {
  RECORD_KEY,
  scoreRecordSchema,
  type ScoreRecord,
} from '../../../main/engine/ask/score-file/record.ts';
import type { ScoringData } from '../../../main/engine/compress/criteria/criterion.ts';
import type { Batch } from '../../../main/engine/data/batches.ts';
import { readSafetensors } from '../../../main/engine/formats/safetensors/read.ts';
import type { NamedTensor } from '../../../main/engine/formats/safetensors/write.ts';
import { sizeOf, type MaskSet, type Network, type WeightSet } from '../../../main/engine/network/graph.ts';

/** A score file as another program would read it: with nothing else at hand. */
export interface ScoreFile {
  readonly record: ScoreRecord;
  readonly network: Network;
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  readonly weights: WeightSet;
}

export function readScoreFile(bytes: Uint8Array): ScoreFile {
  const { tensors: list, metadata } = readSafetensors(bytes);
  const record = scoreRecordSchema.parse(JSON.parse(metadata[RECORD_KEY] ?? ''));
  const tensors = new Map(list.map((tensor) => [tensor.name, tensor]));
  const weights: WeightSet = new Map(
    Object.entries(record.network.params).map(([name, { shape }]) => [
      name,
      { shape, data: tensors.get(`weights/${name}`)?.data as Float32Array },
    ]),
  );
  return { record, network: record.network as unknown as Network, tensors, weights };
}

/** The masks before round n, counted from 1. */
export function masksBefore({ record, network, tensors }: ScoreFile, n: number): MaskSet {
  const bits = tensors.get(`rounds/${n}/before`)?.data as Uint8Array;
  let at = 0;
  return new Map(
    record.selection.params.map((name) => {
      const size = sizeOf(network.params[name]?.shape ?? []);
      const mask = Uint8Array.from(
        { length: size },
        (_, i) => ((bits[(at + i) >> 3] ?? 0) >> ((at + i) & 7)) & 1,
      );
      at += size;
      return [name, mask];
    }),
  );
}

/** The masks after round n. */
export function masksAfter(file: ScoreFile, n: number): MaskSet {
  if (n < file.record.rounds.length) return masksBefore(file, n + 1);
  return new Map(
    file.record.selection.params.map((name) => [name, file.tensors.get(`masks/${name}`)?.data as Uint8Array]),
  );
}

/** The batches of round n, normalised. */
export function samplesOf({ record, tensors }: ScoreFile, n: number): ScoringData {
  const { sampleShape, mean, std, classes } = record.data;
  const size = sizeOf(sampleShape);
  const plane = size / (sampleShape[0] ?? 1);
  const places = (tensors.get(`rounds/${n}/samples`)?.data ?? []) as Int32Array;
  const values = tensors.get('samples/values')?.data as Uint8Array | Float32Array;
  const labels = tensors.get('samples/label')?.data as Int32Array;
  const inBatches = function* (_: number, batchSize: number): Generator<Batch> {
    if (batchSize !== record.batchSize) throw new Error(`batches of ${batchSize}`);
    for (let start = 0; start < places.length; start += batchSize) {
      const taken = places.subarray(start, start + batchSize);
      const x = Float32Array.from({ length: taken.length * size }, (_one, i) => {
        const c = Math.floor((i % size) / plane);
        const value = values[(taken[Math.floor(i / size)] ?? NaN) * size + (i % size)] ?? NaN;
        return (value - (mean[c] ?? NaN)) / (std[c] ?? NaN);
      });
      yield { x, y: Int32Array.from(taken, (place) => labels[place] ?? NaN), size: taken.length };
    }
  };
  return {
    sampleShape,
    classes: classes.length,
    size: record.data.trainingSamples ?? places.length,
    shuffled: inBatches,
    balanced: inBatches,
    used: () => undefined,
  };
}
