import { encode, Names } from './compile.ts';
import { Graph, Value } from './graph.ts';
import { blockedConv } from './kernels/blocked.ts';
import { emptyTensor, Session, type SessionOptions, tensorOf } from './session.ts';
import { lower } from './lowered.ts';

/** Block sizes that onnxruntime has on some processor: AVX-512 and Arm 16, AVX2 8. */
const CANDIDATES = [16, 8];
/** A multiple of all of them, so that a wrong guess only mixes channels up. */
const CHANNELS = 32;
const TOLERANCE = 1e-4;

/**
 * The block of onnxruntime's NCHWc layout on this processor, found by trying: the guess by which a blocked convolution gives
 * what a plain one gives. Undefined where none does, and on other devices than the CPU.
 */
export function blockSize(options: SessionOptions): number | undefined {
  if (options.providers[0] !== 'cpu') return undefined;
  return CANDIDATES.find((block) => {
    try {
      return mistake(block, options) < TOLERANCE;
    } catch {
      return false;
    }
  });
}

/** Largest difference between a blocked and a plain convolution of the same numbers. */
function mistake(block: number, options: SessionOptions): number {
  const g = new Graph(block);
  const shape = [1, CHANNELS, 4, 4];
  const x = Value.placeholder('x', shape, 'float32');
  const filter = Value.placeholder('filter', [CHANNELS, CHANNELS, 3, 3], 'float32');
  const geometry = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] };
  const attrs = { ...geometry, kernel_shape: [3, 3], group: 1 };
  const plain = g.op('Conv', [x, filter], { shape, type: 'float32' }, { attrs });
  const difference = g.op(
    'Abs',
    [g.op('Sub', [plain, blockedConv(g, x, filter, shape, geometry)], plain)],
    plain,
  );
  const largest = g.op('ReduceMax', [difference], { shape: [], type: 'float32' }, { attrs: { keepdims: 0 } });

  const graph = lower([largest], false);
  const names = new Names(graph);
  const session = new Session(encode(graph, names), { ...options, optimize: 'disabled', spin: false });
  try {
    const feeds = graph.feeds.map((value, i) => {
      // No two alike, so that any wrong order shows.
      const data = Float32Array.from({ length: value.size }, (_, at) => Math.sin(at + 1));
      return [names.feeds[i] ?? '', tensorOf('float32', data, value.shape)] as const;
    });
    const result = emptyTensor('float32', []);
    session.run(Object.fromEntries(feeds), { [names.outputs[0] ?? '']: result });
    return (result.data as Float32Array)[0] ?? Infinity;
  } finally {
    session.dispose();
  }
}
