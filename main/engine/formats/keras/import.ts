import { inputError } from '../../../contract/errors.ts';
import type { InputInfo, Network, TensorData, WeightSet } from '../../network/graph.ts';
import { onlyNeeded } from '../../network/needed.ts';
import { verifyNetwork, verifyWeights } from '../../network/verify.ts';
import { Call, type KerasReader } from './call.ts';
import type { KerasCall, KerasLayer, KerasModel, TensorRef } from './config.ts';
import type { Value } from './importer.ts';
import { joinPads } from './join-pads.ts';
import { KerasImporter } from './importer.ts';
import { settle } from './reorder.ts';
import { kerasReaders } from './layers/index.ts';
import { AS_ONNX, refusals } from './layers/refusals.ts';
import { functionOf, operationReaders } from './operations/index.ts';

/** Where a file keeps its numbers. */
export interface WeightStore {
  /**
   * The numbers of one layer.
   * @param path the names of the models around the layer, and the layer itself
   * @param weight Keras' name for them, such as 'kernel'
   * @param index their place among the layer's numbers
   */
  find(path: readonly KerasLayer[], weight: string, index: number): TensorData | undefined;
  /** Gives up all numbers that nobody else has: no more will be asked for. */
  release(): void;
}

export interface KerasOrigin {
  /** What the user calls the file, for messages. */
  readonly file: string;
  /** Written by Keras 3, which means something else by some names. */
  readonly keras3: boolean;
}

/**
 * Makes our network of a Keras model.
 * @throws EspalierError naming the layer that is damaged or not supported
 */
export function importKeras(
  model: KerasModel,
  store: WeightStore,
  origin: KerasOrigin,
): { network: Network; weights: WeightSet } {
  const walk = new Walk(new KerasImporter(origin.file, origin.keras3), store);
  const outputs = walk.model(model, [], undefined).map((value) => value.name);
  const { nodes, params, weights } = walk.importer;
  const whole = { name: model.name, inputs: walk.inputs, outputs, nodes, params };
  const network = joinPads(onlyNeeded(whole, weights));
  store.release();
  settle(weights);
  verifyNetwork(network);
  verifyWeights(network, weights);
  return { network, weights };
}

class Walk {
  readonly importer: KerasImporter;
  readonly inputs: InputInfo[] = [];
  private readonly store: WeightStore;

  constructor(importer: KerasImporter, store: WeightStore) {
    this.importer = importer;
    this.store = store;
  }

  /** Goes through a model; `given` are the values that it gets as a layer of another one. */
  model(model: KerasModel, path: readonly KerasLayer[], given: readonly Value[] | undefined): Value[] {
    return model.graph === undefined
      ? [this.sequential(model, path, given)]
      : this.functional(model, model.graph, path, given);
  }

  private sequential(
    model: KerasModel,
    path: readonly KerasLayer[],
    given: readonly Value[] | undefined,
  ): Value {
    let current = given?.[0];
    for (const layer of model.layers) {
      if (layer.className === 'InputLayer') current ??= this.newInput(layer);
      else {
        current ??= this.newInput(layer);
        [current] = this.layer(layer, path, [current], 0) as [Value];
      }
    }
    if (current === undefined) {
      throw inputError('keras/config', 'The model has no layers.', { file: this.importer.file });
    }
    return current;
  }

