import type { NormalizationTried } from '../../contract/catalog.ts';
import { batches } from '../data/batches.ts';
import type { Dataset, Normalization, Split } from '../data/dataset.ts';
import { picked } from '../data/subset.ts';
import { computeNormalization } from '../data/normalize.ts';
import { writeOnnx } from '../formats/onnx/write.ts';
import type { Network, WeightSet } from '../network/graph.ts';
import type { Classification } from './classification.ts';
import { judgementBy } from '../network/head.ts';
import { meterFor } from './meter.ts';
import { OnnxModel } from './onnx-model.ts';

/** Labelled training samples that the check looks at. */
const SAMPLES = 200;
/** Other constants must be better by this share of right answers: three standard errors of 200 samples. */
const MARGIN = 0.15;
/** A network that is right this often gets what it expects. */
const GOOD = 0.9;

/** A way of bringing raw values to a network. */
interface Candidate {
  /** For people: '0..1'. */
  readonly label: string;
  /** What to write in the recipe. */
  readonly recipe: string;
  readonly normalization: Normalization;
  /** The same as fields of `data`. */
  readonly set: NormalizationTried['tried'][number]['set'];
}

export interface NormalizationCheck {
  /** Share of right answers under the recipe's normalisation. */
  readonly accuracy: number;
  /** The best other way, when the recipe's seems wrong. */
  readonly better: (Candidate & { readonly accuracy: number }) | null;
  /** Sentences for a person; empty when nothing looks wrong. */
  readonly warnings: readonly string[];
  readonly samples: number;
  /** Every way that was tried, the best first: only the recipe's where that is good. */
  readonly tried: NormalizationTried['tried'];
}

/**
 * Tries a trained network on a few labelled samples under the recipe's normalisation and under others that are common, and
 * warns when another one does much better, or when the classes seem to be in another order. Runs in onnxruntime.
 */
export async function checkNormalization(
  network: Network,
  weights: WeightSet,
  dataset: Dataset,
): Promise<NormalizationCheck> {
  const split = sampleOf(dataset.train, SAMPLES);
  const model = await OnnxModel.open(writeOnnx(network, weights), { threads: 2 });
  const score = async (normalization: Normalization): Promise<Classification> => {
    const meter = meterFor(dataset, judgementBy(network));
    const about = { sampleShape: dataset.sampleShape, normalization };
    for (const { x, y, size } of batches(split, about, { batchSize: 50, order: 'sequential' })) {
      meter.add((await model.run(x, size)).logits, y);
    }
    return meter.result();
  };
  try {
    const own = await score(dataset.normalization);
    const all = candidates(dataset);
    const now = all.find(({ normalization }) => isSame(normalization, dataset.normalization));
    const tried: NormalizationTried['tried'] = [
      {
        label: now?.label ?? 'the constants of the recipe',
        accuracy: own.accuracy,
        used: true,
        set: now?.set ?? {},
      },
    ];
    const result = { accuracy: own.accuracy, better: null, warnings: [], samples: split.size, tried };
    if (own.accuracy >= GOOD) return result;
    let better: NormalizationCheck['better'] = null;
    for (const candidate of all) {
      if (candidate === now) continue;
      const { accuracy } = await score(candidate.normalization);
      tried.push({ label: candidate.label, accuracy, used: false, set: candidate.set });
      if (accuracy > Math.max(own.accuracy + MARGIN, better?.accuracy ?? 0)) {
        better = { ...candidate, accuracy };
      }
    }
    tried.sort((a, b) => b.accuracy - a.accuracy);
    const order = reordered(own, dataset.classes);
    if (order !== undefined && order.accuracy >= (better?.accuracy ?? 0)) {
      return { ...result, warnings: [order.warning] };
    }
    return better === null ? result : { ...result, better, warnings: [wrongRange(result, better)] };
  } finally {
    await model.close();
  }
}

