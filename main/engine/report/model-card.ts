import { stringify } from 'yaml';
import { dataSource } from '../../contract/data.ts';
import { pathsIn } from '../../contract/paths.ts';
import { recipeSchema } from '../../contract/recipe.ts';
import type { Report } from '../../contract/report.ts';
import { comparisonCells, comparisonColumns, comparisons } from '../../words/comparison.ts';
import { formatBytes, formatCount, formatNumber, formatPercent } from '../../words/format.ts';
import { licenseFields } from './licenses.ts';
import { fileName, originsOf, plain } from './origins.ts';

/** Classes and constants are listed up to this many. */
const MAX_LISTED = 40;

/**
 * A finished run's model card: Markdown behind a front matter with the fields that Hugging Face publishes for it
 * (github.com/huggingface/hub-docs, modelcard.md). What is not known stays out of it.
 * @param words.made what the card says of its own making
 * @param words.license the file with the license note beside it
 */
export function modelCard(
  report: Report,
  words: { readonly made: string; readonly license: string },
): string {
  const { recipe, compressed, data, network } = report;
  const author = recipe.card?.author;
  const sections = [
    `# ${plain(report.name)}`,
    `${formatPercent(compressed.accuracy)} of the ${formatCount(data.test)} test samples right, ${formatPercent(compressed.sparsity, 1)} of the prunable weights zero, ${formatCount(compressed.nonzero)} parameters that are not zero.${author === undefined ? '' : ` By ${plain(author)}.`}`,
    `## Before and after\n\n${comparison(report)}\n\nAccuracy and loss are of the test part, which no step of the run has seen.`,
    `## What it takes and gives\n\n${ends(report)}`,
    `## How it was made\n\nThe network ${plain(network.name)} was pruned by Espalier with the method ${plain(recipe.paradigm)}. The recipe, with files called by their names alone:\n\n${fenced(stringify(nameless(recipe)))}`,
    `## Where it comes from\n\n${originsOf(report)
      .map(({ what, from, license }) => `- **${what}**: ${from} Licence: ${license}`)
      .join('\n')}\n\nThe terms of use: [${words.license}](${words.license}).`,
    `## Limits\n\n${limits(report)}`,
    filesSection(report),
    `_${words.made}_`,
  ].filter((section) => section !== '');
  return `---\n${stringify(frontMatter(report))}---\n\n${sections.join('\n\n')}\n`;
}

/** The fields before the text. Shares are fractions. */
function frontMatter(report: Report) {
  const { recipe, data, compressed } = report;
  const task = taskOf(report);
  const f1 = compressed.f1;
  const metrics = [
    { type: 'accuracy', value: compressed.accuracy, name: f1 === null ? 'Accuracy' : 'Exact match' },
    ...(f1 === null
      ? []
      : [
          { type: 'f1', value: f1.micro, name: 'F1, micro' },
          { type: 'f1', value: f1.macro, name: 'F1, macro' },
        ]),
  ];
  const dataset = slug(data.name);
  return {
    ...licenseFields(recipe.card?.license),
    library_name: libraryOf(report),
    pipeline_tag: task,
    tags: [
      ...new Set(['espalier', 'pruning', 'model-compression', slug(recipe.paradigm), ...formats(report)]),
    ],
    datasets: [dataset],
    metrics: [...new Set(metrics.map(({ type }) => type))],
    'model-index': [
      {
        name: report.name,
        results: [
          { task: { type: task }, dataset: { name: data.name, type: dataset, split: 'test' }, metrics },
        ],
      },
    ],
  };
}

/** Hugging Face's task: images have rows and columns. */
function taskOf({ recipe, network }: Report): string {
  const { kind } = dataSource(recipe.data);
  return kind !== 'csv' && network.inputShape.length === 3
    ? 'image-classification'
    : 'tabular-classification';
}

const formats = ({ recipe }: Report): string[] =>
  recipe.export.filter((format) => ['onnx', 'keras', 'tfjs', 'safetensors'].includes(format));

function libraryOf({ recipe }: Report): string {
  if (recipe.export.some((format) => format.startsWith('onnx'))) return 'onnx';
  return recipe.export.includes('keras') ? 'keras' : 'espalier';
}

function slug(text: string): string {
  const words = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return words === '' ? 'data' : words.slice(0, 96);
}

/** The table of reports without times, which are those of one machine. */
function comparison(report: Report): string {
  const rows = comparisons(report).filter(({ label }) => !label.startsWith('Latency'));
  return table(
    ['Measure', ...comparisonColumns(report), 'Change'],
    rows.map((row) => [row.label, ...comparisonCells(row), row.change]),
  );
}

function ends({ network, data }: Report): string {
  const { mean, std } = data.normalization;
  const constants = (values: readonly number[]) =>
    values.length <= MAX_LISTED
      ? values.map(formatNumber).join(', ')
      : `${values.length} numbers, in report.json`;
  const classes =
    data.classes.length <= MAX_LISTED
      ? `: ${data.classes.map(plain).join(', ')}`
      : ', in the order of report.json';
  return [
    `- Input: ${network.inputShape.join(' × ')} for a sample (channels, height, width; or features), normalised by mean ${constants(mean)} and deviation ${constants(std)}.`,
    `- Output: ${data.classes.length} classes${classes}.${data.multiLabel ? ' A sample may have several of them, or none.' : ''}`,
  ].join('\n');
}

function limits({ data, warnings, checks }: Report): string {
  return [
    `- Measured on ${formatCount(data.test)} test samples of the same source as its training data, and on nothing else: how it does on other data, and whether it treats groups of people alike, was not measured.`,
    ...(checks.emptyLayers.length === 0
      ? []
      : [`- Nothing is left of these layers: ${checks.emptyLayers.map(plain).join(', ')}.`]),
    ...warnings.map((text) => `- ${plain(text)}`),
  ].join('\n');
}

function filesSection({ files }: Report): string {
  if (files.length === 0) return '';
  const rows = files.map(({ path, bytes, sha256 }) => [plain(path), formatBytes(bytes), sha256]);
  return `## Files\n\n${table(['File', 'Size', 'SHA-256'], rows)}`;
}

/** The recipe with files by their names, without what is only said of the run. */
function nameless({ logs: _logs, card: _card, ...recipe }: Report['recipe']): unknown {
  const whole = structuredClone(recipe) as Record<string, unknown>;
  for (const { field } of pathsIn(recipeSchema, recipe)) {
    const keys = field.split('.');
    const last = keys.pop() ?? '';
    const holder = keys.reduce<Record<string, unknown>>(
      (at, key) => at[key] as Record<string, unknown>,
      whole,
    );
    holder[last] = fileName(String(holder[last]));
  }
  return whole;
}

/** A block that no line within can end. */
function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `${fence}yaml\n${text}${fence}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
