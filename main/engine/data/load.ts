import {
  type AugmentSpec,
  type DataKind,
  type DataSpec,
  dataSource,
  type SourceOf,
} from '../../contract/data.ts';
import { inputError } from '../../contract/errors.ts';
import type { Dataset } from './dataset.ts';
import { givenNormalization } from './normalize.ts';
import { findProblems } from './problems.ts';
import { ReadNotes } from './read-notes.ts';
import { dataReaders } from './readers/index.ts';
import type { DataReader, LoadContext, ReadContext } from './readers/reader.ts';

/** Reads the data that a recipe names, and says what was read. */
export async function loadDataset(spec: DataSpec, context: LoadContext): Promise<Dataset> {
  const source = dataSource(spec);
  const notes = new ReadNotes();
  const found = await read(source.kind, source, { ...context, notes });
  // Drawn digits have no faults of their own.
  if (source.kind !== 'digits') findProblems(source.kind, found, notes);
  const dataset = { ...found, read: notes.read };
  const augment = augmentOf(spec);
  if (augment !== undefined && dataset.sampleShape.length !== 3) {
    throw inputError('data/augment', 'Only images can be flipped and cropped, and these samples are rows.', {
      field: 'data.augment',
      remedy: 'Remove `augment`.',
    });
  }
  const { constants } = source;
  if (constants === undefined) return dataset;
  return { ...dataset, normalization: givenNormalization(dataset.train, dataset.sampleShape, constants) };
}

function read<K extends DataKind>(kind: K, source: SourceOf<K>, context: ReadContext): Promise<Dataset> {
  const reader: DataReader<K> = dataReaders[kind];
  return reader.read(source, context);
}

/** The recipe's augmentation of training batches; undefined when there is none. */
export function augmentOf(spec: DataSpec): AugmentSpec | undefined {
  const augment = spec === 'digits' ? undefined : spec.augment;
  return augment !== undefined && (augment.flip || augment.crop > 0) ? augment : undefined;
}
