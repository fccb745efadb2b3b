import { runError } from '../contract/errors.ts';
import type { Dataset } from '../engine/data/dataset.ts';
import type { AnswersCompared } from '../engine/evaluate/against-original.ts';
import type { OnData } from '../engine/evaluate/on-data.ts';
import { formatPercent } from '../words/format.ts';
import type { ExportFile } from './export-file.ts';
import { openExport } from './export-file.ts';
import { changesIn } from './model-facts.ts';
import type { Original } from './original-file.ts';

/** Largest difference of an answer, relative to the original's largest, that rounding explains. */
const TOLERANCE = { float: 1e-4, half: 2e-2 };

/** A file against the one that came into the run. */
export interface OriginalCompared extends Omit<AnswersCompared, 'otherWay' | 'faults'> {
  readonly file: string;
  /** Whether both formats say what they take and give, so that this was compared. */
  readonly endsCompared: boolean;
  /** Whether the run left the weights as they were, so that the answers must agree. */
  readonly unchanged: boolean;
  /** Differences that the file was made with, which it or its format says. */
  readonly told: readonly string[];
  /** Those that it was not, and answers that do not agree although they must: the file does not take the original's place. */
  readonly faults: readonly string[];
}

/**
 * Compares what a file takes, gives and answers with the model file that came into the run.
 * @param found the file on the data
 * @throws EspalierError naming the original where it cannot be read or run
 */
export async function compareWithOriginal(
  file: ExportFile,
  found: OnData,
  original: Original,
  dataset: Dataset,
): Promise<OriginalCompared> {
  const { openOnData } = await import('../engine/evaluate/on-data.ts');
  const { compareAnswers } = await import('../engine/evaluate/against-original.ts');
  const { ANSWERS_ARE_LOGITS } = await import('../engine/formats/as-it-came.ts');
  const { endDifferences } = await import('../engine/evaluate/same-ends.ts');
  const { shown, baseFolder, unchanged, logits, output } = original;
  const before = await openExport(shown, baseFolder);
  const answers = await compareAnswers(await openOnData(shown, baseFolder, dataset, output), found, dataset);
  const { otherWay, faults: wrong, ...compared } = answers;
  const [told, faults]: [string[], string[]] = [[], [...wrong]];
  // Eight bits and archives have the ends of the run, and other formats the ways of their own programs.
  const replaces = original.replaces && !file.eightBits && file.formatId === before.formatId;
  const changes = changesIn(file.metadata);
  const endsCompared = before.signature !== null && file.signature !== null;
  if (before.signature !== null && file.signature !== null) {
    for (const { port, text } of endDifferences(before.signature, file.signature)) {
      const said = logits || changes.some((change) => change.includes(`'${port}'`));
      (said || !replaces ? told : faults).push(text);
    }
  }
  const asked = logits || changes.some((change) => change.startsWith(ANSWERS_ARE_LOGITS));
  (replaces && !asked ? faults : told).push(...otherWay);
  const halves = [before, file].some(({ summary }) =>
    summary?.tensors.some(({ type }) => type === 'float16'),
  );
  const tolerance = halves ? TOLERANCE.half : TOLERANCE.float;
  const { maxDifference, equalDecisions } = compared;
  const agree =
    logits || otherWay.length > 0 ? equalDecisions === 1 : (maxDifference ?? Infinity) <= tolerance;
  if (unchanged && !file.eightBits && !file.roundedWeights && !agree) {
    faults.push(
      `The run left the weights as they were, and the answers differ by ${maxDifference ?? 'an unknown amount'}; ${formatPercent(equalDecisions)} of the decisions are equal.`,
    );
  }
  return { file: shown, endsCompared, unchanged, ...compared, told, faults };
}

/** @throws EspalierError where the file does not take the original's place */
export function refuseOther({ faults, file }: OriginalCompared, shown: string): void {
  if (faults.length === 0) return;
  throw runError('verify/original', `The file does not take the place of '${file}'. ${faults.join(' ')}`, {
    file: shown,
    remedy: 'Export it again from its run, or name the file that came into the run with --original.',
  });
}

/** What was found, in lines for people. */
export function describeOriginal({ file, told, faults, ...found }: OriginalCompared): string[] {
  const { samples, equalDecisions, maxDifference, endsCompared, unchanged, range } = found;
  const ends = endsCompared && faults.length + told.length === 0 ? 'takes and gives the same; ' : '';
  const [theirs, ours] = [range.original, range.file].map(
    ([least, most]) => `${short(least)} and ${short(most)}`,
  );
  const agree =
    unchanged && maxDifference !== null
      ? `; answers differ by at most ${maxDifference.toExponential(1)}`
      : '';
  return [
    `Against ${file}: ${ends}${formatPercent(equalDecisions)} of ${samples} decisions are equal${agree}.`,
    `Its answers lie between ${ours}; the original's between ${theirs}.`,
    ...told.map((text) => `By the way it was made: ${text}`),
  ];
}

const short = (value: number): string => String(Number(value.toPrecision(4)));
