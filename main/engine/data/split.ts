import { inputError } from '../../contract/errors.ts';
import { Random } from '../base/random.ts';

/** The parts that a source comes in: a training part, and perhaps parts of its own for validation and test. */
export type PartName = 'train' | 'validation' | 'test';

/** Which samples of which part of the source make up a split; indices ascend. */
export interface Selection {
  readonly part: PartName;
  readonly indices: Int32Array;
}

export type SplitPlan = Readonly<Record<PartName, Selection>>;

/** For every sample of each part that the source has, the group that it is drawn from (see `strata`). */
export type PartLabels = Partial<Record<PartName, Int32Array>> & { readonly train: Int32Array };

export interface SplitOptions {
  /** Fraction of the training part held out where the source has no validation part. */
  readonly validation: number;
  /** Fraction of the training part held out where the source has no test part. */
  readonly test: number;
  /** At most this many samples in each split. */
  readonly limit?: number | undefined;
  readonly seed: number;
  /** For error messages: the source as the user named it. */
  readonly source: string;
}

/**
 * Divides a source into training, validation and test samples that never overlap. Held-out parts are drawn at random
 * with each class in proportion (stratified); a class keeps at least one sample for training.
 */
export function planSplits(parts: PartLabels, options: SplitOptions): SplitPlan {
  const random = Random.from(options.seed, 'data/split');
  let train = Int32Array.from(parts.train, (_, i) => i);
  const holdOut = (name: 'validation' | 'test'): Selection => {
    const own = parts[name];
    if (own !== undefined) return { part: name, indices: Int32Array.from(own, (_, i) => i) };
    const count = Math.round(train.length * options[name]);
    const { taken, rest } = takeStratified(train, parts.train, count, random, true);
    train = rest;
    return { part: 'train', indices: taken };
  };
  const test = holdOut('test');
  const validation = holdOut('validation');
  for (const [name, size] of [['training', train.length] as const, ['test', test.indices.length] as const]) {
    if (size > 0) continue;
    throw inputError('data/too-small', `Nothing is left for the ${name} part.`, {
      file: options.source,
      remedy: 'Bring more samples, or change the fractions `data.test` and `data.validation`.',
    });
  }
  const limit = (selection: Selection, name: PartName): Selection => {
    const { limit: most } = options;
    if (most === undefined || selection.indices.length <= most) return selection;
    const labels = parts[selection.part];
    if (labels === undefined) throw new Error(`part ${selection.part} of a plan has no labels`);
    const drawn = takeStratified(
      selection.indices,
      labels,
      most,
      Random.from(options.seed, `data/limit/${name}`),
      false,
    );
    return { part: selection.part, indices: drawn.taken };
  };
  return {
    train: limit({ part: 'train', indices: train }, 'train'),
    validation: limit(validation, 'validation'),
    test: limit(test, 'test'),
  };
}

/**
 * Draws `count` of `indices`, each class in proportion: class quotas are differences of the rounded cumulative share, so
 * they sum to `count` exactly. With `keepOne` a class is never emptied, and then fewer may be drawn.
 */
function takeStratified(
  indices: Int32Array,
  labels: Int32Array,
  count: number,
  random: Random,
  keepOne: boolean,
): { taken: Int32Array<ArrayBuffer>; rest: Int32Array<ArrayBuffer> } {
  const byClass = new Map<number, number[]>();
  for (const index of indices) {
    const label = labels[index] ?? -1;
    const members = byClass.get(label);
    if (members === undefined) byClass.set(label, [index]);
    else members.push(index);
  }
  const taken: number[] = [];
  const rest: number[] = [];
  let seen = 0;
  let quotaBefore = 0;
  for (const label of [...byClass.keys()].sort((a, b) => a - b)) {
    const members = random.shuffle(byClass.get(label) ?? []);
    seen += members.length;
    const quotaNow = Math.round((count * seen) / indices.length);
    const quota = Math.min(quotaNow - quotaBefore, members.length - (keepOne ? 1 : 0));
    quotaBefore = quotaNow;
    for (const [i, member] of members.entries()) (i < quota ? taken : rest).push(member);
  }
  return { taken: Int32Array.from(taken).sort(), rest: Int32Array.from(rest).sort() };
}
