import type { Random } from '../../base/random.ts';

/**
 * Learning a feature or memorising noise (after Yang, Liang, Guo, Wu and Wang 2023, arXiv 2301.00335): every sample has two patches, one
 * with its class's feature, one with Gaussian noise; a two-layer network with fixed second layer learns from few of them.
 */
export interface Model {
  readonly classes: number;
  /** Neurons a class. */
  readonly neurons: number;
  /** Length of a patch. */
  readonly dimension: number;
  readonly samples: number;
  readonly testSamples: number;
  /** Length of a feature. */
  readonly signal: number;
  /** Standard deviation of the noise in every coordinate. */
  readonly noise: number;
  /** Standard deviation of the first weights. */
  readonly init: number;
  readonly lr: number;
  /** Training ends at this mean loss. */
  readonly stopAt: number;
  readonly maxIterations: number;
}

export interface Outcome {
  readonly loss: number;
  readonly accuracy: number;
  readonly iterations: number;
  /** Classes whose feature no neuron of theirs can see. */
  readonly lost: number;
  /** Mean over the neurons of the largest answer to a feature. */
  readonly featureAlignment: number;
  /** Mean over the neurons of the largest answer to a training sample's noise. */
  readonly noiseAlignment: number;
}

/** Labels and noise patches; noise is stored coordinate by coordinate, [dimension, samples]. */
interface Sample {
  readonly labels: Uint8Array;
  readonly noise: Float64Array;
  readonly size: number;
}

/** Weights that were kept, neuron by neuron: neuron j has coordinates[starts[j] .. starts[j + 1]). */
interface Weights {
  readonly starts: Int32Array;
  readonly coordinates: Int32Array;
  readonly values: Float64Array;
}

/** phi(z) = 0, z^2 / 2, z - 1 / 2 for z <= 0, < 1, >= 1: a rectifier whose slope is continuous. */
const phi = (z: number): number => (z <= 0 ? 0 : z < 1 ? 0.5 * z * z : z - 0.5);
const slope = (z: number): number => (z <= 0 ? 0 : z < 1 ? z : 1);

/** The share of weights above which noise is learned faster than the feature, by the first, quadratic phase of training. */
export function crossover({ classes, samples, signal, noise, dimension }: Model): number {
  return ((samples / classes) * signal ** 2) / (dimension * noise ** 2);
}

/** The probability that no class has lost its feature: (1 - (1 - p)^m)^K. */
export function noneLost(p: number, { neurons, classes }: Pick<Model, 'neurons' | 'classes'>): number {
  return (1 - (1 - p) ** neurons) ** classes;
}

/**
 * Draws data, weights and a random mask that keeps each weight with probability `keep`, and trains by gradient descent on the mean
 * cross-entropy.
 */
export async function simulate(
  model: Model,
  keep: number,
  random: (label: string) => Random,
  gate: (fraction: number) => Promise<void>,
): Promise<Outcome> {
  const train = draw(model, model.samples, random('train'));
  const weights = masked(model, keep, random('mask'), random('weights'));
  const network = new TwoLayer(model, weights, model.samples);
  let loss = network.forward(train);
  let iterations = 0;
  while (loss > model.stopAt && iterations < model.maxIterations) {
    network.descend(train, model.lr);
    iterations++;
    loss = network.forward(train);
    if (iterations % 8 === 0) await gate(iterations / model.maxIterations);
  }
  const test = draw(model, model.testSamples, random('test'));
  const judge = new TwoLayer(model, weights, model.testSamples);
  judge.forward(test);
  return {
    loss,
    iterations,
    accuracy: judge.accuracy(test),
    lost: lostClasses(model, weights),
    ...network.alignment(),
  };
}

function draw({ classes, dimension, noise }: Model, size: number, random: Random): Sample {
  const labels = Uint8Array.from({ length: size }, () => random.int(classes));
  const values = Float64Array.from({ length: size * dimension }, () => noise * random.normal());
  return { labels, noise: values, size };
}

function masked(
  { classes, neurons, dimension, init }: Model,
  keep: number,
  mask: Random,
  first: Random,
): Weights {
  const starts = new Int32Array(classes * neurons + 1);
  const coordinates: number[] = [];
  const values: number[] = [];
  for (let j = 0; j < classes * neurons; j++) {
    for (let c = 0; c < dimension; c++) {
      const value = init * first.normal();
      if (keep < 1 && mask.float() >= keep) continue;
      coordinates.push(c);
      values.push(value);
    }
    starts[j + 1] = coordinates.length;
  }
  return { starts, coordinates: Int32Array.from(coordinates), values: Float64Array.from(values) };
}

function lostClasses({ classes, neurons }: Model, { starts, coordinates }: Weights): number {
  let lost = 0;
  for (let k = 0; k < classes; k++) {
    const own = coordinates.subarray(starts[k * neurons], starts[(k + 1) * neurons]);
    if (!own.includes(k)) lost++;
  }
  return lost;
}

