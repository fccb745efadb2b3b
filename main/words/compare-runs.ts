import { amountKindSchema } from '../contract/amount.ts';
import type { Recipe } from '../contract/recipe.ts';
import type { Report } from '../contract/report.ts';
import { askedShort, type Counted } from './amounts.ts';
import { shareChange } from './change.ts';
import { formatBytes, formatCount, formatMs, formatPercent } from './format.ts';
import { lastPart } from './last-part.ts';
import { accuracyChange, shareInterval } from './noise.ts';
import { recipeDifferences } from './recipe-differences.ts';

/** A run that is laid beside others; without a report where it has none yet. */
export interface ComparedRun {
  readonly recipe: Recipe;
  readonly report: Report | null;
}

/** What people call what a recipe names, and what its sparsity counts: the registries' words, wherever they are asked for. */
export interface RecipeWords {
  readonly network: (recipe: Recipe) => string;
  readonly paradigm: (recipe: Recipe) => string;
  readonly counted: (recipe: Recipe) => Counted;
}

/** One fact of runs beside each other. */
export interface RunRow {
  readonly label: string;
  /** What each run has there, in their order; empty where it has nothing. */
  readonly cells: readonly string[];
}

/** Fields of recipes that rows of their own show. */
const SHOWN = new Set([
  'name',
  'network',
  'paradigm',
  ...amountKindSchema.options.map((kind) => `budget.${kind}`),
  'seed',
]);

/** The fields in which the recipes of runs differ, but for those that every comparison shows. */
export const ownDifferences = (recipes: readonly Recipe[]) => recipeDifferences(recipes, SHOWN);

/** Runs beside each other, row by row: what they were asked for, what came of it, and in what else their recipes differ. */
export function runRows(runs: readonly ComparedRun[], words: RecipeWords): RunRow[] {
  const asked = (label: string, read: (recipe: Recipe) => string): RunRow => ({
    label,
    cells: runs.map(({ recipe }) => read(recipe)),
  });
  const found = (label: string, read: (report: Report) => string): RunRow => ({
    label,
    cells: runs.map(({ report }) => (report === null ? '' : read(report))),
  });
  const differing = ownDifferences(runs.map(({ recipe }) => recipe));
  return [
    asked('Network', words.network),
    found('Data', dataOf),
    asked('Paradigm', words.paradigm),
    found('Weights pruned', ({ sparsity }) => formatPercent(sparsity, 1)),
    asked('Budget', (recipe) => askedShort(recipe.budget, words.counted(recipe))),
    found('Accuracy', ({ compressed }) => formatPercent(compressed.accuracy)),
    found('95 % interval', intervalOf),
    found('Change to dense', (report) => shareChange(accuracyChange(report)).text),
    found('Parameters', ({ compressed }) => formatCount(compressed.parameters)),
    found('Multiply-accumulates', ({ compressed }) => formatCount(compressed.macs)),
    found('Non-zeros', ({ compressed }) => formatCount(compressed.nonzero)),
    found('ONNX file', ({ compressed }) => formatBytes(compressed.onnxBytes)),
    found('Download (gzip)', ({ compressed }) => formatBytes(compressed.gzipBytes)),
    found('Latency, median', ({ compressed }) => formatMs(compressed.latencyMs.median)),
    asked('Seed', ({ seed }) => String(seed)),
    ...differing.map(({ field, values }) => ({ label: field, cells: values })),
  ];
}

/** Whether the runs were not all measured on the same data: then their accuracies cannot be compared. */
export function onOtherData(runs: readonly Pick<ComparedRun, 'report'>[]): boolean {
  return new Set(runs.flatMap(({ report }) => (report === null ? [] : [report.data.fingerprint]))).size > 1;
}

/** The sentence for that. */
export const OTHER_DATA = 'These runs are on different data: their accuracies cannot be compared.';

/** The name, and enough of the fingerprint to tell two sets of one name apart. */
const dataOf = ({ data }: Report) => `${lastPart(data.name)}, ${data.fingerprint.slice(0, 8)}`;

/** '96.9 to 98.2 %': where the accuracy on all samples of such data lies, as far as the test samples tell. */
function intervalOf({ compressed, data }: Report): string {
  const { low, high } = shareInterval(compressed.accuracy, data.test);
  return `${formatPercent(low, 1).replace(' %', '')} to ${formatPercent(high, 1)}`;
}
