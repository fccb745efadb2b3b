import type { Call, KerasReaders } from '../call.ts';
import type { Value } from '../importer.ts';
import { OURS, THEIRS } from '../order.ts';
import { inTheirOrder, regrouped } from '../regroup.ts';

function reshape(call: Call): Value {
  const given: unknown = call.layer.config['target_shape'];
  if (!Array.isArray(given) || !given.every((dim) => Number.isSafeInteger(dim) && (dim as number) >= -1)) {
    throw call.fail(`has the target shape ${JSON.stringify(given)}`);
  }
  return regrouped(call, call.input(), given.map(Number));
}

/** [[top, bottom], [left, right]], [vertical, horizontal] or one number. */
function borders(call: Call, name: string): number[] {
  const given = call.layer.config[name] ?? 1;
  const pairs = (Array.isArray(given) ? given : [given, given]).map((side: unknown) =>
    Array.isArray(side) ? side.map(Number) : [Number(side), Number(side)],
  );
  const [[top, bottom] = [], [left, right] = []] = pairs;
  const all = [top, left, bottom, right];
  if (pairs.length !== 2 || !all.every((size) => Number.isSafeInteger(size) && Number(size) >= 0)) {
    throw call.fail(`has '${name}' ${JSON.stringify(given)}`);
  }
  return all as number[];
}

export const shape: KerasReaders = {
  Flatten: (call) => call.add('Flatten', [inTheirOrder(call, call.input())]),
  Reshape: reshape,

  Permute(call) {
    const input = call.input();
    const rank = input.shape.length;
    const dims = [0, ...call.integers('dims', rank - 1)];
    if (!dims.every((_, i) => dims.includes(i))) throw call.fail(`orders axes as [${dims.join(', ')}]`);
    const perm = rank === 4 ? THEIRS.map((axis) => OURS[dims[axis] ?? 0] ?? 0) : dims;
    return call.transposed(input, perm, 'permuted');
  },

  ZeroPadding2D(call) {
    const [top = 0, left = 0, bottom = 0, right = 0] = borders(call, 'padding');
    return call.add('Pad', [call.image()], { pads: [0, 0, top, left, 0, 0, bottom, right], value: 0 });
  },

  Cropping2D(call) {
    const image = call.image();
    const [top = 0, left = 0, bottom = 0, right = 0] = borders(call, 'cropping');
    const ends = [(image.shape[2] ?? 0) - bottom, (image.shape[3] ?? 0) - right];
    return call.add('Slice', [image], { starts: [top, left], ends, axes: [2, 3], steps: [1, 1] });
  },

  UpSampling2D(call) {
    const image = call.image();
    const factors = call.integers('size', 2, [2, 2]);
    const size = factors.map((factor, axis) => factor * (image.shape[axis + 2] ?? 1));
    const how = call.text('interpolation', 'nearest');
    if (how === 'nearest') {
      return call.add('Resize', [image], {
        size,
        mode: 'nearest',
        coordinates: 'asymmetric',
        rounding: 'floor',
      });
    }
    if (how !== 'bilinear') throw call.fail(`interpolates by '${how}', which is not supported`);
    return call.add('Resize', [image], { size, mode: 'linear', coordinates: 'half_pixel' });
  },
};
