/** Operators that take weights as whole numbers: positions of the weights and of their zero point among the inputs. */
const WEIGHTS: Readonly<Record<string, readonly [weights: number, zeroPoint: number]>> = {
  QLinearConv: [3, 5],
  QLinearMatMul: [3, 5],
  ConvInteger: [1, 3],
  MatMulInteger: [1, 3],
  QGemm: [3, 5],
  MatMulIntegerToFloat: [1, 5],
  DynamicQuantizeMatMul: [1, 3],
};
/** Operators that make whole numbers of others, or others of them. */
const CONVERSIONS = new Set(['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear']);

interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
}

/** Whether a graph of these operators computes in whole numbers, or may. */
export function isQuantized(ops: Readonly<Record<string, number>>): boolean {
  return Object.keys(ops).some((op) => CONVERSIONS.has(op) || Object.hasOwn(WEIGHTS, op));
}

/** The value that an operator multiplies with as whole numbers; undefined for operators that do not. */
export function wholeWeights({ op, inputs }: Node): string | undefined {
  const places = WEIGHTS[op];
  return places && inputs[places[0]];
}

/** Tensor of whole numbers -> the tensor that holds its zero point. */
export function zeroPoints(nodes: readonly Node[]): Map<string, string> {
  return new Map(
    nodes.flatMap(({ op, inputs }) => {
      const places = op === 'DequantizeLinear' ? ([0, 2] as const) : WEIGHTS[op];
      const [whole = '', zero = ''] = (places ?? []).map((place) => inputs[place]);
      return whole === '' || zero === '' ? [] : [[whole, zero] as const];
    }),
  );
}
