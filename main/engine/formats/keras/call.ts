import type { EspalierError } from '../../../contract/errors.ts';
import type { AttrValue, ParamRole, TensorData } from '../../network/graph.ts';
import { sizeOf } from '../../network/graph.ts';
import type { Argument, KerasCall, KerasLayer } from './config.ts';
import type { KerasImporter, LayerWeights, Value } from './importer.ts';

/** One use of a layer: what its reader works with. */
export class Call {
  readonly layer: KerasLayer;
  readonly inputs: readonly Value[];
  /** Name of what it makes; parts of it are named below it. */
  readonly name: string;
  private readonly importer: KerasImporter;
  private readonly stored: LayerWeights;
  private readonly given: KerasCall | undefined;

  /** @param given the arguments as the file has them; its references are the inputs */
  constructor(
    importer: KerasImporter,
    layer: KerasLayer,
    inputs: readonly Value[],
    name: string,
    stored: LayerWeights,
    given?: KerasCall,
  ) {
    this.importer = importer;
    this.layer = layer;
    this.inputs = inputs;
    this.name = name;
    this.stored = stored;
    this.given = given;
  }

  get keras3(): boolean {
    return this.importer.keras3;
  }

  fail(message: string, remedy?: string): EspalierError {
    return this.importer.fail(this.layer, message, remedy);
  }

  /** The only input. */
  input(): Value {
    const [input] = this.inputs;
    if (input === undefined || this.inputs.length !== 1) {
      throw this.fail(`takes one input, not ${this.inputs.length}`);
    }
    return input;
  }

  /** An image: a value of [batch, channels, height, width]. */
  image(): Value {
    const input = this.input();
    if (input.shape.length !== 4) throw this.fail(`takes images, not values of rank ${input.shape.length}`);
    if ((this.layer.config['data_format'] ?? 'channels_last') !== 'channels_last') {
      throw this.fail('has its channels first, which is not supported', 'Save it with channels last.');
    }
    return input;
  }

  /** Adds one of our layers; without a part it is the layer itself. */
  add(
    op: string,
    inputs: readonly Value[],
    attrs: Readonly<Record<string, AttrValue>> = {},
    params: Readonly<Record<string, string>> = {},
    part?: string,
  ): Value {
    const name = part === undefined ? this.name : `${this.name}/${part}`;
    return this.importer.add(this.layer, name, op, inputs, attrs, params);
  }

  transposed(value: Value, perm: readonly number[], part: string): Value {
    return this.importer.transposed(this.layer, `${this.name}/${part}`, value, perm);
  }

  /** What stands at a place of the call, or is given by one of these names: a value, or what the file says instead. */
  argument(place: number, ...names: readonly string[]): Value | { readonly literal: unknown } | undefined {
    const named = names.map((name) => this.given?.named.get(name)).find((part) => part !== undefined);
    const found: Argument | undefined = this.given?.args[place] ?? named;
    if (found === undefined) return undefined;
    return 'ref' in found ? this.inputs[found.ref] : found;
  }

  /** A layer's numbers, which must have `shape`. */
  weight(name: string, index: number, shape: readonly (number | null)[]): TensorData {
    const found = this.stored(name, index);
    if (found === undefined) {
      throw this.fail(`has no stored '${name}'`, 'Save the model together with its weights.');
    }
    const fits =
      found.shape.length === shape.length &&
      found.shape.every((dim, i) => shape[i] === null || shape[i] === dim);
    if (!fits || found.data.length !== sizeOf(found.shape)) {
      throw this.fail(
        `needs a '${name}' of shape [${shape.map((dim) => dim ?? 'any').join(', ')}], but it is [${found.shape.join(', ')}]`,
      );
    }
    return found;
  }

  /** Keeps numbers under the layer's name, whatever call of it this is. */
  param(weight: string, role: ParamRole, tensor: TensorData): string {
    return this.importer.param(this.layer, `${this.baseName()}/${weight}`, role, tensor);
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.layer.config[name] ?? fallback;
    if (typeof value !== 'boolean') throw this.fail(`has '${name}' ${JSON.stringify(value)}`);
    return value;
  }

  number(name: string, fallback?: number): number {
    const value = this.layer.config[name] ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw this.fail(`has '${name}' ${JSON.stringify(value)}, which is no number`);
    }
    return value;
  }

  text(name: string, fallback: string): string {
    const value = this.layer.config[name] ?? fallback;
    if (typeof value !== 'string')
      throw this.fail(`has '${name}' ${JSON.stringify(value)}, which is no text`);
    return value;
  }

  /** A list of integers; a single one stands for `length` of them. */
  integers(name: string, length: number, fallback?: readonly number[]): number[] {
    const value: unknown = this.layer.config[name] ?? fallback;
    const list: unknown[] = Array.isArray(value) ? value : Array<unknown>(length).fill(value);
    if (list.length !== length || !list.every((item) => Number.isSafeInteger(item))) {
      throw this.fail(`has '${name}' ${JSON.stringify(value)}, where ${length} integers are due`);
    }
    return list as number[];
  }

  /** One axis of a value as Keras counts it, as ours. */
  axis(value: Value, axis: number): number {
    const rank = value.shape.length;
    const positive = axis < 0 ? axis + rank : axis;
    if (positive < 1 || positive >= rank) throw this.fail(`works on axis ${axis} of a value of rank ${rank}`);
    return rank === 4 ? ([0, 2, 3, 1][positive] ?? 0) : positive;
  }

  private baseName(): string {
    // A repeated call is named 'layer:2'; the numbers are the layer's.
    return this.name.replace(/:\d+$/, '');
  }
}

/** Turns one use of a layer into our layers; gives the value it makes. */
export type KerasReader = (call: Call) => Value;
export type KerasReaders = Readonly<Record<string, KerasReader>>;
