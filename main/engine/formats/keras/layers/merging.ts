import type { KerasReader, KerasReaders } from '../call.ts';

/** An operation on any number of values, as a chain of operations on two. */
function chain(op: string): KerasReader {
  return (call) => {
    const [first, ...others] = call.inputs;
    if (first === undefined || others.length === 0) {
      throw call.fail(`takes two inputs or more, not ${call.inputs.length}`);
    }
    if (others.some((value) => value.shape.length !== first.shape.length)) {
      throw call.fail('combines values of different rank, which is not supported');
    }
    return others.reduce(
      (sum, value, i) =>
        call.add(op, [sum, value], {}, {}, i < others.length - 1 ? `part${i + 1}` : undefined),
      first,
    );
  };
}

export const merging: KerasReaders = {
  Add: chain('Add'),
  Multiply: chain('Mul'),
  Maximum: chain('Max'),
  Minimum: chain('Min'),
  Subtract: chain('Sub'),

  Average(call) {
    const count = call.inputs.length;
    const [first, ...others] = call.inputs;
    if (first === undefined) throw call.fail('has no inputs');
    const sum = others.reduce((total, value, i) => call.add('Add', [total, value], {}, {}, `sum${i}`), first);
    const constant = call.param('count', 'constant', { shape: [], data: Float32Array.of(count) });
    return call.add('Div', [sum], {}, { constant });
  },

  Concatenate(call) {
    const [first] = call.inputs;
    if (first === undefined) throw call.fail('has no inputs');
    return call.add('Concat', call.inputs, { axis: call.axis(first, call.number('axis', -1)) });
  },
};