  private functional(
    model: KerasModel,
    graph: NonNullable<KerasModel['graph']>,
    path: readonly KerasLayer[],
    given: readonly Value[] | undefined,
  ): Value[] {
    const made = new Map<string, readonly Value[]>();
    const key = (layer: string, call: number) => `${layer}\n${call}`;
    const placeholders = model.layers.filter((layer) => layer.className === 'InputLayer');
    graph.inputs.forEach((ref, i) => {
      const layer = placeholders.find(({ name }) => name === ref.layer);
      const value = given === undefined ? layer && this.newInput(layer) : given[i];
      if (value !== undefined) made.set(key(ref.layer, 0), [value]);
    });
    const models = new Set(model.layers.filter((layer) => layer.model !== undefined).map(({ name }) => name));
    // A model's own making may have been counted as its first call.
    const resolve = ({ layer, call, output }: TensorRef): Value | undefined =>
      (made.get(key(layer, call)) ?? (models.has(layer) ? made.get(key(layer, call - 1)) : undefined))?.[
        output
      ];
    let waiting = model.layers.flatMap((layer) =>
      layer.className === 'InputLayer'
        ? []
        : layer.calls.map((given, call) => ({ layer, given, refs: given.refs, call })),
    );
    // In each round at least one layer finds all that it reads, or the model is a ring or has a hole.
    while (waiting.length > 0) {
      const later: typeof waiting = [];
      for (const use of waiting) {
        const inputs = use.refs.map(resolve).filter((value) => value !== undefined);
        if (inputs.length < use.refs.length || inputs.length === 0) later.push(use);
        else
          made.set(key(use.layer.name, use.call), this.layer(use.layer, path, inputs, use.call, use.given));
      }
      const [stuck] = later;
      if (stuck !== undefined && later.length === waiting.length) {
        const missing = stuck.refs.find((ref) => resolve(ref) === undefined);
        throw this.importer.fail(
          stuck.layer,
          `reads '${missing?.layer ?? ''}', which nothing before it makes`,
        );
      }
      waiting = later;
    }
    return graph.outputs.map((ref) => {
      const value = resolve(ref);
      if (value !== undefined) return value;
      throw inputError('keras/config', `The output '${ref.layer}' is made by no layer.`, {
        file: this.importer.file,
        field: ref.layer,
      });
    });
  }

  private layer(
    layer: KerasLayer,
    path: readonly KerasLayer[],
    inputs: readonly Value[],
    call: number,
    given?: KerasCall,
  ): Value[] {
    const here = [...path, layer];
    if (layer.model !== undefined) return this.model(layer.model, here, inputs);
    if (layer.inner !== undefined) return this.layer(layer.inner, here, inputs, call, given);
    const read = this.readerOf(layer);
    const whole = here.map(({ name }) => name).join('/');
    const name = call === 0 ? whole : `${whole}:${call + 1}`;
    const stored = (weight: string, index: number) => this.store.find(here, weight, index);
    return [read(new Call(this.importer, layer, inputs, name, stored, given))];
  }

  /** @throws EspalierError when there is none, saying which kind of layer that is */
  private readerOf(layer: KerasLayer): KerasReader {
    const { className, operation } = layer;
    const readers = operation ? operationReaders : kerasReaders;
    const name = operation && layer.config['function'] !== undefined ? functionOf(layer) : className;
    const read = readers.get(name);
    if (read !== undefined) return read;
    const why = refusals.get(className);
    if (why !== undefined) throw this.importer.fail(layer, why, AS_ONNX);
    const known = [...readers.keys()].sort().join(', ');
    if (operation) {
      const what = className === name ? '' : ` '${name}'`;
      throw this.importer.fail(
        layer,
        `is an operation${what} that is not supported`,
        `${AS_ONNX} Supported are ${known}.`,
      );
    }
    throw this.importer.fail(
      layer,
      'is of a class that is not supported',
      `${AS_ONNX} Supported are ${known}.`,
    );
  }

  private newInput(layer: KerasLayer): Value {
    const { batch_input_shape: old, batch_shape: batch } = layer.config;
    const given: unknown = old ?? batch;
    const [, ...sample] = Array.isArray(given) ? (given as unknown[]) : [];
    if (sample.length === 0 || !sample.every((dim) => Number.isSafeInteger(dim) && Number(dim) > 0)) {
      throw this.importer.fail(
        layer,
        `has an open input shape ${JSON.stringify(given ?? null)}`,
        'Save the model with a fixed sample shape.',
      );
    }
    const sizes = sample.map(Number);
    const shape = sizes.length === 3 ? [sizes[2] ?? 1, sizes[0] ?? 1, sizes[1] ?? 1] : sizes;
    const value = this.importer.input(
      layer.className === 'InputLayer' ? layer.name : `${layer.name}_input`,
      shape,
    );
    this.inputs.push({ name: value.name, shape });
    return value;
  }
}
