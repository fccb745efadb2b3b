import { z } from 'zod';
import type { EspalierError } from '../../../contract/errors.ts';
import { inputError } from '../../../contract/errors.ts';

/** One layer of a Keras model's configuration. */
export interface KerasLayer {
  readonly className: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** One entry for each time the layer is used: the outputs of other layers that it is given then. */
  readonly calls: readonly (readonly TensorRef[])[];
  /** The layers inside, where the layer is a model itself. */
  readonly model?: KerasModel;
}

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
    calls: (layer.inbound_nodes ?? []).map((node, i) => refsIn(node, file, `${field}.inbound_nodes.${i}`)),
    ...(MODELS.includes(layer.class_name) && { model: modelOf(layer, file, field, depth + 1) }),
  };
}

/** A model's first or last tensors: one reference, or a list of them. */
function endsOf(value: unknown, file: string, field: string): TensorRef[] {
  return refsIn(Array.isArray(value) && typeof value[0] === 'string' ? [value] : value, file, field);
}

/** All references in what a layer is called with: Keras 2 lists them, Keras 3 has tensors among the arguments. */
function refsIn(value: unknown, file: string, field: string): TensorRef[] {
  const found: TensorRef[] = [];
  const visit = (part: unknown, depth: number): void => {
    if (depth > MAX_DEPTH) throw refuse('lists are nested too deeply', file, field);
    if (Array.isArray(part)) {
      if (typeof part[0] === 'string' && typeof part[1] === 'number') {
        const [layer, call, output] = checked(historySchema, part, file, field);
        found.push({ layer, call, output });
        named(part[3], depth);
      } else for (const item of part) visit(item, depth + 1);
    } else if (typeof part === 'object' && part !== null) {
      const { args, config, keras_history: history, kwargs } = part as Record<string, unknown>;
      for (const inner of [args, config, history]) if (inner !== undefined) visit(inner, depth + 1);
      named(kwargs, depth);
    }
  };
  // Arguments that are given by name, such as attention's values.
  const named = (given: unknown, depth: number): void => {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return;
    for (const value of Object.values(given)) visit(value, depth + 1);
  };
  visit(value, 0);
  return found;
}
