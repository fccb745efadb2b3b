import Table from 'cli-table3';
import { EspalierError, runError } from '../../contract/errors.ts';
import type { ExactFigures, Latency } from '../../contract/report.ts';
import type { FileSize } from '../../engine/evaluate/size.ts';
import { formatBytes, formatPercent } from '../../words/format.ts';
import type { OriginalCompared } from '../compare-original.ts';
import { compareWithOriginal, describeOriginal, refuseOther } from '../compare-original.ts';
import { numberIn, normalizationIn, seedIn } from '../model-facts.ts';
import { withCommonOptions } from '../options.ts';
import type { CommonOptions } from '../options.ts';
import { openExport } from '../export-file.ts';
import { findOriginal } from '../original-file.ts';
import { readDataOption } from '../recipe-file.ts';
import type { Verb } from '../verb.ts';

interface Options extends CommonOptions {
  readonly data: string;
  readonly tolerance?: number;
  readonly output?: string;
  readonly compile: boolean;
  readonly original?: string;
}

/** Accuracy that may be missing. Runtimes round eight bits in different ways, and a sample at the border may change sides. */
const TOLERANCE = { float: 0.005, int8: 0.01 };

/** What was measured, and what the file says of itself; null where it says nothing. */
interface Verification {
  readonly file: string;
  readonly format: string;
  /** Whether its layers compute in eight bits. */
  readonly eightBits: boolean;
  readonly accuracy: number;
  /** The same in exact arithmetic; null for a file that does not compute in eight bits. */
  readonly exact: ExactFigures | null;
  /** Where this processor, or another, may compute otherwise than the file says. */
  readonly warnings: readonly string[];
  readonly statedAccuracy: number | null;
  readonly sparsity: number;
  readonly statedSparsity: number | null;
  /** Whether the data are those that the stated accuracy was measured on. */
  readonly sameData: boolean | null;
  readonly size: FileSize;
  readonly latency: Latency | null;
  readonly samples: number;
  readonly notes: readonly string[];
  /** Against the model file that came into the run; null where there is none, or it is not there. */
  readonly original: OriginalCompared | null;
}

export const verify: Verb = (program, context) => {
  const command = program
    .command('verify <file>')
    .description(
      'measure an exported file once more, and compare with what it says of itself and with the model it was made of',
    )
    .requiredOption('--data <data>', 'digits, KIND:PATH, or a recipe whose data is meant')
    .option('--compile', 'of a file in C: compile it and run its code on this machine', false)
    .option('--output <name>', 'of a file with several; found by the classes of the data if left out')
    .option('--original <model>', 'the model file that came into the run; as its recipe says if left out')
    .option(
      '--tolerance <share>',
      `accuracy that may be missing; ${TOLERANCE.float} when left out, ${TOLERANCE.int8} for 8 bits`,
      Number,
    );
  withCommonOptions(command).action(async (shown: string, options: Options) => {
    const found = await measure(shown, options, context.cwd);
    context.stdout.write(`${options.json ? JSON.stringify(found, null, 2) : describe(found)}\n`);
    if (found.original !== null) refuseOther(found.original, shown);
    const { accuracy, exact, statedAccuracy, sameData, eightBits } = found;
    const tolerance = options.tolerance ?? (eightBits ? TOLERANCE.int8 : TOLERANCE.float);
    if (statedAccuracy !== null && sameData === true && accuracy < statedAccuracy - tolerance) {
      throw runError(
        'verify/differs',
        `The file says ${formatPercent(statedAccuracy)} and is right for ${formatPercent(accuracy)} of the test samples.`,
        {
          file: shown,
          remedy: exact?.differs
            ? "See the warning: it is this processor's kernels that differ, not the file."
            : eightBits
              ? 'Export it again: the file does not compute what it was measured to.'
              : 'Export it again, or measure it with the normalisation it was trained with.',
        },
      );
    }
  });
};

