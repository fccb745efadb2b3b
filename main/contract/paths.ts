import { z } from 'zod';

/**
 * Which texts of the contract are paths. The guard of what may be read, the dialogs of the screens and the command line are
 * all derived from these marks, so that a new field is guarded as soon as it is a path.
 */
export interface PathMark {
  /** What is meant: one file, a folder, or the name of a network that may be a file. */
  readonly kind: 'file' | 'folder' | 'model';
  /** The field beside it that it starts from, where it does not stand for itself. */
  readonly within?: string;
}

const marks = z.registry<PathMark>();

/** Marks a schema of texts as a path. */
export function pathTo<T extends z.ZodString>(schema: T, mark: PathMark): T {
  marks.add(schema, mark);
  return schema;
}

/**
 * Whether a recipe's network is a file: a path has a separator or a file ending, and names of the zoo have neither.
 */
export function isModelPath(network: string): boolean {
  return /[/\\]|\.[a-z0-9]+$/i.test(network);
}

/** The mark of a field that is a path, optional or not; undefined for other fields. */
export function pathMarkOf(schema: z.ZodType): PathMark | undefined {
  return marks.get(bare(schema));
}

/** A path that a value names. */
export interface NamedPath {
  readonly field: string;
  /** To be joined: the path itself, behind the one that it starts from. */
  readonly parts: readonly string[];
}

/** All paths that a value of this schema names, in the schema's order. */
export function pathsIn(schema: z.ZodType, value: unknown, at: readonly string[] = []): NamedPath[] {
  return walk(schema, value, at, []);
}

/** @param around the objects that the value is in, the innermost last */
function walk(
  schema: z.ZodType,
  value: unknown,
  at: readonly string[],
  around: readonly Readonly<Record<string, unknown>>[],
): NamedPath[] {
  const inner = bare(schema);
  const mark = marks.get(inner);
  if (mark !== undefined) {
    if (typeof value !== 'string' || (mark.kind === 'model' && !isModelPath(value))) return [];
    const { within } = mark;
    const start = within === undefined ? undefined : around.findLast((object) => within in object)?.[within];
    return [{ field: at.join('.'), parts: typeof start === 'string' ? [start, value] : [value] }];
  }
  if (inner instanceof z.ZodUnion) {
    const options = inner.options as readonly z.ZodType[];
    const fits = options.find((option) => option.safeParse(value).success);
    return fits === undefined ? [] : walk(fits, value, at, around);
  }
  if (typeof value !== 'object' || value === null) return [];
  if (inner instanceof z.ZodArray) {
    const element = inner.element as z.ZodType;
    return (value as unknown[]).flatMap((item, i) => walk(element, item, [...at, String(i)], around));
  }
  if (inner instanceof z.ZodRecord) {
    const held = inner.valueType as z.ZodType;
    return Object.entries(value).flatMap(([key, item]) => walk(held, item, [...at, key], around));
  }
  if (!(inner instanceof z.ZodObject)) return [];
  const object = value as Readonly<Record<string, unknown>>;
  return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([key, field]) =>
    walk(field, object[key], [...at, key], [...around, object]),
  );
}

/** The schema without what only says whether and how it may be left out. */
function bare(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodReadonly
  ) {
    return bare(schema.unwrap() as z.ZodType);
  }
  return schema;
}
