import path from 'node:path';
import type { SourceOf } from '../../../contract/data.ts';
import { inputError } from '../../../contract/errors.ts';
import { finish } from '../assemble.ts';
import { locate } from '../files/place.ts';
import { planSplits, type Selection } from '../split.ts';
import { encodeRows, planFeatures } from '../table/features.ts';
import { findClasses, labelRows } from '../table/labels.ts';
import { readTable, type Table } from '../table/read.ts';
import type { DataReader } from './reader.ts';

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

/** The second table, its columns in the first one's order. */
async function readTestTable(
  spec: SourceOf<'csv'>,
  like: Table,
  baseFolder: string,
): Promise<Table | undefined> {
  if (spec.testPath === undefined) return undefined;
  const table = await readTable(locate(baseFolder, spec.testPath), spec);
  const order = like.columns.map((name) => columnOf(table, name, 'row 1'));
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
    const table = await readTable(locate(context.baseFolder, spec.path), spec);
    const label =
      spec.label === undefined ? table.columns.length - 1 : columnOf(table, spec.label, 'data.label');
    const columns = featureColumns(spec, table, label);
    for (const [i, name] of (spec.categorical ?? []).entries())
      columnOf(table, name, `data.categorical[${i}]`);
    context.signal?.throwIfAborted();
    const testTable = await readTestTable(spec, table, context.baseFolder);
    const classes = findClasses(table, label);
    const labels = { train: labelRows(table, label, classes) };
    const parts = testTable ? { ...labels, test: labelRows(testTable, label, classes) } : labels;
    const plan = planSplits(parts, {
      ...spec,
      seed: spec.seed ?? context.seed,
      source: table.place.shown,
    });
    const features = planFeatures(table, plan.train.indices, {
      columns,
      missing: spec.missing,
      categorical: spec.categorical ?? [],
    });
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
