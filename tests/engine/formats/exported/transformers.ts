import { ExportedGraph } from './graph.ts';

const TOKENS = 5;
const WIDTH = 8;
const HEADS = 2;

/** x / sqrt(2), erf, + 1, * x, / 2: how PyTorch writes Gelu before opset 20. */
function gelu(g: ExportedGraph, x: string): string {
  const erf = g.op('Erf', [g.op('Div', [x, g.float(Math.SQRT2)])]);
  return g.op('Mul', [g.op('Mul', [x, g.op('Add', [erf, g.float(1)])]), g.float(0.5)]);
}

/** Layer normalisation before opset 17. */
function layerNorm(g: ExportedGraph, x: string, width = WIDTH): string {
  const mean = (value: string) => g.op('ReduceMean', [value], { axes: [-1] });
  const centred = g.op('Sub', [x, mean(x)]);
  const variance = mean(g.op('Pow', [centred, g.float(2)]));
  const root = g.op('Sqrt', [g.op('Add', [variance, g.float(1e-5)])]);
  const normal = g.op('Div', [centred, root]);
  return g.op('Add', [g.op('Mul', [normal, g.weight([width], 0.1, 1)]), g.weight([width], 0.1)]);
}

const newLayerNorm = (g: ExportedGraph, x: string) =>
  g.op('LayerNormalization', [x, g.weight([WIDTH], 0.1, 1), g.weight([WIDTH])], { axis: -1 });

/** expand(batch, -1, -1) of a token, with PyTorch's detour to find the sizes that stay. */
function classToken(g: ExportedGraph, batch: string): string {
  const target = g.shape([batch, -1, -1]);
  const ones = g.op('ConstantOfShape', [g.ints([3])], {
    value: { tensor: { name: '', dims: [1], type: 7, raw: new Uint8Array(BigInt64Array.of(1n).buffer) } },
  });
  const minus = g.op('Mul', [ones, g.int(-1)]);
  const shape = g.op('Where', [g.op('Equal', [target, minus]), ones, target]);
  return g.op('Expand', [g.weight([1, 1, WIDTH]), shape]);
}

/** A 4 x 4 image of 2 channels as 4 patches and a class token, with positions. */
function embedded(g: ExportedGraph): string {
  const patches = g.op('Conv', [g.x, g.weight([WIDTH, 2, 2, 2]), g.weight([WIDTH])], { strides: [2, 2] });
  const shape = g.op('Slice', [g.op('Shape', [patches]), g.ints([0]), g.ints([2]), g.ints([0])]);
  const flat = g.op('Reshape', [patches, g.op('Concat', [shape, g.ints([-1])], { axis: 0 })]);
  const tokens = g.op('Transpose', [flat], { perm: [0, 2, 1] });
  const all = g.op('Concat', [classToken(g, g.sizeOf(g.x, 0)), tokens], { axis: 1 });
  return g.op('Add', [all, g.weight([1, TOKENS, WIDTH])]);
}

function head(g: ExportedGraph, x: string): Uint8Array {
  const first = g.op('Gather', [x, g.int(0)], { axis: 1 });
  g.op('Gemm', [first, g.weight([3, WIDTH]), g.weight([3])], { transB: 1 });
  return g.finish();
}

/** scaled_dot_product_attention: the scale comes from the shape of the queries. */
function attention(g: ExportedGraph, q: string, k: string, v: string, perm: readonly number[]): string {
  const width = g.op('Slice', [g.op('Shape', [q]), g.ints([-1]), g.ints([2 ** 40]), g.ints([0])]);
  const root = g.op('Sqrt', [g.op('Cast', [width], { to: 1 })]);
  const scale = g.op('Sqrt', [g.op('Div', [g.float(1), root])]);
  const turned = g.op('Transpose', [k], { perm });
  const scores = g.op('MatMul', [g.op('Mul', [q, scale]), g.op('Mul', [turned, scale])]);
  return g.op('MatMul', [g.op('Softmax', [scores], { axis: -1 }), v]);
}

