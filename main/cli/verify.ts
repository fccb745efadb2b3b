import { resolve } from 'node:path';
import Table from 'cli-table3';
import { runError } from '../contract/errors.ts';
import type { Latency } from '../contract/report.ts';
import type { Classification } from '../engine/evaluate/classification.ts';
import type { FileSize } from '../engine/evaluate/size.ts';
import { formatBytes, formatPercent } from '../engine/report/format.ts';
import { numberIn, normalizationIn, seedIn } from './model-facts.ts';
import { withCommonOptions } from './options.ts';
import type { CommonOptions } from './options.ts';
import { readDataOption } from './recipe-file.ts';
import type { Verb } from './verb.ts';

interface Options extends CommonOptions {
  readonly data: string;
  readonly tolerance: number;
}

/** What was measured, and what the file says of itself; null where it says nothing. */
interface Verification {
  readonly file: string;
  readonly format: string;
  readonly accuracy: number;
  readonly statedAccuracy: number | null;
  readonly sparsity: number;
  readonly statedSparsity: number | null;
  /** Whether the data are those that the stated accuracy was measured on. */
  readonly sameData: boolean | null;
  readonly size: FileSize;
  readonly latency: Latency | null;
  readonly samples: number;
}

export const verify: Verb = (program, context) => {
  const command = program
    .command('verify <file>')
    .description('measure an exported file once more, and compare with what it says of itself')
    .requiredOption('--data <data>', 'digits, KIND:PATH, or a recipe whose data is meant')
    .option('--tolerance <share>', 'accuracy that may be missing', Number, 0.005);
  withCommonOptions(command).action(async (shown: string, options: Options) => {
    const found = await measure(shown, options, context.cwd);
    context.stdout.write(`${options.json ? JSON.stringify(found, null, 2) : describe(found)}\n`);
    const { accuracy, statedAccuracy, sameData } = found;
    if (statedAccuracy !== null && sameData === true && accuracy < statedAccuracy - options.tolerance) {
      throw runError(
        'verify/differs',
        `The file says ${formatPercent(statedAccuracy)} and is right for ${formatPercent(accuracy)} of the test samples.`,
        { file: shown, remedy: 'Export it again, or measure it with the normalisation it was trained with.' },
      );
    }
  });
};

async function measure(shown: string, options: Options, cwd: string): Promise<Verification> {
  const { readModel } = await import('../engine/formats/read.ts');
  const { loadDataset } = await import('../engine/data/load.ts');
  const { fitToData } = await import('../engine/network/fit.ts');
  const { writeOnnx } = await import('../engine/formats/onnx/write.ts');
  const { evaluateOnnx } = await import('../engine/evaluate/parity.ts');
  const { measureLatency } = await import('../engine/evaluate/latency.ts');
  const { fileSize } = await import('../engine/evaluate/size.ts');
  const { readBytes } = await import('../engine/data/files.ts');
  const model = await readModel(shown, cwd);
  const { data, baseFolder } = await readDataOption(options.data, cwd);
  const { metadata, weights, format } = model;
  const seed = options.seed ?? seedIn(metadata) ?? 1;
  const dataset = await loadDataset(data, { seed, baseFolder });
  const { network } = fitToData(model.network, dataset, shown);
  const bytes = writeOnnx(network, weights);
  const normalization = normalizationIn(metadata, dataset);
  const result: Classification = await evaluateOnnx(bytes, dataset, { file: shown, normalization });
  const [latency = null] = await measureLatency([bytes], { sampleShape: dataset.sampleShape, seconds: 2 });
  const prunable = Object.entries(network.params).filter(([, { role }]) => role === 'weight');
  const [zeros, all] = prunable.reduce(
    ([none, total], [name]) => {
      const values = weights.get(name)?.data ?? new Float32Array();
      return [none + values.reduce((sum, value) => sum + Number(value === 0), 0), total + values.length];
    },
    [0, 0],
  );
  const stated = metadata['espalier.data'];
  return {
    file: shown,
    format: format.label,
    accuracy: result.accuracy,
    statedAccuracy: numberIn(metadata, 'espalier.accuracy') ?? null,
    sparsity: all === 0 ? 0 : zeros / all,
    statedSparsity: numberIn(metadata, 'espalier.sparsity') ?? null,
    sameData: stated === undefined ? null : stated === dataset.fingerprint,
    size: fileSize(await readBytes({ shown, full: resolve(cwd, shown) })),
    latency,
    samples: result.samples,
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
    ['Zeros among the weights', formatPercent(found.sparsity), stated(found.statedSparsity)],
    ['Bytes', formatBytes(found.size.bytes), ''],
    ['Bytes, gzipped', formatBytes(found.size.gzipBytes), ''],
    ...(found.latency === null ? [] : [['Time per sample', `${found.latency.median.toFixed(3)} ms`, '']]),
  );
  const other = found.sameData === false ? '\nThe stated accuracy was measured on other data.' : '';
  return `${found.file} (${found.format}) on ${found.samples} test samples\n${table.toString()}${other}`;
}
