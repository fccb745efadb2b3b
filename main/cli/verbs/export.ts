import { mkdir } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { Option } from 'commander';
import { EspalierError, inputError } from '../../contract/errors.ts';
import type { ExportFormat, Recipe } from '../../contract/recipe.ts';
import { exportFormatSchema } from '../../contract/recipe.ts';
import type { Dataset } from '../../engine/data/dataset.ts';
import type { ExportedFile } from '../../engine/formats/export-format.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { fileError } from '../../files/problems.ts';
import { withCommonOptions } from '../options.ts';
import type { CommonOptions } from '../options.ts';
import { readRunFile, readRunReport } from '../run-folder.ts';
import type { Verb } from '../verb.ts';

export const exportRun: Verb = (program, context) => {
  const command = program
    .command('export <folder>')
    .description("write a finished run's network once more, in any format")
    .addOption(
      new Option('--format <format>', 'what to write')
        .choices(exportFormatSchema.options)
        .makeOptionMandatory(),
    )
    .requiredOption('--out <path>', 'a file, or a folder for formats of several files');
  withCommonOptions(command).action(
    async (shown: string, options: CommonOptions & { format: ExportFormat; out: string }) => {
      const files = await exportedFiles(resolve(context.cwd, shown), shown, options.format);
      const target = resolve(context.cwd, options.out);
      const [only] = files;
      const asFile = files.length === 1 && only !== undefined && extname(target) !== '';
      if (files.length > 1 && extname(target) !== '') {
        throw inputError('cli/out', `${options.format} writes ${files.length} files.`, {
          field: '--out',
          remedy: 'Give a folder.',
        });
      }
      const written: { path: string; bytes: number; sha256: string; notes?: readonly string[] }[] = [];
      for (const { name, bytes, notes } of files) {
        const path = asFile ? target : join(target, name);
        await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
          throw fileError(error, options.out, 'make this folder');
        });
        written.push({ path, ...(await writeFileAtomic(path, bytes)), ...(notes && { notes }) });
      }
      const text = options.json
        ? JSON.stringify(written, null, 2)
        : written.flatMap(({ path, notes = [] }) => [path, ...notes]).join('\n');
      context.stdout.write(`${text}\n`);
    },
  );
};

/** The run's network as files of a format, made from its last checkpoint. */
async function exportedFiles(
  folder: string,
  shown: string,
  formatName: ExportFormat,
): Promise<ExportedFile[]> {
  const report = await readRunReport(folder, shown);
  const { recipe, baseFolder } = await readRunFile(folder, shown);
  const { loadNetwork } = await import('../../engine/run/network-source.ts');
  const { loadCheckpoint } = await import('../../engine/run/checkpoint.ts');
  const { Exports } = await import('../../engine/run/results/exports.ts');
  const { exportMetadata } = await import('../../engine/formats/metadata.ts');
  const { classes, multiLabel } = report.data;
  const like = { sampleShape: report.network.inputShape, classes, multiLabel };
  // The run may have chosen among several outputs by its data.
  const output = report.network.output ?? recipe.output;
  const { network, signature } = await loadNetwork({ ...recipe, output }, like, baseFolder);
  const kept = await loadCheckpoint(folder, recipe, network);
  if (kept === undefined) {
    throw inputError('run/no-checkpoint', 'The run has no checkpoint to export from.', {
      file: shown,
      remedy: 'Resume the run, or start it again.',
    });
  }
  const { weights, masks } = kept;
  const metadata = exportMetadata({
    recipe,
    fingerprint: report.data.fingerprint,
    classes: report.data.classes,
    normalization: report.data.normalization,
    accuracy: report.compressed.accuracy,
    sparsity: report.sparsity,
  });
  const dataset = () => dataOf(recipe, baseFolder, report.data.fingerprint, shown);
  const logits = recipe.exportHead === 'logits';
  const given = { network, weights, masks, metadata, logits, ...(signature && { signature }) };
  return new Exports({ ...given, dataset }).files(formatName);
}

/** The run's data, read once more. @throws EspalierError when they are not there any more, or are others */
async function dataOf(
  { data, seed }: Recipe,
  baseFolder: string,
  fingerprint: string,
  shown: string,
): Promise<Dataset> {
  const { loadDataset } = await import('../../engine/data/load.ts');
  const refuse = (why: string) =>
    inputError('export/no-data', `This format needs the data that the run was trained on. ${why}`, {
      file: shown,
      field: 'data',
      remedy: `Put them back where the recipe looks for them (from ${baseFolder}), or choose a format that needs no data.`,
    });
  const dataset = await loadDataset(data, { seed, baseFolder }).catch((error: unknown) => {
    throw error instanceof EspalierError ? refuse(error.message) : error;
  });
  if (dataset.fingerprint !== fingerprint) throw refuse('What lies in their place now is other data.');
  return dataset;
}
