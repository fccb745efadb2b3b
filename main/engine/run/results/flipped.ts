import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MOST_FLIPPED, type Flipped, type FlippedSample } from '../../../contract/flipped.ts';
import { inputError } from '../../../contract/errors.ts';
import { fileError } from '../../../files/problems.ts';
import { batches } from '../../data/batches.ts';
import type { Dataset } from '../../data/dataset.ts';
import { classesOf, isMultiLabel } from '../../data/labels.ts';
import { picked } from '../../data/subset.ts';
import { thumbnails } from '../../data/summary.ts';
import type { Classification } from '../../evaluate/classification.ts';
import { OnnxModel } from '../../evaluate/onnx-model.ts';
import { flips } from '../../evaluate/pairs.ts';
import { writeOnnx } from '../../formats/onnx/write.ts';
import { DENSE_FILE, ORIGINAL_FILE } from '../stages/evaluate.ts';
import { finishedData, readFinished, type FinishedRun } from './finished-run.ts';

/** Values of a sample that is no image. */
const VALUES = 12;

/**
 * Test samples that the reference (the person's file as it came, else the dense network) gets right and the compressed network
 * wrong, and the other way round: which they are is in the run's checkpoint, what both answer is asked of both again.
 * @throws EspalierError 'run/no-answers' where nothing was compared, 'run/no-checkpoint', 'export/no-data', 'files/...'
 */
export async function flippedSamples(run: FinishedRun): Promise<Flipped> {
  const { kept } = await readFinished(run);
  const { original, dense, compressed, model } = kept;
  const reference = original ?? dense;
  if (!answered(reference) || !answered(compressed)) {
    throw inputError('run/no-answers', 'The run has kept no answers of two networks to compare.', {
      file: run.shown,
      remedy: 'Repeat the run with its baseline measured (baseline: true).',
    });
  }
  const { lost, gained } = flips(reference, compressed);
  const chosen = choose(lost, gained);
  const dataset = await finishedData(run);
  const file = join(run.folder, original === null ? DENSE_FILE : ORIGINAL_FILE);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw fileError(error, file, 'read the network that the run is compared with');
  });
  const indices = Int32Array.from(chosen, ({ index }) => index);
  const [before, after] = [
    await answersOf(bytes, dataset, indices),
    await answersOf(writeOnnx(model.network, model.weights), dataset, indices),
  ];
  const samples = chosen.map(({ index, way }, at) => ({
    ...shown(dataset, index),
    way,
    before: before[at] ?? [],
    after: after[at] ?? [],
  }));
  return { lost: lost.length, gained: gained.length, samples };
}

const answered = (one: Classification | null): one is Classification => one !== null && one.right !== '';

/** As many as are shown at the most: half of them lost, half gained, unless there are fewer of one kind. */
function choose(lost: readonly number[], gained: readonly number[]): Pick<FlippedSample, 'index' | 'way'>[] {
  const most = Math.max(MOST_FLIPPED / 2, MOST_FLIPPED - gained.length);
  const ofLost = lost.slice(0, most);
  return [
    ...ofLost.map((index) => ({ index, way: 'lost' as const })),
    ...gained.slice(0, MOST_FLIPPED - ofLost.length).map((index) => ({ index, way: 'gained' as const })),
  ];
}

/** What a person sees of a test sample. */
function shown(
  dataset: Dataset,
  index: number,
): Pick<FlippedSample, 'index' | 'from' | 'label' | 'picture' | 'values'> {
  const { test, classes } = dataset;
  const [picture = null] = thumbnails(dataset, 'test', [index]);
  const size = test.values.length / test.size;
  const { origin } = test;
  const row = origin?.rows[index];
  return {
    index,
    from: origin?.files?.[index] ?? (row === undefined ? null : `row ${row + 1}`),
    label: classesOf(test.labels, index, classes.length),
    picture,
    values:
      picture === null ? [...test.values.subarray(index * size, index * size + Math.min(size, VALUES))] : [],
  };
}

/** The classes that a network gives to some test samples. */
async function answersOf(onnx: Uint8Array, dataset: Dataset, indices: Int32Array): Promise<number[][]> {
  const part = picked(dataset.test, indices);
  const model = await OnnxModel.open(onnx);
  try {
    const answers: number[][] = [];
    const batchSize = model.fixedBatch ?? MOST_FLIPPED;
    for (const batch of batches(part, dataset, { batchSize, order: 'sequential' })) {
      const { logits, classes } = await model.run(batch.x, batch.size);
      for (let i = 0; i < batch.size; i++)
        answers.push(
          classesGiven(logits.subarray(i * classes, (i + 1) * classes), isMultiLabel(part.labels)),
        );
    }
    return answers;
  } finally {
    await model.close();
  }
}

/** As the run judges: the highest logit, the first of equal ones; of multi-label data those with a probability above 0.5. */
function classesGiven(logits: Float32Array, multiLabel: boolean): number[] {
  if (!logits.every(Number.isFinite)) return [];
  if (multiLabel) return [...logits].flatMap((logit, index) => (logit > 0 ? [index] : []));
  return [logits.indexOf(Math.max(...logits))];
}
