import { sizeOf, type ParamRole } from '../../../network/graph.ts';
import type { Call, KerasReaders } from '../call.ts';
import type { Value } from '../importer.ts';
import { OURS, THEIRS } from '../order.ts';

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

/** The axes that a layer's `axis` names, as Keras counts them, in order; never the batch. */
function axesOf(call: Call, input: Value): number[] {
  const given: unknown = call.layer.config['axis'] ?? -1;
  const rank = input.shape.length;
  const list = (Array.isArray(given) ? given : [given]).map((axis) =>
    Number(axis) < 0 ? Number(axis) + rank : Number(axis),
  );
  const fine = list.every((axis) => Number.isSafeInteger(axis) && axis >= 1 && axis < rank);
  if (!fine || new Set(list).size !== list.length || list.length === 0) {
    throw call.fail(`normalises the axes ${JSON.stringify(given)} of a value of rank ${rank}`);
  }
  return list.sort((a, b) => a - b);
}

/** Scale and shift of a layer that may have them or not, of a shape. */
function affine(call: Call, shape: readonly number[]): Record<string, string> {
  const parts = [
    ['scale', 'gamma', call.flag('scale', true), 1],
    ['shift', 'beta', call.flag('center', true), 0],
  ] as const;
  let index = 0;
  return Object.fromEntries(
    parts.map(([role, name, stored, fallback]) => {
      const values = stored
        ? call.weight(name, index++, shape)
        : { shape, data: new Float32Array(sizeOf(shape)).fill(fallback) };
      const kind: ParamRole = stored ? role : 'constant';
      return [role, call.param(name, kind, values)];
    }),
  );
}

function layerNorm(call: Call): Value {
  const input = call.input();
  if (call.flag('rms_scaling', false)) {
    throw call.fail(
      "has 'rms_scaling', whose meaning depends on the version of Keras",
      'Use RMSNormalization in the model.',
    );
  }
  const axes = axesOf(call, input);
  const rank = input.shape.length;
  const [axis = 1] = axes;
  if (axes.length !== rank - axis) {
    throw call.fail(`normalises the axes ${axes.join(', ')}; only the last ones together are supported`);
  }
  const spatial = rank === 4;
  const x = spatial ? call.transposed(input, OURS, 'channels_last') : input;
  const params = affine(call, x.shape.slice(axis));
  const attrs = { axis: axis === rank - 1 ? -1 : axis, epsilon: call.number('epsilon', 1e-3) };
  const made = call.add('LayerNorm', [x], attrs, params, spatial ? 'norm' : undefined);
  return spatial ? call.add('Transpose', [made], { perm: THEIRS }) : made;
}

/** Channels in groups; -1 stands for a group for each channel. Values that are no images go the way of images. */
function groupNorm(call: Call): Value {
  const input = call.input();
  const rank = input.shape.length;
  const axes = axesOf(call, input);
  if (axes.join() !== String(rank - 1) || rank > 4) {
    throw call.fail(
      `normalises axis ${axes.join(', ')} of a value of rank ${rank}; only the last is supported`,
    );
  }
  const channels = (rank === 4 ? input.shape[1] : input.shape.at(-1)) ?? 1;
  const given = call.number('groups', 32);
  const attrs = { groups: given === -1 ? channels : given, epsilon: call.number('epsilon', 1e-3) };
  const params = affine(call, [channels]);
  if (rank === 4) return call.add('GroupNorm', [input], attrs, params);
  if (rank === 3) {
    const turned = call.transposed(input, [0, 2, 1], 'channels_first');
    const made = call.add('GroupNorm', [turned], attrs, params, 'norm');
    return call.add('Transpose', [made], { perm: [0, 2, 1] });
  }
  const column = call.add('Reshape', [input], { shape: [channels, 1] }, {}, 'column');
  return call.add('Flatten', [call.add('GroupNorm', [column], attrs, params, 'norm')]);
}

/** x divided by the root of what a reduction of its squares gives; `least` or `more` keeps it from nothing. */
function overRoot(
  call: Call,
  reduction: 'ReduceMean' | 'ReduceSum',
  { op, value }: { op: 'Add' | 'Max'; value: number },
  part?: string,
): Value {
  const input = call.input();
  const axes = axesOf(call, input).map((axis) => call.axis(input, axis));
  const squares = call.add('Mul', [input, input], {}, {}, 'squares');
  const sum = call.add(reduction, [squares], { axes, keepdims: true }, {}, 'size');
  const constant = call.param('least', 'constant', { shape: [], data: Float32Array.of(value) });
  const safe = call.add(op, [sum], {}, { constant }, 'safe');
  const root = call.add('Sqrt', [safe], {}, {}, 'root');
  return call.add('Div', [input, root], {}, {}, part);
}

/** x / sqrt(mean(x^2) + epsilon) * scale (Zhang and Sennrich 2019). */
function rmsNorm(call: Call): Value {
  const input = call.input();
  const axes = axesOf(call, input);
  const rank = input.shape.length;
  if (axes.join() !== String(rank - 1)) {
    throw call.fail(`normalises the axes ${axes.join(', ')}; only the last is supported`);
  }
  const features = (rank === 4 ? input.shape[1] : input.shape.at(-1)) ?? 1;
  const { data } = call.weight('scale', 0, [features]);
  const made = overRoot(call, 'ReduceMean', { op: 'Add', value: call.number('epsilon', 1e-6) }, 'normal');
  const shape = rank === 4 ? [features, 1, 1] : [features];
  return call.add('Mul', [made], {}, { constant: call.param('scale', 'scale', { shape, data }) });
}

export const normalizations: KerasReaders = {
  BatchNormalization: batchNorm,
  BatchNormalizationV1: batchNorm,
  LayerNormalization: layerNorm,
  Normalization: normalization,
  GroupNormalization: groupNorm,
  RMSNormalization: rmsNorm,
  // Keras divides by no less than this.
  UnitNormalization: (call) => overRoot(call, 'ReduceSum', { op: 'Max', value: 1e-12 }),
};
