import type { Random } from '../../base/random.ts';
import { eigenvalues, gram, largestEigenvalue, product } from '../frame/linear.ts';
import type { Activation } from './activations.ts';

/**
 * A deep inverse prior with two layers (Buskulic, Quéau and Fadili 2023, arXiv 2303.11265): x = V phi(W u) / sqrt(k) for a fixed random u of length 1
 * is fitted to y = A x by gradient descent on W alone. The gradient of a row of W is a number times u, so that what happens to W is
 * told by h = W u, and |W - W0| = |h - h0|; where a mask keeps some of W, a row's h moves by the share q of u^2 that it kept.
 */
export interface Problem {
  /** Measurements, unknowns, neurons. */
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** The forward operator, [m, n]. */
  readonly a: Float64Array;
  /** Fixed second layer, [n, k], divided by sqrt(k). */
  readonly v: Float64Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** First answers of the neurons, before the activation. */
  readonly h: Float64Array;
  /** How far each neuron's answer moves by its gradient, 1 where nothing of its row is pruned. */
  readonly q: Float64Array;
}

/**
 * A random problem: A normal over sqrt(m), x normal, V uniform with variance one, W normal.
 * @param density the probability with which a weight of W is kept
 */
export function drawProblem(
  { m, n, k, density = 1 }: { m: number; n: number; k: number; density?: number },
  random: (label: string) => Random,
): Problem {
  const normal = (label: string, count: number, scale = 1) => {
    const source = random(label);
    return Float64Array.from({ length: count }, () => scale * source.normal());
  };
  const a = normal('operator', m * n, 1 / Math.sqrt(m));
  const x = normal('signal', n);
  return { m, n, k, a, x, y: product(a, x, m, n, 1), ...drawNetwork({ n, k, density }, random) };
}

/** The network alone: V, the first answers of its neurons, and how far they move. */
export function drawNetwork(
  { n, k, density = 1 }: { n: number; k: number; density?: number },
  random: (label: string) => Random,
): Pick<Problem, 'v' | 'h' | 'q'> {
  const uniform = random('second layer');
  const v = Float64Array.from(
    { length: n * k },
    () => ((2 * uniform.float() - 1) * Math.sqrt(3)) / Math.sqrt(k),
  );
  const source = random('input');
  const u = Float64Array.from({ length: n }, () => source.normal());
  const length = Math.hypot(...u);
  const [weights, mask] = [random('first layer'), random('mask')];
  const [h, q] = [new Float64Array(k), new Float64Array(k)];
  for (let r = 0; r < k; r++) {
    for (let j = 0; j < n; j++) {
      const unit = (u[j] as number) / length;
      const weight = weights.normal();
      if (density < 1 && mask.float() >= density) continue;
      h[r] = (h[r] as number) + weight * unit;
      q[r] = (q[r] as number) + unit * unit;
    }
  }
  return { v, h, q };
}

/** Where a descent stands. */
interface Moment {
  readonly step: number;
  /** Step size times steps: the time of the gradient flow. */
  readonly time: number;
  /** Half the squared residual. */
  readonly loss: number;
  /** |x_t - x|. */
  readonly error: number;
}

export interface Descent {
  readonly success: boolean;
  readonly steps: number;
  readonly loss: number;
  readonly error: number;
  /** Smallest eigenvalue of J J^T at the start, and the smallest that was seen. */
  readonly first: number;
  readonly least: number;
  /** |W - W0|. */
  readonly moved: number;
  /** Whether the loss fell at every step. */
  readonly fell: boolean;
  /** Largest ratio of the loss to loss(0) exp(-first t), while the least eigenvalue was at least half the first. */
  readonly overBound: number;
  readonly course: readonly Moment[];
  /** What the network makes of its input at the end. */
  readonly made: Float64Array;
}

export interface DescentOptions {
  readonly activation: Activation;
  readonly maxSteps: number;
  /** Ends at this loss. */
  readonly stopAt: number;
  /** The kernel is looked at every so many steps; never where it is 0. */
  readonly kernelEvery: number;
  readonly gate: (fraction: number) => Promise<void>;
}

