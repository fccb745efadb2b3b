import { createHash } from 'node:crypto';
import type { Sensitivity, SensitivityPoint } from '../../contract/sensitivity.ts';
import { inputError } from '../../contract/errors.ts';
import { fusesLayers } from '../compress/fusion/fuses.ts';
import { keepBest } from '../compress/cutoff.ts';
import { applyMasks, copyWeights } from '../compress/masks.ts';
import { planOf } from '../compress/plan/plan.ts';
import { fitted, scoresOf, unitsOf } from '../compress/select.ts';
import type { Selection } from '../compress/selection.ts';
import { costOf, type UnitGroup } from '../compress/structures/structure.ts';
import { batches, type Batch } from '../data/batches.ts';
import { subset } from '../data/subset.ts';
import type { Split } from '../data/dataset.ts';
import { meterFor } from '../evaluate/meter.ts';
import { judgementBy } from '../network/head.ts';
import type { MaskSet, Network, WeightSet } from '../network/graph.ts';
import type { Weighed } from '../network/model.ts';
import { selecting, type RunContext } from '../run/context.ts';
import { identityHash } from '../run/identity.ts';
import type { Stage } from '../compress/framework.ts';
import type { Control } from '../base/control.ts';
import { Random } from '../base/random.ts';
import { openScoring, pruningOf, type ScoringOptions } from './scoring.ts';

/** Samples of a call. */
const BATCH = 250;

export interface SensitivityOptions extends ScoringOptions {
  /** Of the validation part; of the training part where there is none. */
  readonly samples: number;
  /** Shares of a group's units that are removed, each in (0, 1). */
  readonly shares: readonly number[];
  /** What an earlier call measured: points of the same fingerprint are taken over. */
  readonly known?: Sensitivity | undefined;
  /** Told after every point what there is so far, and how much of the whole that is, 0..1. */
  readonly progress: (sofar: Sensitivity, fraction: number) => Promise<void>;
}

/**
 * Accuracy and loss against the share that is removed of each layer or group alone, the worst-scored first, without any training
 * (Han et al. 2015, arXiv 1506.02626, section 3.4). The samples are the same for all points, so that differences are paired.
 * @throws EspalierError when the recipe is at fault
 * @throws CancelledError when it was cancelled; what was measured was told
 */
export async function sensitivityOf(
  options: SensitivityOptions,
  control: Control,
): Promise<{ sensitivity: Sensitivity; network: Network }> {
  const recipe = { ...options.recipe, baseline: false };
  const stages = planOf(recipe);
  const pruning = stages.find((stage) => pruningOf(stage) !== undefined);
  const found = pruning === undefined ? undefined : pruningOf(pruning);
  if (pruning === undefined || found === undefined) {
    throw inputError(
      'sensitivity/learned',
      `${recipe.paradigm} ${fusesLayers(recipe) ? 'fuses layers' : 'learns its masks'} and scores no weights.`,
      {
        field: 'paradigm',
        remedy: "Choose a paradigm with a criterion, such as 'magnitude-one-shot'.",
      },
    );
  }
  const before = stages.slice(0, stages.indexOf(pruning)).filter(trainsOrDraws);
  const scoring = await openScoring({ ...options, recipe }, () => before, control);
  const { context } = scoring;
  try {
    const sensitivity = await measured(context, found.selection, pruning.id, options);
    return { sensitivity, network: context.data.model.network };
  } finally {
    await scoring.close();
  }
}

const trainsOrDraws = ({ kind }: Stage): boolean => kind === 'train' || kind === 'restore';

