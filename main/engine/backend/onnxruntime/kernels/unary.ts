import { keepsNaN } from '../faults.ts';
import type { Attributes, Graph, Value } from '../graph.ts';
import { elementwise, plain, type View } from '../layout.ts';
import { defineKernels, type KernelCall, type KernelRule } from '../record.ts';

/** Functions of one tensor, element by element. */

const scalar = (g: Graph, value: number, type: 'float32' | 'int32' = 'float32'): View =>
  plain(g.scalar(value, type));

/** The input, where it is float32; other types take tfjs's own kernel. */
function float({ inputs }: KernelCall, name = 'x'): View | undefined {
  const x = inputs[name];
  return x?.value.type === 'float32' ? x : undefined;
}

/** One ONNX operation from float32 to `type`. */
function direct(op: string, type: Value['type'] = 'float32', attrs?: Attributes): KernelRule {
  return (call) => {
    const x = float(call);
    return x && elementwise(call.g, op, [x], type, { attrs });
  };
}

/** A formula over float32. */
function formula(make: (g: Graph, x: View, attrs: KernelCall['attrs']) => View): KernelRule {
  return (call) => {
    const x = float(call);
    return x && make(call.g, x, call.attrs);
  };
}

/** Every float32 but the denormal ones is at least 1 when multiplied by it. */
const STEEP = 2 ** 127;

/** 1 where x > 0, else alpha; NaN stays NaN. For alpha 0, ReLU's slope, in one operation, with a ramp among denormal x. */
function step(g: Graph, x: View, alpha: number): View {
  if (alpha === 0) {
    const attrs = { alpha: { float: STEEP }, beta: { float: 0 } };
    return elementwise(g, 'HardSigmoid', [x], 'float32', { attrs });
  }
  const positive = elementwise(g, 'Greater', [x, scalar(g, 0)], 'bool');
  const steps = elementwise(g, 'Where', [positive, scalar(g, 1), scalar(g, alpha)], 'float32');
  return elementwise(g, 'Where', [whereNaN(g, x), x, steps], 'float32');
}

/**
 * Where x is NaN, on the device that x is on: WebGPU has no IsNaN, and a step would wait for the device once more. There a
 * driver may take it that there are no NaNs.
 */
export function whereNaN(g: Graph, x: View): View {
  if (keepsNaN(g.provider)) return elementwise(g, 'IsNaN', [x], 'bool');
  return elementwise(g, 'Not', [elementwise(g, 'Equal', [x, x], 'bool')], 'bool');
}

const ONNX_TYPE = { float32: 1, int32: 6, bool: 9 } as const;

export function cast(g: Graph, x: View, type: keyof typeof ONNX_TYPE): View {
  if (x.value.type === type) return x;
  return elementwise(g, 'Cast', [x], type, { attrs: { to: ONNX_TYPE[type] } });
}

/** x * x, for int32 too. */
function square({ g, inputs }: KernelCall): View | undefined {
  const x = inputs['x'];
  if (x === undefined || x.value.type === 'bool') return undefined;
  return elementwise(g, 'Mul', [x, x], x.value.type);
}

/** Operations that keep the type, float32 or int32. */
function numeric(op: string): KernelRule {
  return ({ g, inputs: { x } }) =>
    x === undefined || x.value.type === 'bool' ? undefined : elementwise(g, op, [x], x.value.type);
}

function clip({ g, inputs: { x }, attrs }: KernelCall): View | undefined {
  const { clipValueMin: low, clipValueMax: high } = attrs as { clipValueMin: number; clipValueMax: number };
  if (x?.value.type !== 'float32' || Number.isNaN(low) || Number.isNaN(high)) return undefined;
  return { ...x, value: g.op('Clip', [x.value, g.scalar(low), g.scalar(high)], x.value) };
}

defineKernels({
  Abs: numeric('Abs'),
  Neg: numeric('Neg'),
  Square: square,
  Exp: direct('Exp'),
  Log: direct('Log'),
  Sqrt: direct('Sqrt'),
  Rsqrt: formula((g, x) => elementwise(g, 'Reciprocal', [elementwise(g, 'Sqrt', [x], 'float32')], 'float32')),
  Reciprocal: direct('Reciprocal'),
  Relu: direct('Relu'),
  Relu6: formula((g, x) => ({ ...x, value: g.op('Clip', [x.value, g.scalar(0), g.scalar(6)], x.value) })),
  ClipByValue: clip,
  LeakyRelu: formula((g, x, attrs) =>
    elementwise(g, 'LeakyRelu', [x], 'float32', { attrs: { alpha: { float: attrs['alpha'] as number } } }),
  ),
  Elu: direct('Elu'),
  Sigmoid: direct('Sigmoid'),
  Tanh: direct('Tanh'),
  Softplus: direct('Softplus'),
  Erf: direct('Erf'),
  Sin: direct('Sin'),
  Cos: direct('Cos'),
  Floor: direct('Floor'),
  Ceil: direct('Ceil'),
  Round: direct('Round'),
  Step: formula((g, x, attrs) => step(g, x, (attrs['alpha'] as number | undefined) ?? 0)),
  IsNan: direct('IsNaN', 'bool'),
  IsInf: direct('IsInf', 'bool'),
  LogicalNot: ({ g, inputs: { x } }) =>
    x?.value.type === 'bool' ? elementwise(g, 'Not', [x], 'bool') : undefined,
  Cast: ({ g, inputs: { x }, attrs }) => {
    const type = attrs['dtype'];
    if (x === undefined || (type !== 'float32' && type !== 'int32' && type !== 'bool')) return undefined;
    return cast(g, x, type);
  },
  Identity: ({ inputs: { x } }) => x,
  ZerosLike: ({ g, inputs: { x } }) => x && filled(g, x, 0),
  OnesLike: ({ g, inputs: { x } }) => x && filled(g, x, 1),
});

function filled(g: Graph, like: View, number: number): View | undefined {
  const type = like.value.type;
  if (type === 'int64') return undefined;
  const value = g.single(number, type, like.value.shape.map(() => 1)); // prettier-ignore
  return { value, perm: like.perm, shape: like.shape };
}
