import path from 'node:path';
import type { SourceOf } from '../../../contract/data.ts';
import { inputError } from '../../../contract/errors.ts';
import { finish } from '../assemble.ts';
import type { Split } from '../dataset.ts';
import { locate } from '../files/place.ts';
import { type Labels, pickLabels, strata } from '../labels.ts';
import { planSplits, type Selection } from '../split.ts';
import { encodeRows, planFeatures } from '../table/features.ts';
import { columnOf, readTable, type Table, type TableOptions } from '../table/read.ts';
import { targetsOf } from '../table/targets.ts';
import type { DataReader, ReadContext } from './reader.ts';

function featureColumns(spec: SourceOf<'csv'>, table: Table, labels: readonly number[]): number[] {
  const columns =
    spec.features?.map((name, i) => columnOf(table, name, `data.features[${i}]`)) ??
    table.columns.map((_, i) => i).filter((i) => !labels.includes(i));
  if (columns.some((column) => labels.includes(column))) {
    throw inputError('data/labels', 'A label column is among the features: the network would only copy it.', {
      file: table.place.shown,
      field: 'data.features',
      remedy: 'Leave it out.',
    });
  }
  if (columns.length === 0) {
    throw inputError('data/format', 'The table has no column besides those of labels.', {
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
  summary:
    'A CSV file with one sample per row and a label column, or a column of 0 and 1 for each class; text columns are one-hot encoded.',
  async read(spec, context) {
    const { notes } = context;
    const known = [
      ...(spec.label === undefined ? [] : [spec.label]),
      ...(spec.labels ?? []),
      ...(spec.features ?? []),
      ...(spec.categorical ?? []),
    ];
    const options = { delimiter: spec.delimiter, header: spec.header, known };
    const table = await readTable(locate(context.baseFolder, spec.path), options, notes);
    notes.head(table.columns, table.rows);
    const targets = targetsOf(spec, table, notes);
    const columns = featureColumns(spec, table, targets.columns);
    for (const [i, name] of (spec.categorical ?? []).entries())
      columnOf(table, name, `data.categorical[${i}]`);
    for (const [i, name] of table.columns.entries())
      if (!targets.columns.includes(i) && !columns.includes(i))
        notes.leave('columns that `data.features` does not name', name);
    context.signal?.throwIfAborted();
    const testTable = await readTestTable(table, spec, options, context);
    notes.file('rows', table.rows.length + (testTable?.rows.length ?? 0));
    const missingWords = new Set(spec.missingWords);
    const { classes, parts: labels } = targets.read(testTable ? [table, testTable] : [table]);
    const [train = new Int32Array(), test] = labels;
    const groups = (part: Labels) => strata(part, classes.length);
    const parts = { train: groups(train), ...(test && { test: groups(test) }) };
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
    const encode = ({ part, indices }: Selection): Split => {
      const own = part === 'test' && testTable !== undefined && test !== undefined;
      const [source, labels] = own ? [testTable, test] : [table, train];
      const split = encodeRows(features, source, indices, pickLabels(labels, indices, classes.length));
      return { ...split, origin: { part, rows: indices } };
    };
    return finish(
      { name: path.basename(table.place.full), classes, sampleShape: [features.features] },
      { train: encode(plan.train), validation: encode(plan.validation), test: encode(plan.test) },
      spec.normalize,
      features.oneHot,
    );
  },
};
