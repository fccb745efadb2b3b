import type { Call } from '../call.ts';
import type { Value } from '../importer.ts';

/** An image of another size, between the middles of pixels, as TensorFlow's `image.resize` does it. */
export function resized(call: Call, size: readonly number[], how: string): Value {
  const image = call.image();
  if (how === 'bilinear') {
    return call.add('Resize', [image], { size, mode: 'linear', coordinates: 'half_pixel' });
  }
  if (how !== 'nearest') throw call.fail(`interpolates by '${how}', which is not supported`);
  const attrs = { size, mode: 'nearest', coordinates: 'half_pixel', rounding: 'round_prefer_ceil' };
  return call.add('Resize', [image], attrs);
}
