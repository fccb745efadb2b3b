import { runError } from '../../../contract/errors.ts';
import { drawnBatch } from '../../data/drawn-batch.ts';
import { isMultiLabel } from '../../data/labels.ts';
import type { Parity } from '../../evaluate/parity.ts';
import { compareWithOnnx } from '../../evaluate/parity.ts';
import { readOnnx } from '../../formats/onnx/read/read.ts';
import { writeOnnx } from '../../formats/onnx/write.ts';
import { fitToData } from '../../network/fit.ts';
import type { RunContext } from '../context.ts';

/** An export may differ from the trained network by this much in a logit, relative to the largest logit. */
export const TOLERANCE = 1e-4;
/** The same for numbers of half precision, which have 11 bits. */
const HALF_TOLERANCE = 2e-2;
/** Test samples on which an export is compared with the trained network. */
export const SAMPLES = 256;

/**
 * Compares an exported model, which takes the data's samples, with the trained network on test samples.
 * @throws EspalierError 'export/differs' when it does not compute what was trained
 */
export async function checkExport(
  { dataset, evaluator, data }: RunContext,
  onnx: Uint8Array,
  tolerance = TOLERANCE,
): Promise<Parity> {
  const batch = drawnBatch(dataset.test, dataset, SAMPLES, 'checked');
  if (batch === undefined) return { maxDifference: 0, samples: 0 };
  const shape = [batch.size, ...dataset.sampleShape];
  const logits = await evaluator.logits(data.model, batch.x, shape);
  const classes = dataset.classes.length;
  const parity = await compareWithOnnx(
    onnx,
    { shape, data: batch.x },
    { shape: [batch.size, classes], data: logits },
  );
  const scale = logits.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  if (!(parity.maxDifference <= tolerance * scale)) {
    throw runError(
      'export/differs',
      `The exported ONNX file differs from the trained network by ${parity.maxDifference} in a logit.`,
      { remedy: 'The weights are safe in the run; please report this with the recipe.' },
    );
  }
  return parity;
}

/**
 * Compares an export that takes the place of the file that came, and so may not take the data's samples as they are: it is
 * read as such a file is.
 * @returns undefined where the network came from no file
 * @throws EspalierError as `checkExport` does
 */
export async function checkTaken(context: RunContext, onnx: Uint8Array): Promise<Parity | undefined> {
  const { dataset, data: run, signature } = context;
  if (signature === undefined) return undefined;
  const { sampleShape, classes, train } = dataset;
  const file = 'model.onnx';
  const read = readOnnx(onnx, { file, sampleShape });
  const given = run.model.network.head?.output;
  const output = given !== undefined && read.network.outputs.includes(given) ? given : undefined;
  const data = { sampleShape, classes, multiLabel: isMultiLabel(train.labels) };
  const fitted = fitToData(read, data, file, output);
  const halves = signature.inputs.some(({ type }) => type === 'float16');
  const again = writeOnnx(fitted.network, fitted.weights);
  return checkExport(context, again, halves ? HALF_TOLERANCE : TOLERANCE);
}