async function measured(
  context: RunContext,
  selection: Selection,
  label: string,
  { samples, shares, known, progress }: SensitivityOptions,
): Promise<Sensitivity> {
  const { data, dataset } = context;
  const { network, weights, masks } = data.model;
  const units = unitsOf(network, selection);
  if (units.pattern !== undefined) {
    throw inputError('sensitivity/pattern', 'The structure itself says how much is kept of every layer.', {
      field: 'prune.structure.kind',
      remedy: "Choose 'element', 'block' or 'channel'.",
    });
  }
  const scored = await scoresOf(selecting(context), selection, weights, masks, `${label}/0`);
  const ranked = units.reduce(scored);
  const chosen = judges(context, samples);
  const own = fitted(network, selection);
  const whole = await answers(context, { network, weights }, chosen);
  const fingerprint = identityHash({
    network,
    weights: hashOf(weights),
    data: dataset.fingerprint,
    selection: {
      criterion: own.criterion,
      structure: own.structure,
      exclude: own.exclude,
      batchNorm: own.batchNorm,
    },
    samples: whole.length,
    seed: context.recipe.seed,
  });
  const result: Sensitivity = {
    version: 1,
    fingerprint,
    network: network.name,
    criterion: own.criterion,
    structure: own.structure?.kind ?? 'element',
    samples: whole.length,
    shares: [...shares],
    whole: { accuracy: mean(whole.map(({ right }) => right)), loss: mean(whole.map(({ loss }) => loss)) },
    groups: units.groups.map(({ name, units: count }) => ({ name, units: count, points: [] })),
  };
  const reused = known?.fingerprint === fingerprint ? known : undefined;
  const total = result.groups.length * shares.length;
  let done = 0;
  for (const [g, group] of units.groups.entries()) {
    const points = result.groups[g]?.points ?? [];
    const earlier = reused?.groups.find(({ name }) => name === group.name)?.points ?? [];
    for (const share of shares) {
      await context.control.gate();
      points.push(earlier.find((point) => point.share === share) ?? (await pointOf(group, share)));
      done++;
      await progress(result, done / total);
    }
  }
  return result;

  async function pointOf(group: UnitGroup, share: number): Promise<SensitivityPoint> {
    const keep = Math.max(1, Math.round((1 - share) * group.units));
    const kept: MaskSet = new Map(units.groups.map((one) => [one.name, new Uint8Array(one.units).fill(1)]));
    const pool = { groups: [group], keep: (keep / group.units) * costOf(group) };
    for (const [name, mask] of keepBest([group], [pool], ranked)) kept.set(name, mask);
    const pruned = { network, weights: copyWeights(weights) };
    applyMasks(pruned.weights, units.expand(kept));
    const now = await answers(context, pruned, chosen);
    return {
      share,
      removed: group.units - keep,
      lost: change(whole.map(({ right }, i) => right - (now[i]?.right ?? 0))),
      rise: change(whole.map(({ loss }, i) => (now[i]?.loss ?? 0) - loss)),
    };
  }
}

function hashOf(weights: WeightSet): string {
  const hash = createHash('sha256');
  for (const [name, { data }] of weights) {
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

/** What a network answers to one sample: whether that is right, and its loss. */
interface Answer {
  readonly right: number;
  readonly loss: number;
}

/**
 * As many samples of the validation part, or of the training part where there is none, drawn by the recipe's seed: a part may have one
 * class after the other.
 */
function judges({ dataset, recipe }: RunContext, samples: number): Split {
  const { validation, train } = dataset;
  const split = validation.size > 0 ? validation : train;
  return subset(split, samples, Random.from(recipe.seed, 'sensitivity'));
}

async function answers(
  { dataset, evaluator, control }: RunContext,
  model: Weighed,
  split: Split,
): Promise<Answer[]> {
  const judgement = judgementBy(model.network);
  const found: Answer[] = [];
  for (const batch of batches(split, dataset, { batchSize: BATCH, order: 'sequential' })) {
    await control.gate();
    const logits = await evaluator.logits(model, batch.x, [batch.size, ...dataset.sampleShape]);
    for (let i = 0; i < batch.size; i++) {
      const meter = meterFor(dataset, judgement);
      meter.add(logits.slice(...span(i, dataset.classes.length)), labelsAt(batch, i));
      const { accuracy, loss } = meter.result();
      found.push({ right: accuracy, loss });
    }
  }
  return found;
}

function labelsAt({ y, size }: Batch, i: number): Batch['y'] {
  const [start, end] = span(i, y.length / size);
  return y.slice(start, end);
}

const span = (i: number, width: number): [number, number] => [i * width, (i + 1) * width];

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** The mean of paired differences and its standard error. */
function change(differences: readonly number[]): { mean: number; error: number } {
  const centre = mean(differences);
  const variance =
    differences.reduce((sum, value) => sum + (value - centre) ** 2, 0) / Math.max(1, differences.length - 1);
  return { mean: centre, error: Math.sqrt(variance / Math.max(1, differences.length)) };
}
