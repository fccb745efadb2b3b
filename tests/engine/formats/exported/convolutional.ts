import { toHalf } from '../../../../main/engine/formats/half-write.ts';
import { OnnxType } from '../../../../main/engine/protobuf/onnx.ts';
import { normalTensor } from '../../network/run.ts';
import { ExportedGraph } from './graph.ts';

function head(g: ExportedGraph, x: string, channels: number, pooled = false): Uint8Array {
  const mean = pooled ? x : g.op('GlobalAveragePool', [x]);
  const flat = g.op('Flatten', [mean], { axis: 1 });
  g.op('Gemm', [flat, g.weight([3, channels]), g.weight([3])], { transB: 1 });
  return g.finish();
}

const silu = (g: ExportedGraph, x: string) => g.op('Mul', [x, g.op('Sigmoid', [x])]);

/** Hardswish as PyTorch wrote it before opset 14. */
function hardSwish(g: ExportedGraph, x: string): string {
  const clipped = g.op('Clip', [g.op('Add', [x, g.float(3)]), g.float(0), g.float(6)]);
  return g.op('Div', [g.op('Mul', [x, clipped]), g.float(6)]);
}

const hardSigmoid = (g: ExportedGraph, x: string) => g.op('HardSigmoid', [x], { alpha: { float: 1 / 6 } });

function squeezed(
  g: ExportedGraph,
  x: string,
  channels: number,
  gate: (g: ExportedGraph, x: string) => string,
  mean: string,
): string {
  const small = g.op('Relu', [g.conv(mean, channels, 2, 1)]);
  return g.op('Mul', [x, gate(g, g.conv(small, 2, channels, 1))]);
}

/** MobileNetV3: depthwise, squeeze and excite with a mean by ReduceMean, hard swish and hard sigmoid. */
export function mobileNetV3(): Uint8Array {
  const g = new ExportedGraph(['batch', 3, 8, 8], 14);
  const stem = hardSwish(g, g.conv(g.x, 3, 6, 3, { strides: [2, 2] }));
  const wide = hardSwish(g, g.batchNorm(g.conv(stem, 6, 12, 1, {}, false), 12));
  const deep = g.op('Relu', [g.batchNorm(g.conv(wide, 12, 12, 5, { group: 12 }, false), 12)]);
  const mean = g.op('ReduceMean', [deep], { axes: [2, 3], keepdims: 1 });
  const narrow = g.conv(squeezed(g, deep, 12, hardSigmoid, mean), 12, 6, 1);
  return head(g, g.op('HardSwish', [g.op('Add', [stem, narrow])]), 6);
}

/** EfficientNet: SiLU, squeeze and excite, and the uneven padding of TensorFlow by a layer of its own. */
export function efficientNet(): Uint8Array {
  const g = new ExportedGraph(['batch', 3, 9, 9]);
  const padded = g.op('Pad', [g.x, g.ints([0, 0, 0, 0, 0, 0, 1, 1]), g.float(0)]);
  const stem = silu(g, g.conv(padded, 3, 6, 3, { strides: [2, 2], pads: [0, 0, 0, 0] }));
  const deep = silu(g, g.batchNorm(g.conv(stem, 6, 6, 3, { group: 6 }, false), 6));
  const gate = (_: ExportedGraph, x: string) => g.op('Sigmoid', [x]);
  const narrow = g.conv(squeezed(g, deep, 6, gate, g.op('GlobalAveragePool', [deep])), 6, 6, 1);
  return head(g, g.op('Add', [stem, narrow]), 6);
}

/** ConvNeXt: layer normalisation with the channels last, a factor for each channel. */
export function convNext(): Uint8Array {
  const g = new ExportedGraph(['batch', 3, 8, 8]);
  const norm = (x: string) =>
    g.op('LayerNormalization', [x, g.weight([6], 0.1, 1), g.weight([6])], { axis: -1 });
  const toLast = (x: string) => g.op('Transpose', [x], { perm: [0, 2, 3, 1] });
  const toFirst = (x: string) => g.op('Transpose', [x], { perm: [0, 3, 1, 2] });
  const stem = toFirst(norm(toLast(g.conv(g.x, 3, 6, 4, { strides: [4, 4], pads: [0, 0, 0, 0] }))));
  const inner = g.linear(norm(toLast(g.conv(stem, 6, 6, 7, { group: 6 }))), 6, 12);
  const erf = g.op('Erf', [g.op('Mul', [inner, g.float(Math.SQRT1_2)])]);
  const bent = g.op('Mul', [g.op('Mul', [inner, g.float(0.5)]), g.op('Add', [g.float(1), erf])]);
  const scaled = g.op('Mul', [g.weight([6, 1, 1]), toFirst(g.linear(bent, 12, 6))]);
  const mean = g.op('GlobalAveragePool', [g.op('Add', [stem, scaled])]);
  const normal = toFirst(norm(toLast(mean)));
  return head(g, normal, 6, true);
}

