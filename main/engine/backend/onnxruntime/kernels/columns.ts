import { wholeFilters } from '../faults.ts';
import { type Graph, Value } from '../graph.ts';
import { reshapeValue } from '../layout.ts';
import { type ConvInfo, windowAttrs } from './window.ts';

/**
 * im2col: every window of the image as a column, [batch, channels * taps, positions], by a grouped convolution whose filters
 * each copy one tap. onnxruntime has no operation for it, and this is quicker than slicing and joining.
 */
export function columns(g: Graph, x: Value, info: ConvInfo): Value {
  const { batchSize, inChannels: channels, filterHeight, filterWidth, outHeight, outWidth } = info;
  const taps = filterHeight * filterWidth;
  // A filter of zeros more, and its result dropped, where the provider is wrong about this many.
  const filters = wholeFilters(g.provider, taps);
  const pick = g.constant(`pick${channels}x${filterHeight}x${filterWidth}`, () => {
    const data = new Float32Array(channels * filters * taps);
    for (let channel = 0; channel < channels; channel++) {
      for (let tap = 0; tap < taps; tap++) data[(channel * filters + tap) * taps + tap] = 1;
    }
    return Value.constant(data, [channels * filters, 1, filterHeight, filterWidth], 'float32');
  });
  const picked = g.op(
    'Conv',
    [x, pick],
    { shape: [batchSize, channels * filters, outHeight, outWidth], type: 'float32' },
    { attrs: { ...windowAttrs(info), group: channels } },
  );
  const columns = [batchSize, channels * taps, outHeight * outWidth];
  if (filters === taps) return reshapeValue(g, picked, columns);
  const padded = reshapeValue(g, picked, [batchSize, channels, filters, outHeight * outWidth]);
  const shape = [batchSize, channels, taps, outHeight * outWidth];
  const slice = [padded, g.integers([0]), g.integers([taps]), g.integers([2])];
  return reshapeValue(g, g.op('Slice', slice, { shape, type: 'float32' }), columns);
}
