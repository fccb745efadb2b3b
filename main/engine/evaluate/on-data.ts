import type { Dataset } from '../data/dataset.ts';
import { isMultiLabel } from '../data/labels.ts';
import type { Place } from '../data/files/place.ts';
import { modelPlace, readModel } from '../formats/read.ts';
import { writeOnnx } from '../formats/onnx/write.ts';
import type { Judgement } from '../gradients/loss.ts';
import type { Fitted } from '../network/fit.ts';
import { fitToData } from '../network/fit.ts';
import type { Network, WeightSet } from '../network/graph.ts';
import { judgementBy } from '../network/head.ts';
import { fitModel } from './fit-model.ts';
import { checkNormalization } from './normalization-check.ts';
import { type OnnxRunnable, runs } from './onnx-model.ts';
import type { Runnable } from './running-model.ts';
import { mayStillRun, standInFor } from './stand-in.ts';

/** A model file, ready to be measured on data. */
export interface OnData {
  readonly runnable: Runnable;
  /** How its logits are judged where each sample has one class. */
  readonly judgement: Judgement;
  /** Its numbers, where it could be read as a network. */
  readonly read: { readonly network: Network; readonly weights: WeightSet } | null;
  /** What a person should know of the reading. */
  readonly notes: readonly string[];
  /** What seems to be wrong between the network and the data. */
  readonly warnings: readonly string[];
}

/**
 * Opens a model file for measuring on data. Inputs are fitted, outputs chosen and classes compared as for a compression. An
 * ONNX file runs in onnxruntime as it is, if that has what it takes; anything else is read as a network and written as ONNX.
 * @param output the name of the output that is wanted; the one that fits the classes when left out
 * @throws EspalierError when it cannot be read, or is for other data
 */
export async function openOnData(
  shown: string,
  baseFolder: string,
  dataset: Dataset,
  output?: string,
): Promise<OnData> {
  const place = await modelPlace(shown, baseFolder);
  let model: Awaited<ReturnType<typeof readModel>>;
  try {
    model = await readModel(shown, baseFolder, dataset.sampleShape);
  } catch (error) {
    const found = mayStillRun(error) ? await openUnread(place, dataset, output) : undefined;
    if (found === undefined) throw error;
    return found;
  }
  const fitted = await fitModel(model, dataset, shown, output);
  const { warnings } =
    dataset.train.size === 0
      ? { warnings: [] }
      : await checkNormalization(fitted.network, fitted.weights, dataset);
  const notes = [...model.notes, ...fitted.notes];
  const about = { judgement: judgementBy(fitted.network), read: fitted, warnings };
  const written = { model: writeOnnx(fitted.network, fitted.weights) };
  if (model.format.id !== 'onnx') return { ...about, runnable: written, notes };
  const runnable = asItIs(place, fitted);
  if (await runs(runnable, dataset)) return { ...about, runnable, notes };
  const why =
    'onnxruntime does not run the file as it is: what is measured is the network that was read from it.';
  return { ...about, runnable: written, notes: [...notes, why] };
}

/** A file that is no network for us, but may run. */
async function openUnread(place: Place, dataset: Dataset, output?: string): Promise<OnData | undefined> {
  const network = await standInFor(place, dataset.sampleShape);
  if (network === undefined) return undefined;
  const { sampleShape, classes, train } = dataset;
  const data = { sampleShape, classes, multiLabel: isMultiLabel(train.labels) };
  const fitted = fitToData({ network, weights: new Map() }, data, place.shown, output);
  const runnable = asItIs(place, fitted);
  if (!(await runs(runnable, dataset))) return undefined;
  return { runnable, judgement: judgementBy(fitted.network), read: null, notes: fitted.notes, warnings: [] };
}

function asItIs({ full }: Place, { taken, output, network }: Fitted): OnnxRunnable {
  return { model: full, feed: { ...taken, output, kind: network.head?.kind ?? 'none' } };
}
