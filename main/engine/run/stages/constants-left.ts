import type { Batch } from '../../data/batches.ts';
import { drawnBatch } from '../../data/drawn-batch.ts';
import { apart, prove, type Probe } from '../../evaluate/proof.ts';
import type { Values } from '../../network/constants.ts';
import type { Leaving } from '../../network/fold-leaving.ts';
import { sizeOf } from '../../network/graph.ts';
import type { Weighed } from '../../network/model.ts';
import { formatCount, formatNumber } from '../../../words/format.ts';
import type { RunContext } from '../context.ts';
import { find, warn } from './warnings.ts';

/** Training samples on which networks are held against one another. */
const PROBES = 256;
/** Layers that a warning names. */
const NAMED = 3;

/** Holds the network with the constants against the smaller one, and tells what became of them. */
export async function tellOfConstants(
  context: RunContext,
  label: string,
  { constant, constants, lost, borders }: Leaving,
  compact: Weighed,
  probes: Probes,
): Promise<void> {
  if (constants + lost === 0) return;
  const folded = `${label}: ${channels(constants)} without weights still gave a constant, from biases and shifts, which went into the biases or means of what reads them`;
  if (borders.length === 0 && lost === 0) {
    const { difference } = await prove(probes.answer, constant, compact, probes.batches(), 'as constants');
    find(
      context,
      `${folded}: the answers differ by ${formatNumber(difference)} of the largest logit at most.`,
    );
    return;
  }
  const { difference, samples } = await apart(probes.answer, constant, compact, probes.batches());
  const parts = [
    ...(constants > 0 ? [`${folded}.`] : [`${label}.`]),
    ...(borders.length > 0
      ? [
          `Zeros beside the image make them less at the borders of ${layers(borders)}: what they are on average was taken.`,
        ]
      : []),
    ...(lost > 0
      ? [
          `Of ${channels(lost)} what is left is no constant, or has no place where it is read, and is left out.`,
        ]
      : []),
  ];
  warn(
    context,
    `${parts.join(' ')} The answers differ by up to ${formatNumber(difference)} of the largest logit (${formatCount(samples)} samples).`,
  );
}

/** All of a few, and of many the first. */
function layers(borders: Leaving['borders']): string {
  const names = borders.map(({ node }) => `'${node}'`);
  if (names.length <= NAMED) return names.join(', ');
  return `${names.slice(0, NAMED).join(', ')} and ${formatCount(names.length - NAMED)} more layers`;
}

const channels = (count: number): string => (count === 1 ? '1 channel' : `${formatCount(count)} channels`);

/** Training samples, drawn the same way every time, and what networks make of them. */
export class Probes {
  private readonly context: RunContext;

  constructor(context: RunContext) {
    this.context = context;
  }

  batches(): Batch[] {
    const { dataset } = this.context;
    const probe = drawnBatch(dataset.train, dataset, PROBES, 'probes');
    if (probe === undefined) throw new Error('there is training data');
    return [probe];
  }

  readonly answer = (model: Weighed, { x, size }: Probe): Promise<Float32Array> => {
    const { dataset, evaluator } = this.context;
    return evaluator.logits(model, x, [size, ...dataset.sampleShape]);
  };

  /** Of one sample. */
  readonly values = (model: Weighed, names: readonly string[]): Promise<Values> => {
    const { dataset, evaluator } = this.context;
    const x = this.batches()[0]?.x.slice(0, sizeOf(dataset.sampleShape)) ?? new Float32Array();
    return evaluator.values(model, names, x, [1, ...dataset.sampleShape]);
  };
}
