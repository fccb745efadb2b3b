import type { ParamRole } from '../../../network/graph.ts';
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

function batchNorm(call: Call): Value {
  const input = call.input();
  const given: unknown = call.layer.config['axis'] ?? -1;
  const axis = Number(Array.isArray(given) ? given[0] : given);
  const rank = input.shape.length;
  const sequence = rank === 3 && call.axis(input, axis) === 2;
  if (!sequence && ((rank !== 2 && rank !== 4) || call.axis(input, axis) !== 1)) {
    throw call.fail(`normalises axis ${axis} of a value of rank ${rank}, which is not supported`);
  }
  const channels = input.shape[sequence ? 2 : 1] ?? 1;
  const parts = [
    ['scale', 'gamma', call.flag('scale', true), 1],
    ['shift', 'beta', call.flag('center', true), 0],
    ['mean', 'moving_mean', true, 0],
    ['variance', 'moving_variance', true, 1],
  ] as const;
  const params: Record<string, string> = {};
  let index = 0;
  for (const [role, name, stored, fallback] of parts) {
    const values = stored
      ? call.weight(name, index++, [channels])
      : { shape: [channels], data: new Float32Array(channels).fill(fallback) };
    params[role] = call.param(name, stored ? role : 'constant', values);
  }
  const attrs = { epsilon: call.number('epsilon', 1e-3), momentum: 1 - call.number('momentum', 0.99) };
  if (!sequence) return call.add('BatchNorm', [input], attrs, params);
  // [batch, length, channels] as an image of one row.
  const turned = call.transposed(input, [0, 2, 1], 'channels_first');
  const length = input.shape[1] ?? 1;
  const row = call.add('Reshape', [turned], { shape: [channels, 1, length] }, {}, 'row');
  const made = call.add('BatchNorm', [row], attrs, params, 'norm');
  const flat = call.add('Reshape', [made], { shape: [channels, length] }, {}, 'rows');
  return call.add('Transpose', [flat], { perm: [0, 2, 1] });
}

/** (x - mean) / sqrt(variance) of each feature, with numbers that were adapted to data. */
function normalization(call: Call): Value {
  const input = call.input();
  const rank = input.shape.length;
  const features = (rank === 4 ? input.shape[1] : input.shape.at(-1)) ?? 1;
  const given: unknown = call.layer.config['axis'] ?? [-1];
  const [axis, ...more] = (Array.isArray(given) ? given : [given]).map(Number);
  if (axis === undefined || more.length > 0 || (axis !== -1 && axis !== rank - 1)) {
    throw call.fail(`normalises the axes ${JSON.stringify(given)}; only the last is supported`);
  }
  const one = (name: string, index: number) => {
    const { data } = call.weight(name, index, [features]);
    return { shape: rank === 4 ? [features, 1, 1] : [features], data };
  };
  const [mean, variance] = [one('mean', 0), one('variance', 1)];
  // Keras itself divides by no less than this.
  const root = variance.data.map((value) => Math.max(Math.sqrt(value), 1e-7));
  const centred = call.add('Sub', [input], {}, { constant: call.param('mean', 'constant', mean) }, 'centred');
  const divisor = call.param('deviation', 'constant', { shape: variance.shape, data: root });
  return call.add('Div', [centred], {}, { constant: divisor });
}

function layerNorm(call: Call): Value {
  const input = call.input();
  const given: unknown = call.layer.config['axis'] ?? -1;
  const axis = Number(Array.isArray(given) ? given[0] : given);
  const rank = input.shape.length;
  if (axis !== -1 && axis !== rank - 1)
    throw call.fail(`normalises axis ${axis}; only the last is supported`);
  const spatial = rank === 4;
  const x = spatial ? call.transposed(input, [0, 2, 3, 1], 'channels_last') : input;
  const features = x.shape.at(-1) ?? 1;
  const filled = (value: number) => ({ shape: [features], data: new Float32Array(features).fill(value) });
  const stored = (name: string, role: ParamRole, index: number, there: boolean, fallback: number) =>
    call.param(
      name,
      there ? role : 'constant',
      there ? call.weight(name, index, [features]) : filled(fallback),
    );
  const scale = call.flag('scale', true);
  const params = {
    scale: stored('gamma', 'scale', 0, scale, 1),
    shift: stored('beta', 'shift', scale ? 1 : 0, call.flag('center', true), 0),
  };
  const attrs = { axis: -1, epsilon: call.number('epsilon', 1e-3) };
  const made = call.add('LayerNorm', [x], attrs, params, spatial ? 'norm' : undefined);
  return spatial ? call.add('Transpose', [made], { perm: [0, 3, 1, 2] }) : made;
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

/** Layers that do nothing once training is over. */
const passed = (call: Call): Value => call.add('Identity', [call.input()]);

export const core: KerasReaders = {
  Dense: dense,
  BatchNormalization: batchNorm,
  BatchNormalizationV1: batchNorm,
  LayerNormalization: layerNorm,
  Rescaling: rescaling,
  Normalization: normalization,
  Dropout: (call) => call.add('Dropout', [call.input()], { rate: call.number('rate', 0) }),
  SpatialDropout2D: passed,
  SpatialDropout1D: passed,
  GaussianNoise: passed,
  GaussianDropout: passed,
  AlphaDropout: passed,
  ActivityRegularization: passed,
};
