import type { DataKind } from '../../contract/data.ts';
import { plainName } from './class-names.ts';
import type { Dataset, Split } from './dataset.ts';
import { classesOf, countClasses, isMultiLabel } from './labels.ts';
import type { ReadNotes } from './read-notes.ts';

/** Fewer training samples than this are too few to learn a class from, or to believe its accuracy. */
const FEW_SAMPLES = 10;

/** A class with so many times the samples of another makes the accuracy say little of the other. */
const IMBALANCE = 10;

/** So many classes that are numbers, some of them nearly empty, are more often a measurement in whole steps. */
const MANY_NUMBERS = 12;

const MAX_NAMES = 5;

/** 'a, b, c and 4 more'. */
function listNames(names: readonly string[]): string {
  const rest = names.length - MAX_NAMES;
  return rest > 0 ? `${names.slice(0, MAX_NAMES).join(', ')} and ${rest} more` : names.join(', ');
}

/** What may be wrong with samples and labels of any kind of data. */
export function findProblems(
  kind: DataKind,
  { classes, train, validation, test }: Pick<Dataset, 'classes' | 'train' | 'validation' | 'test'>,
  notes: ReadNotes,
): void {
  const counts = countClasses(train.labels, classes.length);
  classProblems(kind, { classes, counts, multiLabel: isMultiLabel(train.labels) }, notes);
  const repeated = repeats(train, [validation, test], classes.length);
  if (repeated.within > 0) {
    notes.problem(
      `${repeated.within} of ${train.size} training samples occur more than once.`,
      'Remove the copies, unless they are meant.',
    );
  }
  if (repeated.across > 0) {
    notes.problem(
      `${repeated.across} validation or test samples are training samples too: their accuracy is too good.`,
      'Remove the copies, or hold out a part that has none.',
    );
  }
  if (repeated.contrary > 0) {
    notes.problem(
      `${repeated.contrary} samples occur again with another label.`,
      'Correct the labels: nothing can tell these samples apart.',
    );
  }
}

function classProblems(
  kind: DataKind,
  {
    classes,
    counts,
    multiLabel,
  }: { classes: readonly string[]; counts: readonly number[]; multiLabel: boolean },
  notes: ReadNotes,
): void {
  const named = (test: (count: number) => boolean) => classes.filter((_, i) => test(counts[i] ?? 0));
  const empty = named((count) => count === 0);
  if (empty.length > 0) {
    notes.problem(
      `${empty.length} of ${classes.length} classes have no training sample: ${listNames(empty)}.`,
      'Bring samples of them, or name only the classes that there are.',
    );
  }
  const byPlain = new Map<string, string[]>();
  for (const name of classes) byPlain.set(plainName(name), [...(byPlain.get(plainName(name)) ?? []), name]);
  const alike = [...byPlain.values()].filter((names) => names.length > 1);
  if (alike.length > 0) {
    const pairs = alike.map((names) => names.map((name) => `'${name}'`).join(' and '));
    notes.problem(
      `Classes have names that differ only in capitals, blanks or dots: ${listNames(pairs)}.`,
      'If they are one class, give them one name.',
    );
  }
  const few = named((count) => count > 0 && count < FEW_SAMPLES);
  const most = Math.max(...counts);
  const least = Math.min(...counts.filter((count) => count > 0));
  const numbers = classes.every((name) => name.trim() !== '' && Number.isFinite(Number(name)));
  const table = (kind === 'csv' || kind === 'npz') && !multiLabel;
  if (table && numbers && classes.length >= MANY_NUMBERS && least * IMBALANCE < most) {
    notes.problem(
      `The ${classes.length} labels are numbers, and some are rare (${least} to ${most} samples): this looks like a measurement (regression), not like classes.`,
      'Sort the values into a few ranges that become classes, or name another label.',
    );
  } else if (few.length > 0) {
    notes.problem(
      `${few.length} ${few.length === 1 ? 'class has' : 'classes have'} fewer than ${FEW_SAMPLES} training samples: ${listNames(few)}.`,
      'Bring more samples of them, or join them with others.',
    );
  } else if (least * IMBALANCE < most) {
    const of = (count: number) => `${classes[counts.indexOf(count)] ?? '?'} (${count})`;
    notes.problem(
      `The classes are of very different size: ${of(most)} against ${of(least)}. Accuracy says little of the small ones.`,
      "Look at the accuracy of each class, which the report has, and bring more of the small ones' samples.",
    );
  }
}

/**
 * Counts samples that are the same, value for value: copies within `train`, samples of `others` that are in `train`, and samples
 * that are in `train` with another label. Samples are found by a hash of their bytes and then compared.
 */
function repeats(
  train: Split,
  others: readonly Split[],
  classes: number,
): { within: number; across: number; contrary: number } {
  const first = new Map<number, number[]>();
  let contrary = 0;
  const find = (split: Split, keep: boolean) => {
    const size = split.values.length / Math.max(1, split.size);
    if (size < MIN_VALUES) return 0;
    let found = 0;
    for (let i = 0; i < split.size; i++) {
      const sample = split.values.subarray(i * size, (i + 1) * size);
      const key = hashOf(sample);
      const seen = first.get(key) ?? [];
      const same = seen.find((k) => equal(sample, train.values.subarray(k * size, (k + 1) * size)));
      if (same === undefined) {
        if (keep) first.set(key, [...seen, i]);
        continue;
      }
      found++;
      const labels = classesOf(split.labels, i, classes).join();
      if (labels !== classesOf(train.labels, same, classes).join()) contrary++;
    }
    return found;
  };
  const within = find(train, true);
  const across = others.reduce((sum, split) => sum + find(split, false), 0);
  return { within, across, contrary };
}

/** Samples of fewer values are the same by chance: a table of three columns of whole numbers. */
const MIN_VALUES = 4;

/** A 53-bit hash (two 32-bit multiplicative ones, after FNV-1a) of numbers. */
function hashOf(values: Uint8Array | Float32Array): number {
  const { buffer, byteOffset, byteLength } = values;
  const aligned = byteOffset % 4 === 0 && byteLength % 4 === 0;
  const words = aligned
    ? new Uint32Array(buffer, byteOffset, byteLength / 4)
    : new Uint8Array(buffer, byteOffset, byteLength);
  let a = 0x811c9dc5;
  let b = 0x9dc5811c;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? 0;
    a = Math.imul(a ^ word, 0x01000193);
    a ^= a >>> 15;
    b = Math.imul(b ^ word, 0x85ebca6b);
    b ^= b >>> 13;
  }
  return (a >>> 11) * 2 ** 32 + (b >>> 0);
}

function equal(a: Uint8Array | Float32Array, b: Uint8Array | Float32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}