/** Gradient descent with the step 0.5 / |J|^2 of its beginning. */
export async function descend(problem: Problem, options: DescentOptions): Promise<Descent> {
  const { m, n, k, a, v, x, y, q } = problem;
  const { activation, maxSteps, stopAt, kernelEvery, gate } = options;
  const { phi, slope } = activation;
  // What the measurements see of each neuron: A V, [m, k].
  const b = product(a, v, m, n, k);
  const h = problem.h.slice();
  const [hidden, slopes, residual, pull] = [
    new Float64Array(k),
    new Float64Array(k),
    new Float64Array(m),
    new Float64Array(k),
  ];
  const kernel = () =>
    gram(
      b,
      m,
      k,
      slopes.map((value, r) => value * value * (q[r] as number)),
    );
  const forward = (): number => {
    for (let r = 0; r < k; r++) {
      hidden[r] = phi(h[r] as number);
      slopes[r] = slope(h[r] as number);
    }
    let loss = 0;
    for (let i = 0; i < m; i++) {
      let sum = -(y[i] as number);
      const row = i * k;
      for (let r = 0; r < k; r++) sum += (b[row + r] as number) * (hidden[r] as number);
      residual[i] = sum;
      loss += 0.5 * sum * sum;
    }
    return loss;
  };
  const errorNow = (): number => {
    const made = product(v, hidden, n, k, 1);
    return Math.hypot(...made.map((value, i) => value - (x[i] as number)));
  };
  let loss = forward();
  const start = loss;
  const begin = kernel();
  const spectrum = kernelEvery === 0 ? undefined : eigenvalues(begin, m);
  const size = 0.5 / (spectrum?.at(-1) ?? largestEigenvalue(begin, m));
  const first = spectrum?.[0] ?? 0;
  let [least, fell, overBound, step] = [first, true, 0, 0];
  // The bound is of the time for which the kernel is known to have kept half of its least eigenvalue.
  let sinceKernel = 0;
  const course: Moment[] = [];
  const note = () => course.push({ step, time: step * size, loss, error: errorNow() });
  note();
  // On a grid of times that is even on a logarithmic scale.
  let next = 1;
  while (loss > stopAt && step < maxSteps) {
    pull.fill(0);
    for (let i = 0; i < m; i++) {
      const value = residual[i] as number;
      const row = i * k;
      for (let r = 0; r < k; r++) pull[r] = (pull[r] as number) + value * (b[row + r] as number);
    }
    for (let r = 0; r < k; r++)
      h[r] = (h[r] as number) - size * (pull[r] as number) * (slopes[r] as number) * (q[r] as number);
    step++;
    const now = forward();
    if (now > loss) fell = false;
    loss = now;
    if (kernelEvery > 0) {
      sinceKernel = Math.max(sinceKernel, loss / (start * Math.exp(-first * step * size)));
      if (step % kernelEvery === 0) {
        least = Math.min(least, eigenvalues(kernel(), m)[0] ?? 0);
        if (least >= first / 2) overBound = Math.max(overBound, sinceKernel);
        sinceKernel = 0;
      }
    }
    if (step >= next) {
      note();
      next = Math.max(step + 1, Math.ceil(step * 1.12));
    }
    if (step % 64 === 0) await gate(step / maxSteps);
  }
  if (course.at(-1)?.step !== step) note();
  const moved = Math.sqrt(
    h.reduce((sum, value, r) => {
      const change = value - (problem.h[r] as number);
      const share = q[r] as number;
      return sum + (share === 0 ? 0 : (change * change) / share);
    }, 0),
  );
  return {
    success: loss <= stopAt,
    steps: step,
    loss,
    error: errorNow(),
    first,
    least,
    moved,
    fell,
    overBound,
    course,
    made: product(v, hidden, n, k, 1),
  };
}
