import path from 'node:path';
import type { SourceOf } from '../../../contract/data.ts';
import { inputError } from '../../../contract/errors.ts';
import { finish } from '../assemble.ts';
import { nameClasses, relabel } from '../classes.ts';
import { locate } from '../files/place.ts';
import { planSplits, type Selection } from '../split.ts';
import { encodeRows, planFeatures } from '../table/features.ts';
import { findClasses, findLabel, labelRows } from '../table/labels.ts';
import { readTable, type Table, type TableOptions } from '../table/read.ts';
import type { DataReader, ReadContext } from './reader.ts';

/** Index of a column that the recipe names. */
function columnOf(table: Table, name: string, field: string): number {
  const column = table.columns.indexOf(name);
  if (column >= 0) return column;
  const shown = table.columns.slice(0, 30).join(', ');
  throw inputError('data/not-found', `There is no column '${name}'; there are: ${shown}.`, {
    file: table.place.shown,
    field,
    remedy: 'Name a column that is there (without a header: its number).',
  });
}

function featureColumns(spec: SourceOf<'csv'>, table: Table, label: number): number[] {
  const columns =
    spec.features?.map((name, i) => columnOf(table, name, `data.features[${i}]`)) ??
    table.columns.map((_, i) => i).filter((i) => i !== label);
  if (columns.includes(label)) {
    throw inputError(
      'data/labels',
      'The label column is among the features: the network would only copy it.',
      {
        file: table.place.shown,
        field: 'data.features',
        remedy: 'Leave it out.',
      },
    );
  }
  if (columns.length === 0) {
    throw inputError('data/format', 'The table has no column besides the label.', {
      file: table.place.shown,
      field: 'row 1',
      remedy: 'Check `data.delimiter`.',
    });
  }
  return columns;
}

/** The second table, its columns in the first one's order; without a header of its own it has the same columns. */
async function readTestTable(
  like: Table,
  { testPath }: SourceOf<'csv'>,
  options: TableOptions,
  { baseFolder, notes }: ReadContext,
): Promise<Table | undefined> {
  if (testPath === undefined) return undefined;
  const place = locate(baseFolder, testPath);
  notes.fact('Second table', testPath);
  // Its first row is a header where it has the first table's names.
  const known = like.named ? like.columns : options.known;
  const table = await readTable(place, { ...options, known }, notes);
  if (!table.named && like.named) {
    if (table.columns.length === like.columns.length) return { ...table, columns: like.columns };
    throw inputError(
      'data/format',
      `The table has ${table.columns.length} columns and no names for them; the first table has ${like.columns.length}.`,
      { file: place.shown, field: 'row 1', remedy: 'Write the names of the columns into its first row.' },
    );
  }
  const order = like.columns.map((name) => columnOf(table, name, 'row 1'));
  for (const name of table.columns)
    if (!like.columns.includes(name)) notes.leave('columns of the second table', name);
  return {
    ...table,
    columns: like.columns,
    rows: table.rows.map((cells) => order.map((column) => cells[column] ?? '')),
  };
}

export const csvReader: DataReader<'csv'> = {
  kind: 'csv',
  label: 'Table (CSV)',
  summary: 'A CSV file with one sample per row and a label column; text columns are one-hot encoded.',
  async read(spec, context) {
    const { notes } = context;
    const known = [
      ...(spec.label === undefined ? [] : [spec.label]),
      ...(spec.features ?? []),
      ...(spec.categorical ?? []),
    ];
    const options = { delimiter: spec.delimiter, header: spec.header, known };
    const table = await readTable(locate(context.baseFolder, spec.path), options, notes);
    const label =
      spec.label === undefined ? findLabel(table, notes) : columnOf(table, spec.label, 'data.label');
    const columns = featureColumns(spec, table, label);
    for (const [i, name] of (spec.categorical ?? []).entries())
      columnOf(table, name, `data.categorical[${i}]`);
    for (const [i, name] of table.columns.entries())
      if (i !== label && !columns.includes(i))
        notes.leave('columns that `data.features` does not name', name);
    context.signal?.throwIfAborted();
    const testTable = await readTestTable(table, spec, options, context);
    notes.file('rows', table.rows.length + (testTable?.rows.length ?? 0));
    const missingWords = new Set(spec.missingWords);
    const own = findClasses(table, label, missingWords);
    const arranged = nameClasses(own, { given: spec.classes, source: table.place.shown, notes });
    const { classes } = arranged;
    notes.column({
      name: table.columns[label] ?? '',
      use: 'label',
      features: 0,
      values: classes.length,
      missing: 0,
      note: '',
    });
    const labels = { train: relabel(labelRows(table, label, own, notes), arranged) };
    const parts = testTable
      ? { ...labels, test: relabel(labelRows(testTable, label, own, notes), arranged) }
      : labels;
    const plan = planSplits(parts, {
      ...spec,
      seed: spec.seed ?? context.seed,
      source: table.place.shown,
    });
    const features = planFeatures(
      table,
      plan.train.indices,
      {
        columns,
        missing: spec.missing,
        categorical: spec.categorical ?? [],
        decimal: spec.decimal,
        missingWords,
      },
      notes,
    );
    const encode = ({ part, indices }: Selection) =>
      part === 'test' && testTable !== undefined && 'test' in parts
        ? encodeRows(features, testTable, indices, parts.test)
        : encodeRows(features, table, indices, parts.train);
    return finish(
      { name: path.basename(table.place.full), classes, sampleShape: [features.features] },
      { train: encode(plan.train), validation: encode(plan.validation), test: encode(plan.test) },
      spec.normalize,
      features.oneHot,
    );
  },
};