/** The network with room for the answers to a fixed number of samples. */
class TwoLayer {
  private readonly model: Model;
  private readonly weights: Weights;
  private readonly size: number;
  /** Answers of every neuron to every noise patch, [neuron, sample]. */
  private readonly noiseZ: Float64Array;
  /** Answers to every class's feature, [neuron, class]. */
  private readonly featureZ: Float64Array;
  /** Logits, then probabilities, [class, sample]. */
  private readonly outputs: Float64Array;
  private readonly delta: Float64Array;

  constructor(model: Model, weights: Weights, size: number) {
    const count = model.classes * model.neurons;
    this.model = model;
    this.weights = weights;
    this.size = size;
    this.noiseZ = new Float64Array(count * size);
    this.featureZ = new Float64Array(count * model.classes);
    this.outputs = new Float64Array(model.classes * size);
    this.delta = new Float64Array(size);
  }

  /** @returns the mean cross-entropy; the outputs are probabilities afterwards. */
  forward({ labels, noise }: Sample): number {
    const { size, noiseZ, featureZ, outputs } = this;
    const { classes, neurons, signal } = this.model;
    const { starts, coordinates, values } = this.weights;
    outputs.fill(0);
    featureZ.fill(0);
    noiseZ.fill(0);
    for (let j = 0; j < classes * neurons; j++) {
      // A neuron without weights answers zero to everything, and learns nothing.
      if (starts[j] === starts[j + 1]) continue;
      const out = Math.floor(j / neurons) * size;
      const base = j * size;
      for (let e = starts[j] as number; e < (starts[j + 1] as number); e++) {
        const c = coordinates[e] as number;
        const w = values[e] as number;
        if (c < classes) featureZ[j * classes + c] = signal * w;
        const row = c * size;
        for (let i = 0; i < size; i++)
          noiseZ[base + i] = (noiseZ[base + i] as number) + w * (noise[row + i] as number);
      }
      for (let i = 0; i < size; i++) {
        const feature = featureZ[j * classes + (labels[i] as number)] as number;
        outputs[out + i] = (outputs[out + i] as number) + phi(feature) + phi(noiseZ[base + i] as number);
      }
    }
    let loss = 0;
    for (let i = 0; i < size; i++) {
      let top = -Infinity;
      for (let k = 0; k < classes; k++) top = Math.max(top, outputs[k * size + i] as number);
      let sum = 0;
      for (let k = 0; k < classes; k++) sum += Math.exp((outputs[k * size + i] as number) - top);
      const own = outputs[(labels[i] as number) * size + i] as number;
      loss += Math.log(sum) + top - own;
      for (let k = 0; k < classes; k++)
        outputs[k * size + i] = Math.exp((outputs[k * size + i] as number) - top) / sum;
    }
    return loss / size;
  }

  /** One step of gradient descent from the answers that `forward` left. */
  descend({ labels, noise }: Sample, lr: number): void {
    const { size, noiseZ, featureZ, outputs, delta } = this;
    const { classes, neurons, signal } = this.model;
    const { starts, coordinates, values } = this.weights;
    const rate = lr / size;
    const featureGradient = new Float64Array(classes);
    for (let j = 0; j < classes * neurons; j++) {
      if (starts[j] === starts[j + 1]) continue;
      const k = Math.floor(j / neurons);
      featureGradient.fill(0);
      for (let i = 0; i < size; i++) {
        const label = labels[i] as number;
        const error = (outputs[k * size + i] as number) - (label === k ? 1 : 0);
        delta[i] = error * slope(noiseZ[j * size + i] as number);
        featureGradient[label] =
          (featureGradient[label] as number) +
          error * signal * slope(featureZ[j * classes + label] as number);
      }
      for (let e = starts[j] as number; e < (starts[j + 1] as number); e++) {
        const c = coordinates[e] as number;
        const row = c * size;
        let gradient = c < classes ? (featureGradient[c] as number) : 0;
        for (let i = 0; i < size; i++) gradient += (delta[i] as number) * (noise[row + i] as number);
        values[e] = (values[e] as number) - rate * gradient;
      }
    }
  }

  /** Of the samples that `forward` saw; ties, which a network without any answer has, count by chance. */
  accuracy({ labels }: Sample): number {
    const { size, outputs } = this;
    const { classes } = this.model;
    let right = 0;
    for (let i = 0; i < size; i++) {
      let [top, ties] = [-Infinity, 0];
      for (let k = 0; k < classes; k++) {
        const p = outputs[k * size + i] as number;
        if (p > top) [top, ties] = [p, 1];
        else if (p === top) ties++;
      }
      if (outputs[(labels[i] as number) * size + i] === top) right += 1 / ties;
    }
    return right / size;
  }

  alignment(): Pick<Outcome, 'featureAlignment' | 'noiseAlignment'> {
    const count = this.model.classes * this.model.neurons;
    const meanOfTops = (values: Float64Array, width: number) => {
      let sum = 0;
      for (let j = 0; j < count; j++)
        sum += values.subarray(j * width, (j + 1) * width).reduce((a, b) => Math.max(a, b));
      return sum / count;
    };
    return {
      featureAlignment: meanOfTops(this.featureZ, this.model.classes),
      noiseAlignment: meanOfTops(this.noiseZ, this.size),
    };
  }
}
