import { z } from 'zod';
import type { EspalierError } from '../../../contract/errors.ts';
import { inputError } from '../../../contract/errors.ts';

/** One layer of a Keras model's configuration. */
export interface KerasLayer {
  readonly className: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** One entry for each time the layer is used. */
  readonly calls: readonly KerasCall[];
  /** A function of `keras.ops` or of TensorFlow that stands among the layers: `x / 2` and the like. */
  readonly operation: boolean;
  /** The layers inside, where the layer is a model itself. */
  readonly model?: KerasModel;
  /** The layer inside, where the layer only stands around another one. */
  readonly inner?: KerasLayer;
}

/** One use of a layer. */
export interface KerasCall {
  /** The outputs of other layers that it is given, in order. */
  readonly refs: readonly TensorRef[];
  /** What stands at each place of its call; those given by name are in `named`. */
  readonly args: readonly Argument[];
  readonly named: ReadonlyMap<string, Argument>;
}

/** An argument of a call: the first of the `refs` in it, or what the file says instead: a number, a list, a slice. */
export type Argument = { readonly ref: number } | { readonly literal: unknown };

/** Output `output` of the call number `call` of a layer. */
export interface TensorRef {
  readonly layer: string;
  readonly call: number;
  readonly output: number;
}

export interface KerasModel {
  readonly name: string;
  readonly layers: readonly KerasLayer[];
  /** Of a functional model; a sequential one goes through its layers in order. */
  readonly graph?: { readonly inputs: readonly TensorRef[]; readonly outputs: readonly TensorRef[] };
}

/** Bounds on what a hostile file may ask for. */
const MAX_LAYERS = 20_000;
const MAX_DEPTH = 16;
const MODELS = ['Model', 'Functional', 'Sequential'];

const layerSchema = z.looseObject({
  module: z.string().nullish(),
  class_name: z.string(),
  name: z.string().optional(),
  config: z.unknown(),
  inbound_nodes: z.array(z.unknown()).optional(),
});
const modelSchema = z.looseObject({ class_name: z.string(), config: z.unknown() });
const bodySchema = z.looseObject({
  name: z.string().optional(),
  layers: z.array(z.unknown()).max(MAX_LAYERS),
  input_layers: z.unknown().optional(),
  output_layers: z.unknown().optional(),
});
/** Layers that only stand around another one when training is over. */
const WRAPPERS = ['SpectralNormalization'];
/** How Keras 2 writes functions of TensorFlow, and how Keras 3 names the modules of `keras.ops`. */
const TF_OPERATIONS = ['TFOpLambda', 'SlicingOpLambda'];
const OPERATION_MODULE = /^keras\.(src\.)?ops\b/;
/** Stands for a literal where Keras 2 has the name of a layer. */
const LITERAL = '_CONSTANT_VALUE';

const historySchema = z.tuple([z.string(), z.int().nonnegative(), z.int().nonnegative()]).rest(z.unknown());

/**
 * Reads the `model_config` of a Keras or TensorFlow.js file (Keras 2 and 3).
 * @param file what the user calls the file, for messages
 */
export function parseModelConfig(value: unknown, file: string): KerasModel {
  return modelOf(value, file, 'model_config', 0);
}

function refuse(message: string, file: string, field: string): EspalierError {
  return inputError('keras/config', `The model's configuration is damaged: ${message}.`, { file, field });
}

function checked<T>(schema: z.ZodType<T>, value: unknown, file: string, field: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw refuse(issue?.message ?? 'not as expected', file, [field, ...(issue?.path ?? [])].join('.'));
}

function modelOf(value: unknown, file: string, field: string, depth: number): KerasModel {
  if (depth > MAX_DEPTH) throw refuse('models are nested too deeply', file, field);
  const model = checked(modelSchema, value, file, field);
  if (!MODELS.includes(model.class_name)) {
    throw inputError('keras/unsupported', `The model is of class ${model.class_name}.`, {
      file,
      field,
      remedy: `Save it as one of: ${MODELS.join(', ')}.`,
    });
  }
  // Old sequential models list their layers without anything around them.
  const listed = Array.isArray(model.config) ? { layers: model.config } : model.config;
  const body = checked(bodySchema, listed, file, `${field}.config`);
  const layers = body.layers.map((layer, i) => layerOf(layer, file, `${field}.config.layers.${i}`, depth));
  const name = body.name ?? 'model';
  if (model.class_name === 'Sequential') return { name, layers };
  return {
    name,
    layers,
    graph: {
      inputs: endsOf(body.input_layers, file, `${field}.config.input_layers`),
      outputs: endsOf(body.output_layers, file, `${field}.config.output_layers`),
    },
  };
}