/** DenseNet: everything made so far goes into every layer. */
export function denseNet(): Uint8Array {
  const g = new ExportedGraph(['batch', 3, 8, 8]);
  let x = g.op('MaxPool', [g.conv(g.x, 3, 4, 3)], {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  });
  for (const channels of [4, 7]) {
    const normal = g.op('Relu', [g.batchNorm(x, channels)]);
    x = g.op('Concat', [x, g.conv(normal, channels, 3, 3, {}, false)], { axis: 1 });
  }
  const pooled = g.op('AveragePool', [g.conv(x, 10, 5, 1, {}, false)], {
    kernel_shape: [2, 2],
    strides: [2, 2],
    ceil_mode: 1,
    count_include_pad: 1,
    pads: [1, 1, 0, 0],
  });
  return head(g, pooled, 5);
}

/** ShuffleNet: channels are split, and shuffled by a change of the axes' order; sizes are asked for. */
export function shuffleNet(): Uint8Array {
  const g = new ExportedGraph(['batch', 4, 6, 6], 11);
  const size = (axis: number) => g.op('Unsqueeze', [g.sizeOf(g.x, axis)], { axes: [0] });
  const half = g.op('Div', [g.sizeOf(g.x, 1), g.int(2)]);
  const end = g.op('Unsqueeze', [half], { axes: [0] });
  const left = g.op('Slice', [g.x, g.ints([0]), end, g.ints([1])]);
  const right = g.op('Slice', [g.x, end, g.ints([2 ** 40]), g.ints([1])]);
  const joined = g.op('Concat', [left, g.op('Relu', [g.conv(right, 2, 2, 3, { group: 2 })])], { axis: 1 });
  const split = g.op('Concat', [size(0), g.ints([2]), g.ints([2]), size(2), size(3)], { axis: 0 });
  const whole = g.op('Concat', [size(0), g.ints([-1]), size(2), size(3)], { axis: 0 });
  const moved = g.op('Transpose', [g.op('Reshape', [joined, split])], { perm: [0, 2, 1, 3, 4] });
  return head(g, g.conv(g.op('Reshape', [moved, whole]), 4, 6, 1), 6);
}

