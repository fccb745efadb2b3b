import { beside } from '../beside.ts';
import type { Call, KerasReader, KerasReaders } from '../call.ts';
import type { Value } from '../importer.ts';
import { OURS, THEIRS } from '../order.ts';
import { numbers, valueOf } from './operands.ts';

const FIRST = ['x1', 'x', 'a'];
const SECOND = ['x2', 'y', 'b'];

/** An operation on two values, or on one and numbers that the file writes down, with NumPy's broadcasting. */
function binary(op: string): KerasReader {
  return (call) => {
    const given = [call.argument(0, ...FIRST), call.argument(1, ...SECOND)] as const;
    const [a, b] = given;
    if (a === undefined || b === undefined) throw call.fail('is not given two arguments');
    if (!('literal' in a) && !('literal' in b)) {
      if (a.shape.length !== b.shape.length) {
        throw call.fail('combines values of different rank, which is not supported');
      }
      return call.add(op, [a, b]);
    }
    const first = 'literal' in a;
    const [literal, value] = first ? [a.literal, b] : [(b as { literal: unknown }).literal, a];
    if ('literal' in value) throw call.fail('combines two numbers');
    const tensor = beside(numbers(call, literal), value.shape.length);
    if (tensor === undefined) throw call.fail('combines a value with numbers of more axes');
    const constant = call.param('constant', 'constant', tensor);
    return call.add(op, [value], { constantFirst: first }, { constant });
  };
}

/** A product of two values over their last two axes, where TensorFlow has these. */
function matmul(call: Call): Value {
  const [a, b] = [valueOf(call, 0, ...FIRST), valueOf(call, 1, ...SECOND)];
  const { length: rank } = a.shape;
  if (rank < 3 || b.shape.length !== rank) {
    throw call.fail('multiplies values of rank 2, or of different rank, which is not supported');
  }
  if (rank !== 4) return call.add('MatMul', [a, b]);
  const [left, right] = [call.transposed(a, OURS, 'left'), call.transposed(b, OURS, 'right')];
  return call.add('Transpose', [call.add('MatMul', [left, right], {}, {}, 'product')], { perm: THEIRS });
}

export const arithmetic: KerasReaders = {
  Add: binary('Add'),
  Subtract: binary('Sub'),
  Multiply: binary('Mul'),
  Divide: binary('Div'),
  TrueDivide: binary('Div'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Power: binary('Pow'),
  Matmul: matmul,
};