function layerOf(value: unknown, file: string, field: string, depth: number): KerasLayer {
  const layer = checked(layerSchema, value, file, field);
  const config = checked(
    z.record(z.string(), z.unknown()).or(z.array(z.unknown())),
    layer.config,
    file,
    field,
  );
  const settings = Array.isArray(config) ? {} : config;
  const name = layer.name ?? settings['name'];
  if (typeof name !== 'string') throw refuse('a layer has no name', file, field);
  return {
    className: layer.class_name,
    name,
    config: settings,
    calls: (layer.inbound_nodes ?? []).map((node, i) => callOf(node, file, `${field}.inbound_nodes.${i}`)),
    operation: OPERATION_MODULE.test(layer.module ?? '') || TF_OPERATIONS.includes(layer.class_name),
    ...(MODELS.includes(layer.class_name) && { model: modelOf(layer, file, field, depth + 1) }),
    ...(WRAPPERS.includes(layer.class_name) && {
      inner: innerOf(settings['layer'], file, `${field}.config.layer`, depth + 1),
    }),
  };
}

function innerOf(value: unknown, file: string, field: string, depth: number): KerasLayer {
  if (depth > MAX_DEPTH) throw refuse('layers are nested too deeply', file, field);
  return layerOf(value, file, field, depth);
}

/** A model's first or last tensors: one reference, or a list of them. */
function endsOf(value: unknown, file: string, field: string): TensorRef[] {
  const listed: unknown = Array.isArray(value) && typeof value[0] === 'string' ? [value] : value;
  const refs: TensorRef[] = [];
  collect(listed, refs, file, field, 0);
  return refs;
}

/** One use of a layer: Keras 2 lists the tensors, each with arguments by name behind it; Keras 3 has them among its arguments. */
function callOf(value: unknown, file: string, field: string): KerasCall {
  const refs: TensorRef[] = [];
  const args: Argument[] = [];
  const named = new Map<string, Argument>();
  const argument = (part: unknown): Argument => {
    const first = refs.length;
    collect(part, refs, file, field, 0);
    return refs.length > first ? { ref: first } : { literal: part };
  };
  const byName = (given: unknown): void => {
    if (!isRecord(given)) return;
    for (const [name, part] of Object.entries(given)) named.set(name, argument(part));
  };
  const tensors = (part: unknown, depth: number): void => {
    if (depth > MAX_DEPTH) throw refuse('lists are nested too deeply', file, field);
    if (isHistory(part)) {
      args.push(part[0] === LITERAL ? { literal: part[2] } : argument(part.slice(0, 3)));
      byName(part[3]);
    } else if (Array.isArray(part)) for (const item of part) tensors(item, depth + 1);
  };
  if (isRecord(value)) {
    for (const part of Array.isArray(value['args']) ? (value['args'] as unknown[]) : []) {
      args.push(argument(part));
    }
    byName(value['kwargs']);
  } else tensors(value, 0);
  return { refs, args, named };
}

function isHistory(part: unknown): part is unknown[] {
  return Array.isArray(part) && typeof part[0] === 'string' && typeof part[1] === 'number';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Adds all references in a part of a configuration, however deep in lists. */
function collect(part: unknown, found: TensorRef[], file: string, field: string, depth: number): void {
  if (depth > MAX_DEPTH) throw refuse('lists are nested too deeply', file, field);
  if (isHistory(part)) {
    const [layer, call, output] = checked(historySchema, part, file, field);
    found.push({ layer, call, output });
  } else if (Array.isArray(part)) {
    for (const item of part) collect(item, found, file, field, depth + 1);
  } else if (isRecord(part)) {
    const { config, keras_history: history } = part;
    for (const inner of [config, history]) collect(inner, found, file, field, depth + 1);
  }
}
