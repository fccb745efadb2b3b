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
import { normalizationIn, seedIn } from '../model-facts.ts';
import type { ModelFile } from '../model-file.ts';
import { readModelFile } from '../model-file.ts';
import { count, withCommonOptions } from '../options.ts';
import type { CommonOptions } from '../options.ts';
import { readDataOption } from '../recipe-file.ts';
import { readRunFile } from '../run-folder.ts';
import type { Verb } from '../verb.ts';

interface Options extends CommonOptions {
  readonly data?: string;
  readonly part: 'train' | 'validation' | 'test';
  readonly threads?: number;
}

export const evaluate: Verb = (program, context) => {
  const command = program
    .command('evaluate <model>')
    .description("score a model file of any kind, or a run's, on data, in onnxruntime")
    .option('--data <data>', "digits, KIND:PATH, or a recipe whose data is meant; a run's own if left out")
    .addOption(
      new Option('--part <part>', 'of the data').choices(['train', 'validation', 'test']).default('test'),
    )
    .option('--threads <n>', 'threads of onnxruntime; all cores if left out', count);
  withCommonOptions(command).action(async (shown: string, options: Options) => {
    const model = await openModel(shown, context.cwd);
    const { data, baseFolder, seed } = await dataOf(model, options, context);
    // TensorFlow.js-free, but with native parts: loaded only when something is evaluated.
    const { loadDataset } = await import('../../engine/data/load.ts');
    const { evaluateOnnx } = await import('../../engine/evaluate/parity.ts');
    const { elsewhereWarning, evaluateExactly, kernelWarning } =
      await import('../../engine/evaluate/exact.ts');
    const { metadata } = model;
    const dataset = await loadDataset(data, {
      seed: options.seed ?? seed ?? seedIn(metadata) ?? 1,
      baseFolder,
    });
    const bytes = await model.runnable(dataset);
    const how = {
      part: options.part,
      threads: options.threads,
      file: model.file,
      normalization: normalizationIn(metadata, dataset),
    };
    const { result, exact } = model.eightBits
      ? await evaluateExactly(bytes, dataset, how)
      : { result: await evaluateOnnx(bytes, dataset, how), exact: null };
    const warning =
      kernelWarning(model.file, result.accuracy, exact) ?? elsewhereWarning(model.file, model.wideWeights);
    const text = options.json
      ? JSON.stringify(
          {
            model: model.file,
            data: dataset.name,
            fingerprint: dataset.fingerprint,
            part: options.part,
            ...result,
            exact,
            warnings: warning === undefined ? [] : [warning],
          },
          null,
          2,
        )
      : describe(result, exact, dataset, model.file, options.part);
    context.stdout.write(`${text}\n`);
    if (warning !== undefined && !options.json) context.stdout.write(`Warning: ${warning}\n`);
  });
};

/** What is scored: a file, or the one in a folder. */
interface Model
  extends
    Pick<ModelFile, 'file' | 'folder'>,
    Pick<ExportFile, 'metadata' | 'runnable' | 'eightBits' | 'wideWeights'> {}

/** ONNX files as they are; other kinds are read as networks and written as ONNX. */
async function openModel(shown: string, cwd: string): Promise<Model> {
  const path = resolve(cwd, shown);
  const info = await stat(path).catch(() => null);
  const { readHead } = await import('../../engine/formats/head.ts');
  const { looksLikeOnnx } = await import('../../engine/formats/onnx/sniff.ts');
  const other =
    info?.isDirectory() === true
      ? !(await isThere(join(path, 'report.json'))) && (await isThere(join(path, 'model.json')))
      : info !== null && info.size > 0 && !looksLikeOnnx(await readHead({ shown, full: path }));
  if (other) {
    const { openExport } = await import('../export-file.ts');
    return { ...(await openExport(shown, cwd)), file: shown, folder: null };
  }
  const { bytes, file, folder } = await readModelFile(shown, cwd);
  const { summarizeOnnx } = await import('../../engine/formats/onnx/summary.ts');
  const { metadata, eightBits, wideWeights } = summarizeOnnx(bytes, file);
  return {
    file,
    folder,
    metadata,
    eightBits,
    wideWeights: wideWeights.length,
    runnable: () => Promise.resolve(bytes),
  };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
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