/** A ViT of timm: one product for queries, keys and values, whose order is changed before they are taken apart. */
export function timmViT(): Uint8Array {
  const g = new ExportedGraph(['batch', 2, 4, 4], 14);
  const x = embedded(g);
  const normal = layerNorm(g, x);
  const target = g.shape([g.sizeOf(normal, 0), g.sizeOf(normal, 1), 3, HEADS, WIDTH / HEADS]);
  const split = g.op('Reshape', [g.linear(normal, WIDTH, 3 * WIDTH), target]);
  const moved = g.op('Transpose', [split], { perm: [2, 0, 3, 1, 4] });
  const [q = '', k = '', v = ''] = g
    .many('Split', [moved, g.ints([1, 1, 1])], 3, { axis: 0 })
    .map((part) => g.op('Squeeze', [part, g.ints([0])]));
  const mixed = g.op('Transpose', [attention(g, q, k, v, [0, 1, 3, 2])], { perm: [0, 2, 1, 3] });
  const back = g.op('Reshape', [mixed, g.shape([g.sizeOf(normal, 0), g.sizeOf(normal, 1), WIDTH])]);
  const sum = g.op('Add', [x, g.linear(back, WIDTH, WIDTH)]);
  const inner = gelu(g, g.linear(layerNorm(g, sum), WIDTH, 2 * WIDTH));
  return head(g, layerNorm(g, g.op('Add', [sum, g.linear(inner, 2 * WIDTH, WIDTH)])));
}

/**
 * A ViT of torchvision: nn.MultiheadAttention works on [tokens, batch, width] and on [batch * heads, tokens, width].
 * @param batch 'batch', with sizes computed, or 1, with all of them as numbers
 */
export function torchvisionViT(batch: 'batch' | 1): Uint8Array {
  const g = new ExportedGraph([batch, 2, 4, 4]);
  const depth = WIDTH / HEADS;
  const x = embedded(g);
  const turned = g.op('Transpose', [newLayerNorm(g, x)], { perm: [1, 0, 2] });
  const n = g.sizeOf(turned, 1);
  const sizes = (parts: readonly (string | number)[]) =>
    batch === 1
      ? g.ints(parts.map((part) => (typeof part === 'number' ? part : part === n ? 1 : HEADS)))
      : g.shape(parts);
  const heads = batch === 1 ? 'heads' : g.op('Mul', [n, g.int(HEADS)]);
  const packed = g.linear(turned, WIDTH, 3 * WIDTH);
  const unpacked = g.op('Reshape', [packed, sizes([TOKENS, n, 3, WIDTH])]);
  const first = g.op('Transpose', [g.op('Unsqueeze', [unpacked, g.ints([0])])], { perm: [3, 1, 2, 0, 4] });
  const parts = g.op('Squeeze', [first, g.ints([-2])]);
  const [q = '', k = '', v = ''] = [0, 1, 2].map((i) => {
    const part = g.op('Gather', [parts, g.int(i)], { axis: 0 });
    const split = g.op('Reshape', [part, sizes([TOKENS, heads, depth])]);
    const together = g.op('Transpose', [split], { perm: [1, 0, 2] });
    return g.op('Reshape', [together, sizes([n, HEADS, TOKENS, depth])]);
  });
  const mixed = g.op('Transpose', [attention(g, q, k, v, [0, 1, 3, 2])], { perm: [2, 0, 1, 3] });
  const rows = batch === 1 ? g.ints([TOKENS, WIDTH]) : g.shape([g.op('Mul', [n, g.int(TOKENS)]), WIDTH]);
  const flat = g.op('Reshape', [mixed, rows]);
  const made = g.op('Gemm', [flat, g.weight([WIDTH, WIDTH]), g.weight([WIDTH])], { transB: 1 });
  const back = g.op('Transpose', [g.op('Reshape', [made, sizes([TOKENS, n, WIDTH])])], { perm: [1, 0, 2] });
  const sum = g.op('Add', [back, x]);
  const inner = gelu(g, g.linear(newLayerNorm(g, sum), WIDTH, 2 * WIDTH));
  return head(g, newLayerNorm(g, g.op('Add', [sum, g.linear(inner, 2 * WIDTH, WIDTH)])));
}

