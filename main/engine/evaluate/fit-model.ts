import type { Dataset } from '../data/dataset.ts';
import { isMultiLabel } from '../data/labels.ts';
import { choiceNote, fittingAnswers } from '../network/choose-answer.ts';
import type { DataShape, Fitted, Model } from '../network/fit.ts';
import { fitToData } from '../network/fit.ts';
import type { Answer } from '../network/head.ts';
import { answersOf, asInFile } from '../network/head.ts';
import { checkNormalization } from './normalization-check.ts';

/** Outputs that are tried; a hostile file may have thousands. */
const MAX_RIVALS = 8;

/** Data, or what is known of them where they are not at hand. */
export type FitData = Dataset | DataShape;

/**
 * Fits a network of a file to data, as `fitToData` does. Of several outputs that would do, the one is taken that is right more
 * often on some training samples.
 * @param file what the user calls the file, for messages
 * @param output as a recipe names it
 * @throws EspalierError when the network is for other data
 */
export async function fitModel(given: Model, data: FitData, file: string, output?: string): Promise<Fitted> {
  // Of an archive: its outputs as other files have them.
  const model = { ...given, network: asInFile(given.network) };
  const shape = 'train' in data ? shapeOf(data) : data;
  const fitting = output === undefined ? fittingAnswers(model.network, shape) : [];
  const rivals = fitting.filter(({ constant }) => constant === undefined).slice(0, MAX_RIVALS);
  if (!('train' in data) || rivals.length < 2) return fitToData(model, shape, file, output);
  let best: { answer: Answer; accuracy: number; fitted: Fitted } | undefined;
  const scores: string[] = [];
  for (const answer of rivals) {
    const fitted = fitToData(model, shape, file, answer.output);
    const { accuracy, better, samples } = await checkNormalization(fitted.network, fitted.weights, data);
    const most = Math.max(accuracy, better?.accuracy ?? 0);
    scores.push(`'${answer.output}' ${Math.round(most * 100)} % of ${samples}`);
    if (best === undefined || most > best.accuracy) best = { answer, accuracy: most, fitted };
  }
  if (best === undefined) throw new Error('there are rivals');
  const reason = `it is right most often on training samples (${scores.join(', ')})`;
  const note = choiceNote(answersOf(model.network), best.answer, reason);
  return { ...best.fitted, notes: [note, ...best.fitted.notes] };
}

function shapeOf({ sampleShape, classes, train }: Dataset): DataShape {
  return { sampleShape, classes, multiLabel: isMultiLabel(train.labels) };
}
