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
  const pick = g.constant(`pick${channels}x${filterHeight}x${filterWidth}`, () => {
    const data = new Float32Array(channels * taps * taps);
    for (let row = 0; row < channels * taps; row++) data[row * taps + (row % taps)] = 1;
    return Value.constant(data, [channels * taps, 1, filterHeight, filterWidth], 'float32');
  });
  const picked = g.op(
    'Conv',
    [x, pick],
    { shape: [batchSize, channels * taps, outHeight, outWidth], type: 'float32' },
    { attrs: { ...windowAttrs(info), group: channels } },
  );
  return reshapeValue(g, picked, [batchSize, channels * taps, outHeight * outWidth]);
}
