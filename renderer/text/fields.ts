import { z } from 'zod';
import { optionWord } from './option-words.ts';

/** One control of a form, made from a schema: forms follow the contract without a second list of its fields. */
export interface FieldSpec {
  /** Place inside the schema's object: ['augment', 'flip']. */
  readonly path: readonly string[];
  readonly label: string;
  readonly help: string;
  readonly required: boolean;
  readonly control:
    | { readonly kind: 'number'; readonly whole: boolean; readonly min?: number; readonly max?: number }
    | { readonly kind: 'flag' }
    | { readonly kind: 'choice'; readonly options: readonly { value: string; label: string }[] }
    | { readonly kind: 'text' }
    /** Finished runs, by their ids. */
    | { readonly kind: 'runs' }
    | { readonly kind: 'list'; readonly of: 'text' | 'number' };
  /** What is used when the field is left out. */
  readonly fallback: unknown;
}

interface JsonSchema {
  readonly type?: string;
  readonly title?: string;
  /** What a text names. */
  readonly names?: string;
  /** What a number is counted in. */
  readonly unit?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
}

const labels: Readonly<Record<string, string>> = {
  lr: 'Learning rate',
  batchSize: 'Batch size',
  weightDecay: 'Weight decay',
  labelSmoothing: 'Label smoothing',
  updatesPerEpoch: 'Updates per epoch',
  testPath: 'Second table, for testing',
  normalize: 'Normalisation',
  'normalize/boolean': 'Normalise',
  limit: 'Sample limit',
  train: 'Training samples',
  'validation/integer': 'Validation samples',
  'test/integer': 'Test samples',
  validation: 'Validation part',
  test: 'Test part',
  warmup: 'Warm-up epochs',
  color: 'Colour',
  optimizer: 'Optimiser',
  distill: 'Distillation',
  fineTune: 'Fine-tuning steps',
  augment: 'Augmentation',
  constants: 'Own constants',
  std: 'Deviation',
};

/** 'updatesPerEpoch' -> 'Updates per epoch'. */
function labelOf(key: string, schema: JsonSchema): string {
  const words = key.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return (
    schema.title ??
    labels[`${key}/${schema.type ?? ''}`] ??
    labels[key] ??
    words.charAt(0).toUpperCase() + words.slice(1)
  );
}

function controlOf(key: string, schema: JsonSchema, required: boolean): FieldSpec['control'] {
  if (schema.enum !== undefined)
    return {
      kind: 'choice',
      options: [
        ...(schema.default === undefined && !required ? [{ value: '', label: 'As preset' }] : []),
        ...schema.enum.map((value) => ({ value: String(value), label: optionWord(key, String(value)) })),
      ],
    };
  if (schema.names === 'runs') return { kind: 'runs' };
  switch (schema.type) {
    case 'boolean':
      return { kind: 'flag' };
    case 'integer':
    case 'number': {
      const min = schema.minimum ?? schema.exclusiveMinimum;
      const max = schema.maximum ?? schema.exclusiveMaximum;
      return {
        kind: 'number',
        whole: schema.type === 'integer',
        ...(min === undefined ? {} : { min }),
        ...(max === undefined || max >= Number.MAX_SAFE_INTEGER ? {} : { max }),
      };
    }
    case 'array':
      return { kind: 'list', of: schema.items?.type === 'string' ? 'text' : 'number' };
    case undefined:
    default:
      return { kind: 'text' };
  }
}

/** A field's description without what only the command line has, and without the default of a box that shows it. */
function helpOf({ description = '', type, unit }: JsonSchema): string {
  const counted = unit === undefined ? description : `${description}, in ${unit}`;
  const plain = counted.replace(/(; see| \() ?`espalier [^`]*`( lists them)?\)?/g, '');
  return type === 'boolean' ? plain.replace(/ \((true|false)\)/g, '') : plain;
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** @param inside label of the object that the fields are in; empty at the top */
function collect(
  schema: JsonSchema,
  path: readonly string[],
  required: boolean,
  inside: string,
): FieldSpec[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
    if (child.const !== undefined) return [];
    const here = [...path, key];
    const needed = required && (schema.required ?? []).includes(key);
    if (child.type === 'object') return collect(child, here, needed, labelOf(key, child));
    return [
      {
        path: here,
        label: inside === '' ? labelOf(key, child) : `${inside}: ${lowerFirst(labelOf(key, child))}`,
        help: helpOf(child),
        required: needed,
        control: controlOf(key, child, needed),
        fallback: child.default,
      },
    ];
  });
}

/** The controls of an object schema, in its order; nested objects are flattened, constants left out. */
export function fieldsOf(schema: z.ZodType): readonly FieldSpec[] {
  return collect(z.toJSONSchema(schema, { io: 'input', reused: 'inline' }) as JsonSchema, [], true, '');
}

/** The same of a JSON Schema that came from the program. */
export function fieldsOfJson(schema: Readonly<Record<string, unknown>>): readonly FieldSpec[] {
  return collect(schema, [], true, '');
}

/** Gives a text field a list to choose from; the empty choice leaves the field out. */
export function withChoices(
  field: FieldSpec,
  options: readonly { id: string; label: string }[],
  empty: string,
): FieldSpec {
  return {
    ...field,
    // The options say what the description lists by their ids.
    help: field.help.replace(/: '[^']*'(, '[^']*')*( or '[^']*')?$/, ''),
    control: {
      kind: 'choice',
      options: [{ value: '', label: empty }, ...options.map(({ id, label }) => ({ value: id, label }))],
    },
  };
}

/** The value at a path, or undefined. */
export function getAt(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined),
    object,
  );
}

/** A copy with the value at the path; undefined takes the field out, and objects that it leaves empty. */
export function setAt(
  object: Readonly<Record<string, unknown>>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [key, ...rest] = path;
  if (key === undefined) return { ...object };
  const { [key]: old, ...others } = object;
  const inner = typeof old === 'object' && old !== null && !Array.isArray(old) ? old : {};
  const next = rest.length === 0 ? value : setAt(inner as Record<string, unknown>, rest, value);
  const empty = next === undefined || (rest.length > 0 && Object.keys(next as object).length === 0);
  if (empty) return others;
  return key in object ? { ...object, [key]: next } : { ...others, [key]: next };
}
