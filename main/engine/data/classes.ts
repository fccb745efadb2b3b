import { inputError } from '../../contract/errors.ts';

/** Sorts class names in place: numbers in their order, everything else by code units, the same on every machine. */
export function sortClasses(names: string[]): string[] {
  const numbers = names.every((name) => name.trim() !== '' && Number.isFinite(Number(name)));
  return numbers ? names.sort((a, b) => Number(a) - Number(b)) : names.sort();
}

/** Class names for labels 0..most: those given, or the numbers themselves. */
export function nameClasses(
  most: number,
  given: readonly string[] | undefined,
  source: string,
): readonly string[] {
  if (given === undefined) return Array.from({ length: Math.max(2, most + 1) }, (_, i) => String(i));
  if (given.length <= most) {
    throw inputError(
      'data/labels',
      `There is a label ${most}, but only ${given.length} classes are named (labels start at 0).`,
      { file: source, field: 'data.classes', remedy: 'Name all classes, or check the label file.' },
    );
  }
  return given;
}

/** The largest label of some parts; 0 where there are none. */
export function largestLabel(...parts: (Int32Array | undefined)[]): number {
  return Math.max(0, ...parts.map((labels) => labels?.reduce((a, b) => Math.max(a, b), 0) ?? 0));
}
