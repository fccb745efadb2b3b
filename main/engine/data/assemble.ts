import type { NormalizeMode } from '../../contract/data.ts';
import type { Dataset, Split } from './dataset.ts';
import { fingerprint } from './fingerprint.ts';
import { labelledSamples, pickLabels, strata, type Labels } from './labels.ts';
import { computeNormalization } from './normalize.ts';
import { type PartLabels, type PartName, planSplits, type Selection, type SplitOptions } from './split.ts';

/** The samples of one part of a source, as its file has them. */
export interface Part<L extends Labels = Labels> {
  readonly values: Uint8Array | Float32Array;
  readonly labels: L;
}

/** All that a reader found. */
export interface Source {
  readonly name: string;
  readonly classes: readonly string[];
  readonly sampleShape: readonly number[];
  readonly train: Part;
  readonly validation?: Part | undefined;
  readonly test?: Part | undefined;
}

export interface AssembleOptions extends SplitOptions {
  readonly normalize: NormalizeMode;
}

/** Samples of a source in memory as a data set: split, measured and fingerprinted. */
export function assemble(source: Source, options: AssembleOptions): Dataset {
  const classes = source.classes.length;
  const groups: PartLabels = {
    train: strata(source.train.labels, classes),
    ...(source.validation && { validation: strata(source.validation.labels, classes) }),
    ...(source.test && { test: strata(source.test.labels, classes) }),
  };
  const plan = planSplits(groups, options);
  const take = ({ part, indices }: Selection): Split => {
    const samples = source[part];
    if (samples === undefined) throw new Error(`the source has no part ${part}`);
    return { ...gather(samples, indices, classes), origin: { part, rows: indices } };
  };
  return finish(
    source,
    { train: take(plan.train), validation: take(plan.validation), test: take(plan.test) },
    options.normalize,
  );
}

/** A data set of splits that are ready. `untouched`: features that are not normalised (one-hot columns). */
export function finish(
  about: Pick<Dataset, 'name' | 'classes' | 'sampleShape'>,
  splits: Record<PartName, Split>,
  normalize: NormalizeMode,
  untouched?: readonly boolean[],
): Dataset {
  const { name, classes, sampleShape } = about;
  const content = { classes, sampleShape, ...splits };
  return {
    name,
    ...content,
    normalization: computeNormalization(splits.train, sampleShape, normalize, untouched),
    fingerprint: fingerprint(content),
  };
}

/** The samples of a part at `indices`; the part itself, not a copy, where these are all of them in order. */
function gather(part: Part, indices: Int32Array, classes: number): Split {
  const size = indices.length;
  // Indices ascend and do not repeat, so as many as there are samples are all samples.
  const samples = labelledSamples(part.labels, classes);
  if (size === samples) return { size, values: part.values, labels: part.labels };
  const sampleSize = part.values.length / samples;
  const values =
    part.values instanceof Uint8Array
      ? new Uint8Array(size * sampleSize)
      : new Float32Array(size * sampleSize);
  for (let i = 0; i < size; i++) {
    const from = indices[i] ?? 0;
    values.set(part.values.subarray(from * sampleSize, (from + 1) * sampleSize), i * sampleSize);
  }
  return { size, values, labels: pickLabels(part.labels, indices, classes) };
}
