import type { SourceOf } from '../../../contract/data.ts';
import { inputError } from '../../../contract/errors.ts';
import { nameClasses, relabel, rename } from '../classes.ts';
import { matrixLabels, type ReadLabels } from '../label-matrix.ts';
import type { ReadNotes } from '../read-notes.ts';
import { findClasses, findLabel, labelRows } from './labels.ts';
import { marksOf } from './marks.ts';
import { columnOf, type Table } from './read.ts';

/** The columns of a table that hold what is to be learned, and how labels are made of them. */
export interface Targets {
  readonly columns: readonly number[];
  /** The labels of every table, the training table's first. */
  read(tables: readonly [Table, ...Table[]]): ReadLabels;
}

/** The recipe's `label` or `labels`, or else the column that is called as labels usually are. */
export function targetsOf(spec: SourceOf<'csv'>, table: Table, notes: ReadNotes): Targets {
  const naming = { given: spec.classes, source: table.place.shown, notes };
  const noteColumn = (column: number, values: number) => {
    const name = table.columns[column] ?? '';
    notes.column({ name, use: 'label', features: 0, values, missing: 0, note: '' });
  };
  if (spec.labels !== undefined) {
    if (spec.label !== undefined) {
      throw inputError('data/labels', 'Both `label` and `labels` name label columns.', {
        file: table.place.shown,
        field: 'data.labels',
        remedy: 'Keep `label` where every sample has one class, `labels` where it may have several.',
      });
    }
    const { labels } = spec;
    const twice = labels.findIndex((name, i) => labels.indexOf(name) !== i);
    if (twice >= 0) {
      throw inputError('data/labels', `The column '${labels[twice] ?? ''}' is named twice.`, {
        file: table.place.shown,
        field: `data.labels[${twice}]`,
        remedy: 'Name each column once.',
      });
    }
    const columns = labels.map((name, i) => columnOf(table, name, `data.labels[${i}]`));
    return {
      columns,
      read(tables) {
        for (const column of columns) noteColumn(column, 2);
        const marks = tables.map((one) => marksOf(one, columns));
        return matrixLabels(marks, rename(labels, naming), notes);
      },
    };
  }
  const column =
    spec.label === undefined ? findLabel(table, notes) : columnOf(table, spec.label, 'data.label');
  return {
    columns: [column],
    read(tables) {
      const own = findClasses(table, column, new Set(spec.missingWords));
      const arranged = nameClasses(own, naming);
      noteColumn(column, own.length);
      const parts = tables.map((one) => relabel(labelRows(one, column, own, notes), arranged));
      return { classes: arranged.classes, parts };
    },
  };
}
