import type { KerasReader } from '../call.ts';
import type { KerasLayer } from '../config.ts';
import { arithmetic } from './arithmetic.ts';
import { functions } from './functions.ts';
import { shape } from './shape.ts';

/** What Keras 3 calls the functions of TensorFlow that Keras 2 writes down by their own names. */
const tensorflow: Readonly<Record<string, string>> = {
  '__operators__.add': 'Add',
  '__operators__.getitem': 'GetItem',
  'math.add': 'Add',
  'math.subtract': 'Subtract',
  'math.multiply': 'Multiply',
  'math.truediv': 'TrueDivide',
  'math.divide': 'Divide',
  'math.maximum': 'Maximum',
  'math.minimum': 'Minimum',
  'math.pow': 'Power',
  'math.abs': 'Abs',
  'math.negative': 'Negative',
  'math.exp': 'Exp',
  'math.log': 'Log',
  'math.sqrt': 'Sqrt',
  'math.rsqrt': 'Rsqrt',
  'math.square': 'Square',
  'math.reciprocal': 'Reciprocal',
  'math.erf': 'Erf',
  'math.tanh': 'Tanh',
  'math.sigmoid': 'Sigmoid',
  'math.softplus': 'Softplus',
  'math.reduce_mean': 'Mean',
  'math.reduce_sum': 'Sum',
  'math.reduce_max': 'Max',
  'nn.relu': 'Relu',
  'nn.relu6': 'Relu6',
  'nn.elu': 'Elu',
  'nn.selu': 'Selu',
  'nn.silu': 'Silu',
  'nn.swish': 'Silu',
  'nn.gelu': 'Gelu',
  'nn.leaky_relu': 'LeakyRelu',
  'nn.sigmoid': 'Sigmoid',
  'nn.tanh': 'Tanh',
  'nn.softplus': 'Softplus',
  'nn.softsign': 'Softsign',
  'nn.softmax': 'Softmax',
  'nn.log_softmax': 'LogSoftmax',
  'linalg.matmul': 'Matmul',
  'image.resize': 'Resize',
  clip_by_value: 'Clip',
  concat: 'Concatenate',
  expand_dims: 'ExpandDims',
  identity: 'Identity',
  reshape: 'Reshape',
  squeeze: 'Squeeze',
  stop_gradient: 'StopGradient',
  transpose: 'Transpose',
};

/** The function that a layer of Keras 2 stands for, by Keras 3's name where it is known. */
export function functionOf({ config }: KerasLayer): string {
  const name = typeof config['function'] === 'string' ? config['function'] : '';
  return tensorflow[name] ?? name;
}

/** A reader for every operation of `keras.ops` that is supported. */
export const operationReaders: ReadonlyMap<string, KerasReader> = new Map(
  [arithmetic, functions, shape].flatMap((family) => Object.entries(family)),
);
