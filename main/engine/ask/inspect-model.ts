import type { NetworkSummary } from '../../contract/catalog.ts';
import { unsuitedMethods } from '../compress/unsuited.ts';
import type { Dataset } from '../data/dataset.ts';
import { fitModel } from '../evaluate/fit-model.ts';
import { checkNormalization } from '../evaluate/normalization-check.ts';
import { originOf, readModel } from '../formats/read.ts';
import { answersOf } from '../network/head.ts';
import { noClassifierNote } from '../network/no-classifier.ts';
import { outputsOf, summarizeNetwork } from '../network/summary.ts';

/**
 * A network file as the screens show it. With data it is fitted to them and tried on a few samples.
 * @throws EspalierError when it cannot be read or is for other data
 */
export async function inspectModelFile(
  shown: string,
  baseFolder: string,
  dataset: Dataset | null,
  output?: string,
): Promise<NetworkSummary> {
  const model = await readModel(shown, baseFolder, dataset?.sampleShape);
  const read = [`${originOf(model)}.`, ...model.notes];
  if (dataset === null) {
    const note = noClassifierNote(answersOf(model.network).map(({ shape }) => shape));
    const notes = note === undefined ? read : [...read, note];
    return { ...summarizeNetwork(model.network), notes, warnings: [] };
  }
  const fitted = await fitModel(model, dataset, shown, output);
  const checked = await checkNormalization(fitted.network, fitted.weights, dataset);
  const { warnings, accuracy, samples, tried } = checked;
  const asItIs = `Of ${samples} training samples it gets ${Math.round(accuracy * 100)} % right as it is.`;
  return {
    ...summarizeNetwork(fitted.network),
    outputs: outputsOf(model.network, fitted.output),
    notes: [...read, ...fitted.notes, asItIs],
    warnings: [...warnings],
    normalization: { samples, tried },
    unsuited: unsuitedMethods(fitted.network),
  };
}