/** Inception through tf2onnx: images with their channels last, padding by name, branches, a softmax at the end. */
export function inception(): Uint8Array {
  const g = new ExportedGraph(['unk__1', 7, 7, 3], 15);
  const x = g.op('Transpose', [g.x], { perm: [0, 3, 1, 2] });
  const conv = (value: string, from: number, to: number, kernel: number) =>
    g.op('Relu', [
      g.op('Conv', [value, g.weight([to, from, kernel, kernel]), g.weight([to])], { auto_pad: 'SAME_UPPER' }),
    ]);
  const pooled = g.op('AveragePool', [x], { kernel_shape: [3, 3], strides: [1, 1], auto_pad: 'SAME_LOWER' });
  const all = g.op('Concat', [conv(x, 3, 2, 1), conv(conv(x, 3, 2, 1), 2, 3, 3), conv(pooled, 3, 2, 5)], {
    axis: 1,
  });
  const small = g.op('MaxPool', [all], { kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' });
  const last = g.op('Transpose', [small], { perm: [0, 2, 3, 1] });
  const mean = g.op('ReduceMean', [last], { axes: [1, 2], keepdims: 0 });
  const logits = g.op('Add', [g.op('MatMul', [mean, g.weight([7, 3])]), g.weight([3])]);
  g.op('Softmax', [logits], { axis: 1 });
  return g.finish();
}

/** Down, up again by grouped and dilated transposed convolutions and resizing, joined with what was before. */
export function upAndDown(): Uint8Array {
  const g = new ExportedGraph(['batch', 2, 8, 8]);
  const before = g.op('Relu', [g.conv(g.x, 2, 4, 3)]);
  const small = g.op('MaxPool', [before], {
    kernel_shape: [2, 2],
    strides: [2, 2],
    dilations: [2, 2],
    pads: [1, 1, 1, 1],
  });
  const up = g.op('ConvTranspose', [small, g.weight([4, 2, 2, 2]), g.weight([4])], {
    strides: [2, 2],
    group: 2,
  });
  const dilated = g.op('ConvTranspose', [up, g.weight([4, 3, 3, 3])], {
    dilations: [2, 2],
    pads: [2, 2, 2, 2],
  });
  const sizes = g.op(
    'Concat',
    [g.op('Slice', [g.op('Shape', [dilated]), g.ints([0]), g.ints([2]), g.ints([0])]), g.ints([8, 8])],
    { axis: 0 },
  );
  const resized = g.op('Resize', [dilated, '', '', sizes], {
    mode: 'linear',
    coordinate_transformation_mode: 'align_corners',
  });
  const mirrored = g.op('Pad', [resized, g.ints([0, 0, 1, 0, 0, 0, 0, 1])], { mode: 'reflect' });
  const cut = g.op('Slice', [mirrored, g.ints([0, 0]), g.ints([8, 8]), g.ints([2, 3])]);
  const joined = g.op('Concat', [before, cut], { axis: 1 });
  return head(g, g.conv(joined, 7, 5, 3, { dilations: [2, 2], pads: [2, 2, 2, 2] }), 5);
}

/** Words in sound: convolutions, pooling and normalisation over one axis. */
export function keywords(): Uint8Array {
  const g = new ExportedGraph(['batch', 4, 20]);
  const conv = (x: string, from: number, to: number, attrs: Record<string, readonly number[] | number>) => {
    const group = typeof attrs['group'] === 'number' ? attrs['group'] : 1;
    return g.op('Conv', [x, g.weight([to, from / group, 3]), g.weight([to])], attrs);
  };
  const first = g.op('Relu', [g.batchNorm(conv(g.x, 4, 6, { strides: [2], pads: [1, 1] }), 6)]);
  const deep = conv(first, 6, 6, { dilations: [2], pads: [2, 2], group: 6 });
  const pooled = g.op('MaxPool', [g.op('LeakyRelu', [deep])], { kernel_shape: [2], strides: [2] });
  const mean = g.op('AveragePool', [pooled], { kernel_shape: [2], strides: [1], pads: [1, 0] });
  const up = g.op('ConvTranspose', [mean, g.weight([6, 4, 3])], { strides: [2], auto_pad: 'SAME_UPPER' });
  const peak = g.op('Add', [g.op('GlobalAveragePool', [up]), g.op('GlobalMaxPool', [up])]);
  return head(g, peak, 4, true);
}

/** Normalisation of groups as PyTorch writes it, and of each channel by itself. */
export function groupNormalised(): Uint8Array {
  const g = new ExportedGraph(['batch', 2, 6, 6]);
  const x = g.conv(g.x, 2, 6, 3);
  const groups = g.op('Reshape', [x, g.ints([0, 3, -1])]);
  const ones = g.tensor('ones', [3], OnnxType.float32, new Float32Array(3).fill(1));
  const zeros = g.tensor('zeros', [3], OnnxType.float32, new Float32Array(3));
  const normal = g.op('InstanceNormalization', [groups, ones, zeros]);
  const back = g.op('Reshape', [normal, g.op('Shape', [x])]);
  const scaled = g.op('Add', [g.op('Mul', [back, g.weight([6, 1, 1], 0.1, 1)]), g.weight([6, 1, 1])]);
  const each = g.op('InstanceNormalization', [g.op('Relu', [scaled]), g.weight([6], 0.1, 1), g.weight([6])]);
  const blocks = g.op('SpaceToDepth', [each], { blocksize: 2 });
  return head(g, g.op('DepthToSpace', [blocks], { blocksize: 2, mode: 'CRD' }), 6);
}

/** Weights in half precision that are made whole before use, and weights in eight bits with a scale for each output. */
export function smallWeights(): Uint8Array {
  const g = new ExportedGraph(['batch', 2, 5, 5]);
  const half = g.tensor(
    'half',
    [4, 2, 3, 3],
    OnnxType.float16,
    Uint16Array.from(normalTensor([72], 'half').data, toHalf),
  );
  const conv = g.op('Conv', [g.x, g.op('Cast', [half], { to: 1 }), g.weight([4])]);
  const stored = g.tensor(
    'int8',
    [3, 36],
    OnnxType.int8,
    Int8Array.from({ length: 108 }, (_, i) => (i * 37) % 127),
  );
  const zero = g.tensor('zero', [3], OnnxType.int8, Int8Array.of(0, 3, -2));
  const whole = g.op('DequantizeLinear', [stored, g.weight([3], 0.001, 0.02), zero], { axis: 0 });
  g.op('Gemm', [g.op('Flatten', [g.op('Relu', [conv])]), whole, g.weight([3])], { transB: 1 });
  return g.finish();
}