/** A block of a Swin transformer: shifted windows of tokens, biases of relative positions, a mask for some windows. */
export function swinBlock(batch: 'batch' | 1): Uint8Array {
  const g = new ExportedGraph([batch, 4, 4, WIDTH]);
  const depth = WIDTH / HEADS;
  const n = g.sizeOf(g.x, 0);
  const sizes = (parts: readonly (string | number)[]) =>
    batch === 1 ? g.ints(parts.map((part) => (part === n ? 1 : Number(part)))) : g.shape(parts);
  const rolled = [1, 2].reduce(
    (value, axis) => {
      const cut = (from: number, to: number) =>
        g.op('Slice', [value, g.ints([from]), g.ints([to]), g.ints([axis]), g.ints([1])]);
      return g.op('Concat', [cut(1, 2 ** 40), cut(0, 1)], { axis });
    },
    newLayerNorm(g, g.x),
  );
  const parted = g.op('Transpose', [g.op('Reshape', [rolled, sizes([n, 2, 2, 2, 2, WIDTH])])], {
    perm: [0, 1, 3, 2, 4, 5],
  });
  const windows = g.op('Reshape', [parted, batch === 1 ? g.ints([4, 4, WIDTH]) : g.ints([-1, 4, WIDTH])]);
  const count = g.sizeOf(windows, 0);
  const many = (parts: readonly (string | number)[]) =>
    batch === 1 ? g.ints(parts.map((part) => (part === count ? 4 : Number(part)))) : g.shape(parts);
  const qkv = g.op('Reshape', [g.linear(windows, WIDTH, 3 * WIDTH), many([count, 4, 3, HEADS, depth])]);
  const moved = g.op('Transpose', [qkv], { perm: [2, 0, 3, 1, 4] });
  const [q = '', k = '', v = ''] = [0, 1, 2].map((i) => g.op('Gather', [moved, g.int(i)], { axis: 0 }));
  const scaled = g.op('Mul', [q, g.float(depth ** -0.5)]);
  const scores = g.op('MatMul', [scaled, g.op('Transpose', [k], { perm: [0, 1, 3, 2] })]);
  const places = g.ints(Array.from({ length: 16 }, (_, i) => (i * 5) % 9));
  const table = g.op('Reshape', [
    g.op('Gather', [g.weight([9, HEADS]), places], { axis: 0 }),
    g.ints([4, 4, -1]),
  ]);
  const bias = g.op('Unsqueeze', [g.op('Transpose', [table], { perm: [2, 0, 1] }), g.ints([0])]);
  const biased = g.op('Add', [scores, bias]);
  const grouped = g.op('Reshape', [
    biased,
    batch === 1 ? g.ints([1, 4, HEADS, 4, 4]) : g.shape([g.op('Div', [count, g.int(4)]), 4, HEADS, 4, 4]),
  ]);
  const masked = g.op('Add', [grouped, g.weight([1, 4, 1, 4, 4])]);
  const share = g.op('Softmax', [g.op('Reshape', [masked, g.ints([-1, HEADS, 4, 4])])], { axis: -1 });
  const mixed = g.op('Transpose', [g.op('MatMul', [share, v])], { perm: [0, 2, 1, 3] });
  const flat = g.linear(g.op('Reshape', [mixed, many([count, 4, WIDTH])]), WIDTH, WIDTH);
  const whole = g.op('Transpose', [g.op('Reshape', [flat, g.ints([-1, 2, 2, 2, 2, WIDTH])])], {
    perm: [0, 1, 3, 2, 4, 5],
  });
  const image = g.op('Add', [g.x, g.op('Reshape', [whole, g.ints([-1, 4, 4, WIDTH])])]);
  const mean = g.op('ReduceMean', [image], { axes: [1, 2], keepdims: 0 });
  g.op('Gemm', [mean, g.weight([3, WIDTH]), g.weight([3])], { transB: 1 });
  return g.finish();
}

