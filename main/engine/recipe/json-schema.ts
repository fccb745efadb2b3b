import { z } from 'zod';
import { recipeSchema } from '../../contract/recipe.ts';

/** A node of a JSON Schema, as far as it is read here. */
export interface SchemaNode {
  readonly type?: string;
  readonly const?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
}

/** The JSON Schema (draft 2020-12) of a recipe as a person writes it: fields with a default may be left out. */
export function recipeJsonSchema(): SchemaNode & Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(recipeSchema, { io: 'input' });
  return { $schema, title: 'Espalier recipe', ...rest } as SchemaNode & Record<string, unknown>;
}

/**
 * The part of the schema that describes a place in a given value; where the schema offers several forms, the one that the
 * value takes (by its `kind`), or else all of them as they are.
 */
export function schemaAt(
  path: readonly PropertyKey[],
  value: unknown,
  root: SchemaNode,
): SchemaNode | undefined {
  let node: SchemaNode | undefined = formOf(root, value);
  let part = value;
  for (const key of path) {
    part =
      typeof part === 'object' && part !== null ? (part as Record<PropertyKey, unknown>)[key] : undefined;
    const next: SchemaNode | undefined =
      typeof key === 'number' ? node?.items : node?.properties?.[String(key)];
    if (next === undefined) return undefined;
    node = formOf(next, part);
  }
  return node;
}

function formOf(node: SchemaNode, value: unknown): SchemaNode {
  const all = formsOf(node);
  const isObject = typeof value === 'object' && value !== null;
  const kind = isObject ? (value as { kind?: unknown }).kind : undefined;
  // For an object, forms that are no objects are out of the question.
  const forms = isObject && all.some((form) => form.properties) ? all.filter((form) => form.properties) : all;
  return (
    forms.find((form) => kind !== undefined && form.properties?.['kind']?.const === kind) ??
    (forms.length === 1 ? (forms[0] ?? node) : node)
  );
}

/** The alternatives that a place offers, nested ones flattened; itself where it offers none. */
export function formsOf(node: SchemaNode): SchemaNode[] {
  const forms = node.anyOf ?? node.oneOf;
  return forms === undefined ? [node] : forms.flatMap(formsOf);
}
