import { inputError } from '../../../contract/errors.ts';
import { nameClasses, type Naming, numberClasses, rename, sortClasses } from '../classes.ts';
import { matrixLabels, type ReadLabels } from '../label-matrix.ts';
import { MAX_CLASSES } from '../limits.ts';
import type { DataArray } from './array.ts';

/** The array with the labels of one part, and how many samples that part has. */
export interface LabelArray {
  readonly array: DataArray;
  readonly count: number;
  /** For messages: where it lies, and what it is called there. */
  readonly file: string;
  readonly field: string;
}

/** Those of the training part, then those of the others. */
export type LabelArrays = readonly [LabelArray, ...LabelArray[]];

type Form = 'text' | 'number' | 'matrix';

/**
 * Labels as NumPy users keep them: whole numbers or texts, one a sample ([n] or [n, 1]); or a matrix of 0 and 1 ([n, classes]), which
 * means one class a sample where every row has a single 1, and several classes otherwise.
 */
export function readLabels(arrays: LabelArrays, naming: Naming): ReadLabels {
  const [first] = arrays;
  const forms = arrays.map(formOf);
  const other = forms.findIndex((form) => form !== forms[0]);
  if (other >= 0) {
    throw fail(
      arrays[other] ?? first,
      'Labels of one part are numbers, those of another are texts or a matrix.',
      'Save the labels of all parts alike.',
    );
  }
  if (forms[0] === 'text') return readTexts(arrays, naming);
  return forms[0] === 'matrix' ? readMatrices(arrays, naming) : readNumbers(arrays, naming);
}

function fail({ file, field }: LabelArray, message: string, remedy: string) {
  return inputError('data/labels', message, { file, field, remedy });
}

function formOf(labels: LabelArray): Form {
  const { array, count, file, field } = labels;
  const { shape, values } = array;
  const [rows = 0, ...rest] = shape;
  const columns = rest.reduce((product, size) => product * size, 1);
  if (shape.length === 0 || (columns !== 1 && rest.length > 1) || columns === 0) {
    throw fail(
      labels,
      `Labels have the shape ${shape.join(' x ') || '()'}; one a sample ([n]) or a matrix of 0 and 1 ([n, classes]) is needed.`,
      'Labels of pixels, boxes or sequences are not read: save one class a sample.',
    );
  }
  if (rows !== count) {
    throw inputError('data/count-mismatch', `${count} samples, but ${rows} labels.`, {
      file,
      field,
      remedy: 'Save as many labels as samples.',
    });
  }
  const text = Array.isArray(values);
  if (text && columns > 1) {
    throw fail(labels, 'Labels are a matrix of texts.', 'Save one text a sample, or a matrix of 0 and 1.');
  }
  return text ? 'text' : columns > 1 ? 'matrix' : 'number';
}

function readTexts(arrays: LabelArrays, naming: Naming): ReadLabels {
  const [first] = arrays;
  const texts = arrays.map(({ array }) => (array.values as readonly string[]).map((text) => text.trim()));
  for (const [i, part] of texts.entries()) {
    const empty = part.indexOf('');
    if (empty >= 0) {
      throw fail(
        arrays[i] ?? first,
        `Label ${empty} is an empty text.`,
        'Fill it in, or leave the sample out.',
      );
    }
  }
  const own = sortClasses([...new Set(texts.flat())]);
  if (own.length > MAX_CLASSES) {
    throw fail(first, `There are ${own.length} different labels.`, 'Save labels that are classes.');
  }
  const arranged = nameClasses(own, naming);
  const place = new Map(own.map((name, i) => [name, arranged.index[i] ?? 0]));
  naming.notes.fact('Labels', 'texts, which name the classes');
  return {
    classes: arranged.classes,
    parts: texts.map((part) => Int32Array.from(part, (text) => place.get(text) ?? 0)),
  };
}

type Numbers = Exclude<DataArray['values'], readonly string[]>;

function readNumbers(arrays: LabelArrays, naming: Naming): ReadLabels {
  const parts = arrays.map((labels) => {
    const values = labels.array.values as Numbers;
    const wrong = values.findIndex((label) => !Number.isSafeInteger(label));
    if (wrong < 0) return values;
    throw fail(
      labels,
      `Label ${wrong} is ${values[wrong] ?? '?'}, which is no whole number.`,
      'Classes are whole numbers or texts. Measurements (regression) are not read: sort them into a few ranges.',
    );
  });
  return numberClasses(parts, naming);
}

function readMatrices(arrays: LabelArrays, naming: Naming): ReadLabels {
  const [first] = arrays;
  const columns = first.array.shape[1] ?? 0;
  if (columns > MAX_CLASSES || arrays.some(({ array }) => array.shape[1] !== columns)) {
    throw fail(first, `The label matrix has ${columns} columns.`, 'Save one column a class in all parts.');
  }
  const marks = arrays.map((labels) => marksOf(labels, columns));
  const own = Array.from({ length: columns }, (_, i) => String(i));
  return matrixLabels(marks, rename(own, naming), naming.notes);
}

/** The matrix as bytes of 0 and 1. */
function marksOf(labels: LabelArray, columns: number): Uint8Array {
  const values = labels.array.values as Numbers;
  const wrong = values.findIndex((value) => value !== 0 && value !== 1);
  if (wrong < 0) return Uint8Array.from(values);
  const row = Math.floor(wrong / columns);
  throw fail(
    labels,
    `Labels are a matrix of ${columns} columns, and row ${row} has the value ${values[wrong] ?? '?'}; only 0 and 1 are read.`,
    'For probabilities with one class a sample, save labels.argmax(axis=1).',
  );
}
