/** Kinds of layers, for the eye: what each is drawn as, and the words of the key. */
export const kinds = {
  weights: { label: 'Weights', token: '--series-1' },
  norm: { label: 'Normalisation', token: '--series-2' },
  activation: { label: 'Activation', token: '--series-3' },
  pooling: { label: 'Pooling', token: '--series-6' },
  joining: { label: 'Adds or joins', token: '--series-4' },
  other: { label: 'Other', token: '--ink-3' },
  end: { label: 'Input, output', token: '--ink' },
} as const;
export type Kind = keyof typeof kinds;

const byOp: readonly (readonly [Kind, RegExp])[] = [
  ['end', /^(Input|Output)$/],
  ['weights', /^(Conv2d|ConvTranspose|Dense|MatMul)/i],
  ['norm', /Norm|^LRN$/i],
  ['pooling', /Pool|^Reduce/i],
  ['joining', /^(Add|Concat|Mul|Sub|Div|Max|Min)$/i],
  [
    'activation',
    /^(Relu|LeakyRelu|PRelu|Elu|Selu|Gelu|Silu|Mish|Sigmoid|HardSigmoid|HardSwish|Tanh|Softmax|LogSoftmax|Softplus|Softsign|Clip|Erf)$/i,
  ],
];

/** What kind of layer an op is. */
export function kindOf(op: string): Kind {
  return byOp.find(([, pattern]) => pattern.test(op))?.[0] ?? 'other';
}
