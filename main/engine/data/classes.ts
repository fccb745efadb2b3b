import { inputError } from '../../contract/errors.ts';
import { isMultiLabel, type ClassIndices, type Labels } from './labels.ts';
import { MAX_CLASSES } from './limits.ts';
import type { ReadNotes } from './read-notes.ts';

/** What naming the classes of a source needs to know. */
export interface Naming {
  /** The recipe's `classes`. */
  readonly given: readonly string[] | undefined;
  /** For messages: the source as the user named it. */
  readonly source: string;
  readonly notes: ReadNotes;
}

/** Classes in the network's order, and the class index of each name in the source's own order. */
export interface Arranged {
  readonly classes: readonly string[];
  readonly index: Int32Array;
}

/** Sorts class names in place: numbers in their order, everything else by code units, the same on every machine. */
export function sortClasses(names: string[]): string[] {
  const numbers = names.every((name) => name.trim() !== '' && Number.isFinite(Number(name)));
  return numbers ? names.sort((a, b) => Number(a) - Number(b)) : names.sort();
}

function refuse(message: string, remedy: string, source: string) {
  return inputError('data/classes', message, { file: source, field: 'data.classes', remedy });
}

/** Up to ten names for a message. */
function list(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => `'${name}'`);
  return `${shown.join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}`;
}

/**
 * Brings class names that the source has into the order that the recipe gives; in their own order where it gives none.
 * @throws EspalierError when the recipe leaves one out, names one twice, or names one that is not there
 */
function arrange(own: readonly string[], { given, source, notes }: Naming): Arranged {
  if (given === undefined) return { classes: own, index: Int32Array.from(own, (_, i) => i) };
  const place = new Map(given.map((name, i) => [name, i]));
  if (place.size < given.length) {
    const twice = given.filter((name, i) => place.get(name) !== i);
    throw refuse(`Classes are named twice: ${list(twice)}.`, 'Name each class once.', source);
  }
  const known = new Set(own);
  const missing = own.filter((name) => !place.has(name));
  const unknown = given.filter((name) => !known.has(name));
  if (missing.length > 0 || unknown.length > 0) {
    const words = [
      ...(missing.length > 0 ? [`The data has classes that are not named: ${list(missing)}.`] : []),
      ...(unknown.length > 0 ? [`Classes are named that the data has not: ${list(unknown)}.`] : []),
    ];
    throw refuse(words.join(' '), 'Name every class of the data, as it is written there.', source);
  }
  if (given.some((name, i) => name !== own[i])) notes.fact('Order of classes', 'as `classes` says');
  return { classes: given, index: Int32Array.from(own, (name) => place.get(name) ?? 0) };
}

/**
 * The same where the source's classes have numbers or names that the recipe may replace: names that are the source's own mean
 * an order, others are new names for the classes in the order that they have.
 */
export function rename(own: readonly string[], naming: Naming): Arranged {
  const { given, source } = naming;
  const known = new Set(own);
  // Of names in their own places, nothing says that an order is meant.
  if (given === undefined || given.some((name, i) => known.has(name) && own[i] !== name)) {
    return arrange(own, naming);
  }
  if (given.length !== own.length) {
    throw refuse(
      `There are ${own.length} classes (${list(own)}), but ${given.length} are named.`,
      'Name all classes, or check the labels.',
      source,
    );
  }
  return arrange(given, naming);
}

/** The same for classes that are called by texts: numbers among these may get other names, true names not. */
export function nameClasses(own: readonly string[], naming: Naming): Arranged {
  return own.every((name) => /^\d+$/.test(name)) ? rename(own, naming) : arrange(own, naming);
}

/** Class indices for whole numbers that stand for classes. */
export interface Numbered<P> {
  readonly classes: readonly string[];
  readonly parts: P;
}

/**
 * Classes of labels that are whole numbers. Labels from 0 on are class indices. Where they start elsewhere, or where
 * hardly any number up to the largest occurs (0 and 255), the classes are the numbers that do, in their order; both is said.
 */
export function numberClasses(
  parts: readonly (ArrayLike<number> & Iterable<number>)[],
  naming: Naming,
): Numbered<ClassIndices[]> {
  const { given, notes, source } = naming;
  const seen = new Set<number>();
  for (const part of parts) for (const label of part) seen.add(label);
  const values = [...seen].sort((a, b) => a - b);
  const least = values[0] ?? 0;
  const most = values.at(-1) ?? 0;
  if (values.length < 2) {
    throw inputError('data/labels', `All samples have the same label ${least}.`, {
      file: source,
      remedy: 'Name the labels of a data set with two classes or more.',
    });
  }
  const base = chooseNumbers(values, given?.length);
  if (base.length > MAX_CLASSES) {
    throw inputError(
      'data/labels',
      `There are ${base.length} different labels; at most ${MAX_CLASSES} are read.`,
      {
        file: source,
        remedy: 'Name labels that are classes.',
      },
    );
  }
  if (base[0] !== 0 || base.length <= most) {
    const from = base.length === most - least + 1 ? `from ${least} to ${most}` : 'with gaps';
    notes.fact('Labels', `whole numbers ${from}: the first class is label ${base[0] ?? 0}`);
  }
  const { classes, index } = rename(base.map(String), naming);
  const place = new Map(base.map((value, i) => [value, index[i] ?? 0]));
  return { classes, parts: parts.map((part) => Int32Array.from(part, (label) => place.get(label) ?? 0)) };
}

/** The numbers that are classes, ascending. `names`: how many names the recipe gives. */
function chooseNumbers(values: readonly number[], names: number | undefined): number[] {
  const least = values[0] ?? 0;
  const most = values.at(-1) ?? 0;
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  if (names !== undefined && names <= MAX_CLASSES) {
    if (least >= 0 && names > most) return range(0, names - 1);
    if (least >= 1 && names === most) return range(1, most);
    if (names === values.length) return [...values];
  }
  const sparse = values.length > 1 && values.length * 8 <= most + 1;
  return least === 0 && !sparse ? range(0, Math.max(1, most)) : [...values];
}

/** Labels with the source's own classes brought to the order of `arranged`. */
export function relabel<L extends Labels>(labels: L, arranged: Arranged): L;
export function relabel(labels: Labels, { index }: Arranged): Labels {
  const { length } = index;
  if (!isMultiLabel(labels)) return labels.map((label) => index[label] ?? 0);
  const result = new Uint8Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    result[i - (i % length) + (index[i % length] ?? 0)] = labels[i] ?? 0;
  }
  return result;
}
