import type { Call, KerasReaders } from '../call.ts';
import type { Value } from '../importer.ts';
import { reordered, withShape } from '../reorder.ts';
import { activated } from './activation.ts';

function dense(call: Call): Value {
  const input = call.input();
  const spatial = input.shape.length === 4;
  const features = spatial ? input.shape[1] : input.shape.at(-1);
  const stored = call.weight('kernel', 0, [features ?? 0, null]);
  const turned = reordered(stored, [1, 0]);
  const units = turned.shape[0] ?? 0;
  // Over the channels of an image, it is a convolution of one by one.
  const weight = spatial ? withShape(turned, [...turned.shape, 1, 1]) : turned;
  const params = {
    weight: call.param('kernel', 'weight', weight),
    ...(call.flag('use_bias', true) && {
      bias: call.param('bias', 'bias', call.weight('bias', 1, [units])),
    }),
  };
  return activated(call, call.add(spatial ? 'Conv2D' : 'Dense', [input], {}, params));
}

/** x * scale + offset. */
function rescaling(call: Call): Value {
  const single = (name: string) => {
    const value = call.layer.config[name];
    const list: unknown[] = Array.isArray(value) ? value : [value];
    if (!list.every((item) => typeof item === 'number')) throw call.fail(`has no numbers as '${name}'`);
    const spatial = call.input().shape.length === 4 && list.length > 1;
    return {
      shape: list.length === 1 ? [] : spatial ? [list.length, 1, 1] : [list.length],
      data: Float32Array.from(list),
    };
  };
  const parts = [
    ['Mul', 'scale', 1],
    ['Add', 'offset', 0],
  ] as const;
  const real = parts.flatMap(([op, name, nothing]) => {
    const tensor = name in call.layer.config ? single(name) : { shape: [], data: Float32Array.of(nothing) };
    return tensor.data.every((value) => value === nothing) ? [] : [{ op, name, tensor }];
  });
  if (real.length === 0) return call.add('Identity', [call.input()]);
  return real.reduce((value, { op, name, tensor }, i) => {
    const constant = call.param(name, 'constant', tensor);
    return call.add(op, [value], {}, { constant }, i < real.length - 1 ? 'scaled' : undefined);
  }, call.input());
}

export const core: KerasReaders = {
  Dense: dense,
  Rescaling: rescaling,
  Dropout: (call) => call.add('Dropout', [call.input()], { rate: call.number('rate', 0) }),
};
