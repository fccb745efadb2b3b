import { sizeOf } from '../../../network/graph.ts';
import type { Call, KerasReaders } from '../call.ts';
import type { Value } from '../importer.ts';
import { reordered, withShape } from '../reorder.ts';

/** [width, heads, depth] and [heads, depth] as a layer that makes all heads one after the other. */
function projected(call: Call, value: Value, what: string, index: number, heads: number): Value {
  const width = value.shape.at(-1) ?? 1;
  const bias = call.flag('use_bias', true);
  const kernel = call.weight(`${what}/kernel`, index * (bias ? 2 : 1), [width, heads, null]);
  const units = sizeOf(kernel.shape.slice(1));
  const weight = reordered(withShape(kernel, [width, units]), [1, 0]);
  const params: Record<string, string> = { weight: call.param(`${what}/kernel`, 'weight', weight) };
  if (bias) {
    const stored = call.weight(`${what}/bias`, index * 2 + 1, [heads, units / heads]);
    params['bias'] = call.param(`${what}/bias`, 'bias', withShape(stored, [units]));
  }
  const made = call.add('Dense', [value], {}, params, what);
  const tokens = value.shape[1] ?? 1;
  const split = call.add('Reshape', [made], { shape: [tokens, heads, units / heads] }, {}, `${what}/heads`);
  return call.transposed(split, what === 'key' ? [0, 2, 3, 1] : [0, 2, 1, 3], `${what}/moved`);
}

/** softmax(q k^T / sqrt(depth)) v for each head (Vaswani et al. 2017), on [batch, tokens, width]. */
export const attention: KerasReaders = {
  MultiHeadAttention(call) {
    const [query, value = query, key = value] = call.inputs;
    if (query === undefined || value === undefined || key === undefined) throw call.fail('has no inputs');
    // Which of two is which, files do not always say.
    if (value.name !== key.name) throw call.fail('takes its keys and its values from different layers');
    if ([query, value, key].some(({ shape }) => shape.length !== 3)) {
      throw call.fail('works on something else than [tokens, width]');
    }
    const heads = call.number('num_heads');
    const depth = call.number('key_dim');
    const moved = [
      projected(call, query, 'query', 0, heads),
      projected(call, key, 'key', 1, heads),
      projected(call, value, 'value', 2, heads),
    ] as const;
    const constant = call.param('scale', 'constant', { shape: [], data: Float32Array.of(depth ** -0.5) });
    const scaled = call.add('Mul', [moved[0]], {}, { constant }, 'scaled');
    const scores = call.add('MatMul', [scaled, moved[1]], {}, {}, 'scores');
    const share = call.add('Softmax', [scores], { axis: -1 }, {}, 'share');
    const mixed = call.add('MatMul', [share, moved[2]], {}, {}, 'mixed');
    const back = call.transposed(mixed, [0, 2, 1, 3], 'back');
    const [, tokens = 1, , width = 1] = back.shape;
    const flat = call.add('Reshape', [back], { shape: [tokens, heads * width] }, {}, 'flat');
    const bias = call.flag('use_bias', true);
    const stored = call.weight('attention_output/kernel', bias ? 6 : 3, [heads, width, null]);
    const units = stored.shape[2] ?? 1;
    const weight = reordered(withShape(stored, [heads * width, units]), [1, 0]);
    const params: Record<string, string> = {
      weight: call.param('attention_output/kernel', 'weight', weight),
    };
    if (bias) {
      params['bias'] = call.param(
        'attention_output/bias',
        'bias',
        call.weight('attention_output/bias', 7, [units]),
      );
    }
    return call.add('Dense', [flat], {}, params);
  },
};
