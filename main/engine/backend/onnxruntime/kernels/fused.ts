import { elementwise, plain, type View } from '../layout.ts';
import type { KernelCall } from '../record.ts';

/** The activation that tfjs's fused kernels end with; undefined for one that has no ONNX form here. */
export function activate({ g, inputs, attrs }: KernelCall, x: View): View | undefined {
  switch (attrs['activation'] ?? 'linear') {
    case 'linear':
      return x;
    case 'relu':
      return elementwise(g, 'Relu', [x], 'float32');
    case 'relu6':
      return { ...x, value: g.op('Clip', [x.value, g.scalar(0), g.scalar(6)], x.value) };
    case 'elu':
      return elementwise(g, 'Elu', [x], 'float32');
    case 'sigmoid':
      return elementwise(g, 'Sigmoid', [x], 'float32');
    case 'leakyrelu': {
      const alpha = (attrs['leakyreluAlpha'] as number | undefined) ?? 0;
      return elementwise(g, 'LeakyRelu', [x], 'float32', { attrs: { alpha: { float: alpha } } });
    }
    case 'prelu': {
      const alpha = inputs['preluActivationWeights'];
      if (alpha === undefined) return undefined;
      const negative = elementwise(g, 'Less', [x, plain(g.scalar(0))], 'bool');
      return elementwise(g, 'Where', [negative, elementwise(g, 'Mul', [x, alpha], 'float32'), x], 'float32');
    }
    default:
      return undefined;
  }
}