/** Attention of Keras through tf2onnx: every projection is an Einsum with a stored tensor of three axes. */
export function kerasAttention(): Uint8Array {
  const g = new ExportedGraph(['batch', TOKENS, WIDTH], 15);
  const depth = 3;
  const [q = '', k = '', v = ''] = [0, 1, 2].map(() => {
    const projected = g.op('Einsum', [g.x, g.weight([WIDTH, HEADS, depth])], { equation: 'abc,cde->abde' });
    return g.op('Add', [projected, g.weight([HEADS, depth])]);
  });
  const scores = g.op('Einsum', [k, g.op('Mul', [q, g.float(0.5)])], { equation: 'aecd,abcd->acbe' });
  const share = g.op('Softmax', [scores], { axis: 3 });
  const mixed = g.op('Einsum', [share, v], { equation: 'acbe,aecd->abcd' });
  const made = g.op('Einsum', [mixed, g.weight([HEADS, depth, WIDTH])], { equation: 'abcd,cde->abe' });
  const sum = g.op('Add', [g.x, g.op('Add', [made, g.weight([WIDTH])])]);
  // x^2 by a product, and the reciprocal of the root: the form of tf.nn.moments and rsqrt.
  const mean = (value: string) => g.op('ReduceMean', [value], { axes: [2] });
  const centred = g.op('Sub', [sum, mean(sum)]);
  const variance = mean(g.op('Mul', [centred, centred]));
  const inverse = g.op('Reciprocal', [g.op('Sqrt', [g.op('Add', [variance, g.float(1e-3)])])]);
  const normal = g.op('Mul', [g.op('Mul', [centred, inverse]), g.weight([WIDTH], 0.1, 1)]);
  const flat = g.op('Reshape', [g.op('Add', [normal, g.weight([WIDTH])]), g.ints([-1, TOKENS * WIDTH])]);
  const logits = g.op('Add', [g.op('MatMul', [flat, g.weight([TOKENS * WIDTH, 3])]), g.weight([3])]);
  g.op('Softmax', [logits], { axis: 1 });
  return g.finish();
}

/** An MLP mixer: a layer over tokens between transpositions, and one written with its matrix first. */
export function mixer(): Uint8Array {
  const g = new ExportedGraph(['batch', TOKENS, WIDTH], 20);
  const turned = g.op('Transpose', [newLayerNorm(g, g.x)], { perm: [0, 2, 1] });
  const tokens = g.linear(g.op('Gelu', [g.linear(turned, TOKENS, 6)], { approximate: 'tanh' }), 6, TOKENS);
  const sum = g.op('Add', [g.x, g.op('Transpose', [tokens], { perm: [0, 2, 1] })]);
  const mixed = g.op('MatMul', [g.weight([TOKENS, TOKENS]), sum]);
  // The tanh form of Gelu, written out.
  const cube = g.op('Mul', [g.op('Pow', [mixed, g.float(3)]), g.float(0.044715)]);
  const inner = g.op('Mul', [g.op('Add', [mixed, cube]), g.float(Math.sqrt(2 / Math.PI))]);
  const bent = g.op('Mul', [
    g.op('Mul', [mixed, g.float(0.5)]),
    g.op('Add', [g.op('Tanh', [inner]), g.float(1)]),
  ]);
  const mean = g.op('ReduceMean', [bent, g.ints([1])], { keepdims: 0 });
  g.op('Gemm', [mean, g.weight([3, WIDTH]), g.weight([3])], { transB: 1 });
  return g.finish();
}
