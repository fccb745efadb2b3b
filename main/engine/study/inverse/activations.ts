/** A smooth activation and its slope. */
export interface Activation {
  readonly phi: (z: number) => number;
  readonly slope: (z: number) => number;
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

export const activationNames = ['sigmoid', 'tanh', 'softplus', 'identity'] as const;
export type ActivationName = (typeof activationNames)[number];

export const activations: { readonly [N in ActivationName]: Activation } = {
  sigmoid: { phi: sigmoid, slope: (z) => sigmoid(z) * (1 - sigmoid(z)) },
  tanh: { phi: Math.tanh, slope: (z) => 1 - Math.tanh(z) ** 2 },
  softplus: { phi: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), slope: sigmoid },
  identity: { phi: (z) => z, slope: () => 1 },
};

/** E f(Z) for a standard normal Z, by the trapezoidal rule, which is exact to rounding for smooth f. */
function normalMean(f: (z: number) => number): number {
  const [reach, count] = [12, 4800];
  const h = (2 * reach) / count;
  let sum = 0;
  for (let i = 0; i <= count; i++) {
    const z = -reach + i * h;
    sum += f(z) * Math.exp(-0.5 * z * z);
  }
  return (sum * h) / Math.sqrt(2 * Math.PI);
}

/**
 * The mean rate of a network whose first layer keeps each weight with probability p: E J J^T = rate * A A^T, with
 * rate = p E phi'(sqrt(p) Z)^2; of the whole network, p = 1, it is E phi'(Z)^2.
 */
export function meanRate({ slope }: Activation, p = 1): number {
  return p * normalMean((z) => slope(Math.sqrt(p) * z) ** 2);
}
