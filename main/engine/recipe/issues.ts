import type { z } from 'zod';
import type { Problem } from '../../contract/errors.ts';
import { formsOf, recipeJsonSchema, schemaAt, type SchemaNode } from './json-schema.ts';
import { suggest } from './suggest.ts';

type Issue = z.core.$ZodIssue;
type IssueOf<C extends Issue['code']> = Extract<Issue, { code: C }>;

/** What was given, and the schema that it is meant to fit. */
interface Given {
  readonly value: unknown;
  readonly schema: SchemaNode;
}

/** What is wrong, without the place. */
interface Finding {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string | undefined;
  /** A key below the issue's own path. */
  readonly key?: string;
}

/**
 * Zod's issues in words: the field's path, what was found, what is allowed, and what was probably meant.
 * @param schema the JSON Schema that the value is meant to fit, whose words are used
 */
export function problemsOf(
  issues: readonly Issue[],
  value: unknown,
  schema: SchemaNode = recipeJsonSchema(),
): Problem[] {
  const input = { value, schema };
  return issues.flatMap(innermost).flatMap((issue) =>
    findings(issue, input).map(({ key, ...finding }): Problem => ({
      ...finding,
      field: fieldName(key === undefined ? issue.path : [...issue.path, key]),
      kind: 'input',
    })),
  );
}

/** ['prune', 'exclude', 0] -> 'prune.exclude[0]'; the recipe as a whole has no name. */
function fieldName(path: readonly PropertyKey[]): string | undefined {
  const name = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return name === '' ? undefined : name.replace(/^\./, '');
}

/** Whether a form is of another type than what was given, or of another word. */
const isWrongForm = ({ code, path }: Issue): boolean =>
  (code === 'invalid_type' || code === 'invalid_value') && path.length === 0;

/**
 * Of a union's failures, those of the form that was meant: the only one of the type of what was given, or the form that got furthest,
 * which for an object is one of the forms that are objects. Where none got anywhere, the union's failure itself.
 */
function innermost(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const depth = (errors: readonly Issue[]) => Math.max(...errors.map((error) => error.path.length));
  const ofType = issue.errors.filter((errors) => !errors.some(isWrongForm));
  const forms = ofType.length === 1 ? ofType : issue.errors;
  const [best = []] = [...forms].sort((a, b) => depth(b) - depth(a));
  if (ofType.length !== 1 && depth(best) <= 0) return [issue];
  return best.flatMap((error) => innermost({ ...error, path: [...issue.path, ...error.path] }));
}

function findings(issue: Issue, input: Given): Finding[] {
  const found = valueAt(input.value, issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, issue, input));
    case 'invalid_type':
      return [wrongType(issue, found, input)];
    case 'invalid_value':
      return [notOneOf(found, issue.values.map(String), issue, input)];
    case 'invalid_union':
      return [noForm(issue, found, input)];
    case 'too_big':
    case 'too_small':
      return [outOfRange(issue, found)];
    case 'invalid_format':
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return [{ code: 'recipe/invalid', message: `${issue.message}.` }];
  }
}

function unknownKey(key: string, issue: Issue, input: Given): Finding {
  const known = Object.keys(schemaAt(issue.path, input.value, input.schema)?.properties ?? {});
  const given = valueAt(input.value, issue.path);
  const free = known.filter((name) => !(typeof given === 'object' && given !== null && name in given));
  const meant = suggest(key, free);
  return {
    code: 'recipe/unknown-field',
    key,
    message: 'There is no such field.',
    remedy: `${meant === undefined ? '' : `Did you mean '${meant}'? `}The fields here are: ${known.join(', ')}.`,
  };
}

function wrongType(issue: IssueOf<'invalid_type'>, found: unknown, input: Given): Finding {
  if (found === undefined) return missing(issue, input);
  const wanted = NAMES[issue.expected] ?? issue.expected;
  return {
    code: 'recipe/wrong-type',
    message: `This is ${show(found)}; it must be ${wanted}.`,
    remedy: hint(issue, input),
  };
}

function notOneOf(found: unknown, values: readonly string[], issue: Issue, input: Given): Finding {
  if (found === undefined) return missing(issue, input);
  const meant = typeof found === 'string' ? suggest(found, values) : undefined;
  return {
    code: 'recipe/wrong-value',
    message: `This is ${show(found)}; it must be ${values.length === 1 ? '' : 'one of '}${values.join(', ')}.`,
    remedy: meant === undefined ? hint(issue, input) : `Did you mean '${meant}'?`,
  };
}

/** A union none of whose forms fits: a wrong `kind`, or neither the word nor the object that is allowed. */
function noForm(issue: IssueOf<'invalid_union'>, found: unknown, input: Given): Finding {
  const options = (issue as { options?: unknown[] }).options;
  if (options !== undefined) return notOneOf(found, options.map(String), issue, input);
  if (found === undefined) return missing(issue, input);
  const words = issue.errors
    .flat()
    .flatMap((error) => (error.code === 'invalid_value' ? error.values.map(String) : []));
  const meant = typeof found === 'string' ? suggest(found, words) : undefined;
  const forms = [...words.map((word) => `the word ${word}`), ...objectForms(issue, input)];
  return {
    code: 'recipe/wrong-value',
    message: `This is ${show(found)}; it must be ${forms.join(' or ')}.`,
    remedy: meant === undefined ? hint(issue, input) : `Did you mean '${meant}'?`,
  };
}

/** The forms of a place that are objects, by what sets them apart: a kind, or their fields. */
function objectForms(issue: Issue, input: Given): string[] {
  const node = schemaAt(issue.path, input.value, input.schema);
  const fields = (node === undefined ? [] : formsOf(node)).flatMap(({ properties }) =>
    properties === undefined ? [] : [Object.keys(properties)],
  );
  const named = fields.map((names) => (names.includes('kind') ? 'a kind' : names.join(' and ')));
  return [...new Set(named)].map((name) => `an object with ${name}`);
}

function outOfRange(issue: IssueOf<'too_big'> | IssueOf<'too_small'>, found: unknown): Finding {
  const big = issue.code === 'too_big';
  const limit = Number(big ? issue.maximum : issue.minimum);
  const sized = typeof found === 'string' || Array.isArray(found);
  const what = Array.isArray(found) ? 'entries' : 'characters';
  const than = issue.inclusive === false ? (big ? 'less than' : 'more than') : big ? 'at most' : 'at least';
  const fraction = big && limit <= 1 && typeof found === 'number' && found > 1 && found < 100;
  return {
    code: 'recipe/out-of-range',
    message: sized
      ? `This has ${found.length} ${what}; it must have ${than} ${limit}.`
      : `This is ${show(found)}; it must be ${than} ${limit}.`,
    remedy: fraction
      ? `Write percent as a fraction: ${Number((found / 100).toPrecision(6))} for ${found} %.`
      : undefined,
  };
}

function missing(issue: Issue, input: Given): Finding {
  return { code: 'recipe/missing', message: 'This field is missing.', remedy: hint(issue, input) };
}

/** The schema's own words for the field. */
function hint(issue: Issue, input: Given): string | undefined {
  const text = schemaAt(issue.path, input.value, input.schema)?.description;
  return text === undefined ? undefined : `It means: ${text.replace(/\.$/, '')}.`;
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object with fields',
};

/** The found value as a person would name it, cut short. */
function show(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value !== 'string')
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeof value;
  const text = `the text '${value}'`;
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (part, key) =>
      typeof part === 'object' && part !== null ? (part as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}