function isSame(a: Normalization, b: Normalization): boolean {
  const near = (x: readonly number[], y: readonly number[]) =>
    x.length === y.length && x.every((value, i) => Math.abs(value - (y[i] ?? NaN)) < 1e-6);
  return near(a.mean, b.mean) && near(a.std, b.std);
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

function wrongRange(
  { accuracy, samples }: Pick<NormalizationCheck, 'accuracy' | 'samples'>,
  better: Candidate & { accuracy: number },
): string {
  return (
    `The network seems to expect ${better.label} and gets something else: of ${samples} training samples it gets ` +
    `${percent(accuracy)} right, and ${percent(better.accuracy)} with ${better.label}. ` +
    `If so, write \`${better.recipe}\` under data.`
  );
}

/** Every so many samples, so that all classes occur even where the file has them in order. */
function sampleOf(split: Split, wanted: number): Split {
  const { size } = split;
  if (size <= wanted) return split;
  return picked(
    split,
    Int32Array.from({ length: wanted }, (_, i) => Math.floor((i * size) / wanted)),
  );
}

/** Mean and standard deviation of values from 0 to 1, as programs that train such networks have them. */
const known: readonly { label: string; channels: number; mean: readonly number[]; std: readonly number[] }[] =
  [
    { label: "ImageNet's constants", channels: 3, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    {
      label: "CIFAR-10's constants",
      channels: 3,
      mean: [0.4914, 0.4822, 0.4465],
      std: [0.2471, 0.2435, 0.2616],
    },
    { label: "MNIST's constants", channels: 1, mean: [0.1307], std: [0.3081] },
  ];

/** The ways that are tried. Constants of the literature are for bytes only. */
function candidates({ train, sampleShape }: Pick<Dataset, 'train' | 'sampleShape'>): Candidate[] {
  const channels = sampleShape[0] ?? 1;
  const computed = (['none', 'unit', 'standard'] as const).map((mode): Candidate => ({
    label: { none: rawLabel(train), unit: '0..1', standard: "the data's own mean 0 and variance 1" }[mode],
    recipe: `normalize: ${mode}`,
    set: { normalize: mode },
    normalization: computeNormalization(train, sampleShape, mode),
  }));
  if (!(train.values instanceof Uint8Array)) return computed;
  const all = (value: number) => new Array<number>(channels).fill(value);
  const listed = [{ label: '-1..1', channels, mean: all(0.5), std: all(0.5) }, ...known]
    .filter((entry) => entry.channels === channels)
    .map(({ label, mean, std }) => ({
      label,
      recipe: `constants: {mean: [${mean.join(', ')}], std: [${std.join(', ')}]}`,
      set: { constants: { mean: [...mean], std: [...std] } },
      normalization: { mean: mean.map((value) => value * 255), std: std.map((value) => value * 255) },
    }));
  return [...computed, ...listed];
}

function rawLabel(split: Split): string {
  return split.values instanceof Uint8Array ? '0..255' : 'raw values';
}

/** A network that is often wrong, but wrong in the same way for each class, has its classes in another order. */
function reordered(
  result: Classification,
  classes: readonly string[],
): { accuracy: number; warning: string } | undefined {
  if (result.confusion.length === 0) return undefined;
  const guess = result.confusion.map((row) => row.indexOf(Math.max(...row)));
  const moved = guess.filter((to, from) => to !== from && (result.confusion[from]?.[to] ?? 0) > 0).length;
  const hits = result.confusion.reduce((sum, row, from) => sum + (row[guess[from] ?? 0] ?? 0), 0);
  const accuracy = hits / result.samples;
  const oneToOne = new Set(guess).size === classes.length;
  if (!oneToOne || moved < 2 || accuracy < result.accuracy + 2 * MARGIN) return undefined;
  const pairs = guess.flatMap((to, from) => (to === from ? [] : [`${classes[from]} as ${classes[to]}`]));
  const warning =
    `The network's classes seem to be in another order than the data's: it takes ${pairs.slice(0, 5).join(', ')}` +
    `${pairs.length > 5 ? ' and so on' : ''}. In the right order ${percent(accuracy)} of ${result.samples} training ` +
    `samples would be right instead of ${percent(result.accuracy)}. If so, name the classes in the network's order.`;
  return { accuracy, warning };
}
