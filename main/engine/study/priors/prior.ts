import type { Random } from '../../base/random.ts';
import { Critic } from './critic.ts';

/** Where fitting a prior stands: plain JSON. */
export interface PriorState {
  /** Of every group (w1, b1, w2, b2, w3, b3): the standard deviation is softplus of it. */
  readonly rho: readonly number[];
  /** RMSprop's mean squares. */
  readonly squares: readonly number[];
  /** The distance at every step so far. */
  readonly distances: readonly number[];
}

const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
/** softplus of it is 1. */
const ONE = Math.log(Math.E - 1);

/** The fixed prior, N(0, 1/inputs) for weights and N(0, 1) for biases: where fitting begins. */
export const fixedPrior: PriorState = {
  rho: [ONE, ONE, ONE, ONE, ONE, ONE],
  squares: [0, 0, 0, 0, 0, 0],
  distances: [],
};

/** The six standard deviations, of weights times the square root of what a neuron reads. */
export const spreadOf = ({ rho }: Pick<PriorState, 'rho'>): number[] => rho.map(softplus);

/** A model whose parameters come in groups with one standard deviation each. */
interface PriorModel {
  readonly inputs: number;
  readonly size: number;
  groups(): Uint8Array;
  deviations(spread: readonly number[]): Float64Array;
  draw(deviations: Float64Array, random: Random): Float64Array;
  values(p: Float64Array, x: Float64Array, out: Float64Array): void;
  addGradients(p: Float64Array, scales: Float64Array, gradient: Float64Array): void;
}

export interface FitOptions {
  readonly network: PriorModel;
  /** A function of the process, by its values at the places. */
  readonly target: (random: Random) => Float64Array;
  /** Places at which functions are compared, [count, inputs]. */
  readonly places: Float64Array;
  /** Functions in a bag. */
  readonly bag: number;
  /** Steps of the critic for every step of the prior; every one sees fresh functions. */
  readonly inner: number;
  /** On slopes above one. */
  readonly penalty: number;
  readonly criticHidden: number;
  readonly criticLr: number;
  readonly lr: number;
}

/** Takes the prior some steps towards the Gaussian process, by the Wasserstein distance that a critic measures. */
export async function fitPrior(
  options: FitOptions,
  from: PriorState,
  steps: number,
  random: (label: string) => Random,
  gate: (fraction: number) => Promise<void>,
): Promise<PriorState> {
  const { network, target, places, bag, inner, penalty, criticHidden, criticLr, lr } = options;
  const count = places.length / network.inputs;
  const rho = [...from.rho];
  const squares = [...from.squares];
  const distances = [...from.distances];
  const groups = network.groups();
  const valuesOf = (p: Float64Array) => {
    const values = new Float64Array(count);
    network.values(p, places, values);
    return values;
  };
  for (let outer = 0; outer < steps; outer++) {
    const at = distances.length;
    const source = random(`prior/${at}`);
    const deviations = network.deviations(rho.map(softplus));
    const critic = new Critic(count, criticHidden, random(`critic/${at}`));
    const ofNetwork = () => Array.from({ length: bag }, () => valuesOf(network.draw(deviations, source)));
    const ofProcess = () => Array.from({ length: bag }, () => target(source));
    for (let i = 0; i < inner; i++) {
      critic.ascend(ofNetwork(), ofProcess(), penalty, criticLr, source);
      await gate((outer + i / inner) / steps);
    }
    const drawn = Array.from({ length: bag }, () => network.draw(deviations, source));
    const gradient = new Float64Array(network.size);
    const slope = new Float64Array(count);
    const byRho = new Float64Array(rho.length);
    const values = drawn.map(valuesOf);
    distances.push(critic.distance(values, ofProcess()));
    drawn.forEach((p, i) => {
      critic.slope(values[i] as Float64Array, slope, 0);
      gradient.fill(0);
      valuesOf(p);
      network.addGradients(p, slope, gradient);
      // p = softplus(rho) times what was drawn, so that dp / drho = p sigmoid(rho) / softplus(rho).
      for (let j = 0; j < gradient.length; j++) {
        const g = groups[j] as number;
        byRho[g] = (byRho[g] as number) + ((gradient[j] as number) * (p[j] as number)) / bag;
      }
    });
    for (let g = 0; g < rho.length; g++) {
      const value = rho[g] as number;
      const step = ((byRho[g] as number) * sigmoid(value)) / softplus(value);
      squares[g] = 0.99 * (squares[g] as number) + 0.01 * step * step;
      rho[g] = value - (lr * step) / (Math.sqrt(squares[g] as number) + 1e-8);
    }
  }
  return { rho, squares, distances };
}
