import { Tensor } from 'onnxruntime-node';
import { toHalf } from '../formats/half-write.ts';
import { fromHalf } from '../base/half.ts';

/** Arrays of whole numbers by onnxruntime's names of their types; 64 bits apart, since they take bigints. */
const WHOLE = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
  uint32: Uint32Array,
} as const;

const isWhole = (type: string): type is keyof typeof WHOLE => Object.hasOwn(WHOLE, type);

/** Whether numbers of this type have fractions. */
export function takesFractions(type: string): boolean {
  return ['float32', 'float16', 'float64'].includes(type);
}

/** Whether a model's input of this type can be fed with numbers. */
export function canFeed(type: string): boolean {
  return takesFractions(type) || type === 'int64' || isWhole(type);
}

/**
 * Numbers as a tensor of the type that a model takes.
 * @returns undefined where the type has whole numbers only and a value is none that it has
 */
export function tensorOf(type: string, values: Float32Array, dims: readonly number[]): Tensor | undefined {
  if (type === 'float16') return halves(values, dims);
  if (type === 'float64') return new Tensor('float64', Float64Array.from(values), dims);
  if (type === 'int64') {
    return values.every(Number.isInteger)
      ? new Tensor('int64', BigInt64Array.from(values, BigInt), dims)
      : undefined;
  }
  if (!isWhole(type)) return new Tensor('float32', values, dims);
  const data = new WHOLE[type](values.length);
  data.set(values);
  return data.every((value, i) => value === values[i]) ? new Tensor(type, data, dims) : undefined;
}

/** Where Node has arrays of halves, the tensor holds one, and onnxruntime's binding reads nothing of it: it gets the bits. */
function halves(values: Float32Array, dims: readonly number[]): Tensor {
  const bits = Uint16Array.from(values, toHalf);
  const tensor = new Tensor('float16', bits, dims);
  if (!(tensor.data instanceof Uint16Array)) Reflect.set(tensor, 'cpuData', bits);
  return tensor;
}

/** A model's answers as float32; undefined where they are no numbers with a fraction. */
export function floatsOf({ type, data }: Pick<Tensor, 'type' | 'data'>): Float32Array | undefined {
  if (data instanceof Float32Array) return data;
  if (data instanceof Float64Array) return Float32Array.from(data);
  if (type !== 'float16') return undefined;
  // Depending on the version of Node, these are halves or their bits.
  return data instanceof Uint16Array
    ? Float32Array.from(data, fromHalf)
    : Float32Array.from(data as Iterable<number>);
}