async function measure(shown: string, options: Options, cwd: string): Promise<Verification> {
  const { loadDataset } = await import('../../engine/data/load.ts');
  const { measureLatency } = await import('../../engine/evaluate/latency.ts');
  const { evaluateOnnx } = await import('../../engine/evaluate/parity.ts');
  const { elsewhereWarning, evaluateExactly, kernelWarning } = await import('../../engine/evaluate/exact.ts');
  const { fileSize } = await import('../../engine/evaluate/size.ts');
  const { data, baseFolder } = await readDataOption(options.data, cwd);
  const file = await openExport(shown, cwd, options);
  const { metadata } = file;
  const seed = options.seed ?? seedIn(metadata) ?? 1;
  const loaded = await loadDataset(data, { seed, baseFolder });
  const dataset = { ...loaded, normalization: normalizationIn(metadata, loaded) ?? loaded.normalization };
  const onData = await file.onData(dataset, options.output);
  const { runnable, judgement, read, notes, ...found } = onData;
  const how = { file: shown, judgement };
  const { result, exact } = file.eightBits
    ? await evaluateExactly(runnable, dataset, how)
    : { result: await evaluateOnnx(runnable, dataset, how), exact: null };
  const warning = kernelWarning(shown, result.accuracy, exact) ?? elsewhereWarning(shown, file.wideWeights);
  const [latency = null] = await measureLatency([runnable], {
    sampleShape: dataset.sampleShape,
    seconds: 2,
  });
  const stated = metadata['espalier.data'];
  const from = await findOriginal(shown, { cwd, metadata, given: options.original, dataFolder: baseFolder });
  const original =
    typeof from === 'object'
      ? await compareWithOriginal(file, onData, from, dataset).catch((error: unknown) => {
          // The file itself may be measured all the same, unless the comparison was asked for.
          if (options.original !== undefined || !(error instanceof EspalierError)) throw error;
          return `It is not compared with '${from.shown}', which came into the run: ${error.message}`;
        })
      : (from ?? null);
  return {
    file: shown,
    format: file.format,
    eightBits: file.eightBits,
    accuracy: result.accuracy,
    exact,
    warnings: [...found.warnings, ...(warning === undefined ? [] : [warning])],
    statedAccuracy: numberIn(metadata, 'espalier.accuracy') ?? null,
    sparsity: file.sparsity(read),
    statedSparsity: numberIn(metadata, 'espalier.sparsity') ?? null,
    sameData: stated === undefined ? null : stated === dataset.fingerprint,
    size: fileSize(await file.whole()),
    latency,
    samples: result.samples,
    notes: typeof original === 'string' ? [...notes, original] : notes,
    original: typeof original === 'string' ? null : original,
  };
}

function describe(found: Verification): string {
  const stated = (value: number | null) => (value === null ? 'not said' : formatPercent(value));
  const table = new Table({
    head: ['', 'Measured', 'Stated'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'right', 'right'],
  });
  table.push(
    ['Accuracy', formatPercent(found.accuracy), stated(found.statedAccuracy)],
    ...(found.exact === null
      ? []
      : [['Accuracy in exact arithmetic', formatPercent(found.exact.accuracy), '']]),
    ['Zeros among the weights', formatPercent(found.sparsity), stated(found.statedSparsity)],
    ['Size', formatBytes(found.size.bytes), ''],
    ['Size, gzipped', formatBytes(found.size.gzipBytes), ''],
    ...(found.latency === null
      ? []
      : [['Time per sample', `${(found.latency.median / found.latency.batch).toFixed(3)} ms`, '']]),
  );
  const other = found.sameData === false ? '\nThe stated accuracy was measured on other data.' : '';
  const remarks = found.notes.map((text) => `${text}\n`).join('');
  const original = found.original === null ? '' : `\n${describeOriginal(found.original).join('\n')}`;
  const warnings = found.warnings.map((warning) => `\nWarning: ${warning}`).join('');
  return `${remarks}${found.file} (${found.format}) on ${found.samples} test samples\n${table.toString()}${other}${original}${warnings}`;
}
