import { dataSourceSchema } from '../../main/contract/data.ts';
import { pathMarkOf } from '../../main/contract/paths.ts';
import { pruneSpecSchema, trainSpecSchema } from '../../main/contract/recipe.ts';
import { fieldsOf } from './fields.ts';
import type { FieldSpec } from './fields.ts';

/** Once, when it is asked for: making fields of all schemas would hold up the first screen, which shows none. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const byKind = once(
  (): ReadonlyMap<string, readonly FieldSpec[]> =>
    new Map(dataSourceSchema.options.map((option) => [option.shape.kind.value, fieldsOf(option)])),
);

/** The options of a kind of data: everything but its kind. */
export const dataFields = (kind: string): readonly FieldSpec[] => byKind().get(kind) ?? [];

/** Whether a kind of data is read from a file or folder, and which of them a dialog should offer. */
export function dataPlace(kind: string): 'file' | 'folder' | null {
  const shape = dataSourceSchema.options.find((option) => option.shape.kind.value === kind)?.shape;
  if (shape === undefined || !('path' in shape)) return null;
  return pathMarkOf(shape.path)?.kind === 'file' ? 'file' : 'folder';
}

/** The settings of one stage of training. */
export const trainFields = once(() => fieldsOf(trainSpecSchema));

/** What may be changed about how a paradigm prunes. */
export const pruneFields = once(() => fieldsOf(pruneSpecSchema));
