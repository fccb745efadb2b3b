import { readdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { z } from 'zod';
import type { NetworkSummary } from '../../contract/catalog.ts';
import { couplingOptionsSchema, type NetworkGroups } from '../../contract/groups.ts';
import { isModelPath } from '../../contract/paths.ts';
import type { OnnxSummary } from '../../engine/formats/onnx/summary.ts';
import type { FileSize } from '../../engine/evaluate/size.ts';
import type { InspectedFile } from '../../engine/ask/inspect-file.ts';
import { formatBytes, formatCount } from '../../words/format.ts';
import { readLines } from '../../words/data-read.ts';
import type { CliContext } from '../context.ts';
import { describeGroups } from '../groups-page.ts';
import { modelFileOf } from '../model-file.ts';
import type { CommonOptions } from '../options.ts';
import { withCommonOptions } from '../options.ts';
import { encodingTable, plainTable, tensorTable } from '../tables.ts';
import type { Verb } from '../verb.ts';

/** Larger files are not packed to see how small they get: that takes seconds, and `verify` does it. */
const MAX_GZIP = 16 * 2 ** 20;

type KnownSize = Omit<FileSize, 'gzipBytes'> & { readonly gzipBytes: number | null };

interface Options extends CommonOptions {
  readonly data?: string;
  readonly output?: string;
  readonly groups: boolean;
  readonly attention?: string;
  readonly grouped?: string;
  readonly recipe?: string;
}

export const inspect: Verb = (program, context) => {
  const command = program
    .command('inspect <model>')
    .description("show a zoo network, a model file or a run's folder: layers, sizes, sparsity")
    .option('--groups', 'which channels leave together, what one takes with it, and why others stay', false)
    .addOption(
      unitOption('attention', 'what leaves an attention layer', couplingOptionsSchema.shape.attention),
    )
    .addOption(
      unitOption('grouped', 'what leaves a grouped convolution', couplingOptionsSchema.shape.grouped),
    )
    .addOption(
      new Option(
        '--recipe <file>',
        'with the groups that this recipe excludes among those that stay',
      ).implies({
        groups: true,
      }),
    )
    .option('--output <name>', 'of a file with several, with --data; found by the classes if left out')
    .option('--data <data>', 'fit the network to this data, and try a file on some of it (as for evaluate)');
  withCommonOptions(command).action(async (model: string, options: Options) => {
    const info = await stat(resolve(context.cwd, model)).catch(() => null);
    const print = (value: unknown, text: () => string) =>
      context.stdout.write(`${options.json ? JSON.stringify(value, null, 2) : text()}\n`);
    if (options.groups) {
      const groups = await askForGroups(model, options, context);
      print(groups, () => describeGroups(groups));
    } else if (info?.isDirectory() === true && !(await holdsModel(resolve(context.cwd, model)))) {
      const { readRunReport } = await import('../../jobs/run-folder.ts');
      const { describe } = await import('../execute.ts');
      const report = await readRunReport(resolve(context.cwd, model), model);
      print(report, () => describe(report, model));
    } else if (
      options.data === undefined &&
      (info !== null || isModelPath(model)) &&
      (await isOnnx(model, context))
    ) {
      const file = await modelFileOf(model, context.cwd);
      const { openExport } = await import('../export-file.ts');
      const { fileSize } = await import('../../engine/evaluate/size.ts');
      const opened = await openExport(file, context.cwd);
      if (opened.summary === null) throw new Error('an ONNX file has a summary');
      // The file itself is not kept while it is looked into: it may be large.
      const { beside, eightBits, signature } = opened;
      const bytes = await opened.bytes();
      const outputs = (signature?.outputs ?? []).map(({ name, shape }) => ({
        name,
        shape: shape.length === 0 ? ['?'] : shape.slice(1).map((dim) => dim ?? '?'),
      }));
      const summary = { ...opened.summary, outputs };
      const size = bytes > MAX_GZIP ? { bytes, gzipBytes: null } : fileSize(await opened.whole());
      const { noClassifierNote } = await import('../../engine/network/no-classifier.ts');
      const known = (signature?.outputs ?? []).filter(({ shape }) => shape.length > 0);
      const kind = noClassifierNote(known.map(({ shape }) => shape.slice(1)));
      const remarks = [
        ...(kind === undefined ? [] : [kind]),
        ...(beside.length === 0 ? [] : [`With its numbers in ${beside.join(', ')}.`]),
        ...(eightBits
          ? ['This model is already quantised: bring the float32 one to prune or to quantise it.']
          : []),
      ];
      print({ file, ...size, ...summary, beside, eightBits, remarks }, () =>
        [describeOnnx(summary, size, file), ...remarks].join('\n'),
      );
    } else if (options.data === undefined && info !== null) {
      const { inspectFile } = await import('../../engine/ask/inspect-file.ts');
      const { summary, ...file } = await inspectFile(model, context.cwd);
      print({ ...summary, ...file }, () =>
        [...(summary === null ? [] : [describeNetwork(summary)]), ...describeFile(file)].join('\n'),
      );
    } else {
      const summary = await askForNetwork(model, options, context);
      print(summary, () => describeNetwork(summary));
    }
  });
};

/** Whether a folder is a TensorFlow.js model's and no run's. */
async function holdsModel(folder: string): Promise<boolean> {
  const names = await readdir(folder);
  return names.includes('model.json') && !names.includes('report.json');
}

/** @throws EspalierError when the file is not there */
async function isOnnx(model: string, { cwd }: CliContext): Promise<boolean> {
  const { readHead } = await import('../../engine/formats/head.ts');
  const { looksLikeOnnx } = await import('../../engine/formats/onnx/sniff.ts');
  const { locate, kindOf } = await import('../../engine/data/files/place.ts');
  const place = locate(cwd, model);
  return (await kindOf(place)) === 'file' && looksLikeOnnx(await readHead(place));
}

function describeFile({ format, bytes, tensors }: Omit<InspectedFile, 'summary'>): string[] {
  const before = tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
  const packed = format === 'espalier';
  return [
    tensorTable(tensors),
    `${formatBytes(bytes)} on disk; ${formatBytes(before)} of ${packed ? 'masks and values before they are packed' : 'numbers'}`,
    ...(packed ? encodingTable(tensors, 'Between bitmap and gaps the one is taken that packs better.') : []),
  ];
}

async function askForNetwork(
  network: string,
  options: Options,
  context: CliContext,
): Promise<NetworkSummary> {
  const { answer } = await import('../../engine/process/queries.ts');
  return (await answer('inspect-network', await asked(network, options, context))) as NetworkSummary;
}

async function askForGroups(network: string, options: Options, context: CliContext): Promise<NetworkGroups> {
  const { answer } = await import('../../engine/process/queries.ts');
  const { readRecipe } = await import('../recipe-file.ts');
  const { prune } =
    options.recipe === undefined ? {} : (await readRecipe(options.recipe, context.cwd)).recipe;
  const { attention = prune?.structure?.attention, grouped = prune?.structure?.grouped } = options;
  const given = await asked(network, options, context);
  const question = { ...given, options: { attention, grouped }, exclude: prune?.exclude };
  return (await answer('network-groups', question)) as NetworkGroups;
}

/** The network and the data that it is to be fitted to. */
async function asked(network: string, { data, output }: Options, { cwd }: CliContext) {
  const { readDataOption } = await import('../recipe-file.ts');
  const spec = data === undefined ? { data: null, baseFolder: cwd } : await readDataOption(data, cwd);
  // The data are looked for where their description lies, the network where the person is.
  const elsewhere = spec.baseFolder !== cwd && isModelPath(network);
  const model = elsewhere ? resolve(cwd, network) : network;
  return { network: model, output, ...spec };
}

/** An option of which the contract knows the values. */
function unitOption(name: string, what: string, schema: z.ZodOptional<z.ZodEnum>): Option {
  return new Option(`--${name} <unit>`, `${what}, in groups`)
    .choices(schema.unwrap().options.map(String))
    .implies({ groups: true });
}

function describeNetwork(summary: NetworkSummary): string {
  const rows = summary.layers.map((layer) => [
    layer.name,
    layer.op,
    layer.outputShape.join(' x '),
    formatCount(layer.parameters),
    formatCount(layer.macs),
  ]);
  return [
    ...(summary.notes ?? []),
    ...(summary.warnings ?? []).map((text) => `Warning: ${text}`),
    ...(summary.data === undefined ? [] : readLines(summary.data)),
    `${summary.name}: input ${summary.inputShape.join(' x ')}, ${summary.classes} classes`,
    ...outputLine(summary.outputs),
    plainTable(['Layer', 'Kind', 'Output', 'Parameters', 'MACs'], rows, ['Parameters', 'MACs']),
    `${formatCount(summary.parameters)} parameters, ${formatCount(summary.prunable)} of them prunable; ${formatCount(summary.macs)} MACs a sample`,
  ].join('\n');
}

/** 'Outputs: aux [4], y [4] (used)'. */
function outputLine(
  outputs: readonly { name: string; shape: readonly (number | string)[]; used?: boolean | undefined }[],
): string[] {
  const listed = outputs.map(
    ({ name, shape, used }) =>
      `${name} [${shape.join(', ')}]${used === true && outputs.length > 1 ? ' (used)' : ''}`,
  );
  return [`${outputs.length === 1 ? 'Output' : 'Outputs'}: ${listed.join(', ')}`];
}

function describeOnnx(
  summary: OnnxSummary & { readonly outputs: Parameters<typeof outputLine>[0] },
  size: KnownSize,
  file: string,
): string {
  const ops = Object.entries(summary.ops).map(([op, times]) => (times === 1 ? op : `${times} ${op}`));
  const total = summary.tensors.reduce((sum, tensor) => sum + tensor.elements, 0);
  const zipped = size.gzipBytes === null ? '' : `, ${formatBytes(size.gzipBytes)} gzipped`;
  return [
    `${file}: ${formatBytes(size.bytes)}${zipped}; opset ${summary.opset ?? '?'}, by ${summary.producer || 'an unnamed program'}`,
    `Operators: ${ops.join(', ')}`,
    ...outputLine(summary.outputs),
    tensorTable(summary.tensors),
    `${formatCount(total)} numbers`,
    ...encodingTable(
      summary.tensors.filter(({ name }) => summary.weights.includes(name)),
      'ONNX files have the first two, .espalier archives all but the last.',
    ),
    ...Object.entries(summary.metadata).map(([key, value]) => `${key}: ${value}`),
  ].join('\n');
}
