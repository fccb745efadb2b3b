import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import Table from 'cli-table3';
import { Option } from 'commander';
import type { DataSpec } from '../../contract/data.ts';
import { inputError } from '../../contract/errors.ts';
import type { ExactFigures } from '../../contract/report.ts';
import type { Dataset } from '../../engine/data/dataset.ts';
import type { Classification } from '../../engine/evaluate/classification.ts';
import { formatCount, formatPercent } from '../../words/format.ts';
import type { CliContext } from '../context.ts';
import type { ExportFile } from '../export-file.ts';
import { openExport } from '../export-file.ts';
import { normalizationIn, seedIn } from '../model-facts.ts';
import { modelFileIn } from '../model-file.ts';
import { count, withCommonOptions } from '../options.ts';
import type { CommonOptions } from '../options.ts';
import { readDataOption } from '../recipe-file.ts';
import { readRunFile } from '../../jobs/run-folder.ts';
import type { Verb } from '../verb.ts';

interface Options extends CommonOptions {
  readonly data?: string;
  readonly part: 'train' | 'validation' | 'test';
  readonly threads?: number;
  readonly output?: string;
  readonly compile: boolean;
}

export const evaluate: Verb = (program, context) => {
  const command = program
    .command('evaluate <model>')
    .description("score a model file of any kind, or a run's, on data, in onnxruntime")
    .option('--data <data>', "digits, KIND:PATH, or a recipe whose data is meant; a run's own if left out")
    .addOption(
      new Option('--part <part>', 'of the data').choices(['train', 'validation', 'test']).default('test'),
    )
    .option('--compile', 'of a file in C: compile it and run its code on this machine', false)
    .option('--output <name>', 'of a file with several; found by the classes of the data if left out')
    .option('--threads <n>', 'threads of onnxruntime; all cores if left out', count);
  withCommonOptions(command).action(async (shown: string, options: Options) => {
    const model = await openModel(shown, context.cwd, options);
    const { data, baseFolder, seed } = await dataOf(model, options, context);
    // TensorFlow.js-free, but with native parts: loaded only when something is evaluated.
    const { loadDataset } = await import('../../engine/data/load.ts');
    const { evaluateOnnx } = await import('../../engine/evaluate/parity.ts');
    const { elsewhereWarning, evaluateExactly, kernelWarning } =
      await import('../../engine/evaluate/exact.ts');
    const { metadata } = model;
    const loaded = await loadDataset(data, {
      seed: options.seed ?? seed ?? seedIn(metadata) ?? 1,
      baseFolder,
    });
    const dataset = { ...loaded, normalization: normalizationIn(metadata, loaded) ?? loaded.normalization };
    const { runnable, judgement, notes, ...found } = await model.onData(dataset, options.output);
    const how = { part: options.part, threads: options.threads, file: model.file, judgement };
    const { result, exact } = model.eightBits
      ? await evaluateExactly(runnable, dataset, how)
      : { result: await evaluateOnnx(runnable, dataset, how), exact: null };
    const warning =
      kernelWarning(model.file, result.accuracy, exact) ?? elsewhereWarning(model.file, model.wideWeights);
    const warnings = [...found.warnings, ...(warning === undefined ? [] : [warning])];
    const text = options.json
      ? JSON.stringify(
          {
            model: model.file,
            data: dataset.name,
            fingerprint: dataset.fingerprint,
            part: options.part,
            ...result,
            exact,
            notes,
            warnings,
          },
          null,
          2,
        )
      : [
          ...notes,
          ...warnings.map((text) => `Warning: ${text}`),
          describe(result, exact, dataset, model.file, options.part),
        ].join('\n');
    context.stdout.write(`${text}\n`);
  });
};

/** What is scored: a file, or the one in a run's folder. */
interface Model extends Pick<ExportFile, 'metadata' | 'onData' | 'eightBits' | 'wideWeights'> {
  /** As the user named it, or inside the run's folder that the user named. */
  readonly file: string;
  /** The run's folder, when one was given. */
  readonly folder: string | null;
}

async function openModel(shown: string, cwd: string, options: Options): Promise<Model> {
  const folder = resolve(cwd, shown);
  const isRun = await stat(join(folder, 'report.json')).then(
    () => true,
    () => false,
  );
  const file = isRun ? await modelFileIn(folder, shown) : shown;
  return { ...(await openExport(file, cwd, options)), file, folder: isRun ? folder : null };
}

/** The data to score on: what was asked for, or what the run was trained on. */
async function dataOf(
  { folder, file }: Model,
  { data }: Options,
  { cwd }: CliContext,
): Promise<{ data: DataSpec; baseFolder: string; seed?: number }> {
  if (data !== undefined) return readDataOption(data, cwd);
  if (folder === null) {
    throw inputError('cli/data', 'It is not said what to evaluate the model on.', {
      file,
      field: '--data',
      remedy: 'Add --data digits, --data KIND:PATH, or --data recipe.yaml.',
    });
  }
  const { recipe, baseFolder } = await readRunFile(folder, folder);
  return { data: recipe.data, baseFolder, seed: recipe.seed };
}

function describe(
  result: Classification,
  exact: ExactFigures | null,
  dataset: Dataset,
  file: string,
  part: string,
): string {
  const table = new Table({ style: { head: [], border: [], compact: true }, colAligns: ['left', 'right'] });
  table.push(
    [result.f1 === null ? 'Accuracy' : 'Exact match', formatPercent(result.accuracy)],
    ...(exact === null ? [] : [['Accuracy in exact arithmetic', formatPercent(exact.accuracy)]]),
    ...(result.f1 === null
      ? []
      : [
          ['F1, micro', formatPercent(result.f1.micro)],
          ['F1, macro', formatPercent(result.f1.macro)],
        ]),
    ...(result.top5 === null ? [] : [['Top-5 accuracy', formatPercent(result.top5)]]),
    ['Loss', result.loss.toFixed(4)],
    ['Samples', formatCount(result.samples)],
    ...(result.invalid === 0 ? [] : [['Without an answer', formatCount(result.invalid)]]),
  );
  if (dataset.classes.length <= 30) {
    dataset.classes.forEach((name, i) => {
      const share = result.perClass[i] ?? null;
      table.push([`  ${name}`, share === null ? 'no samples' : formatPercent(share, 1)]);
    });
  }
  return `${file} on the ${part} part of ${dataset.name}\n${table.toString()}`;
}
