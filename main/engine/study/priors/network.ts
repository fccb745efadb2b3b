import type { Random } from '../../base/random.ts';

/** A tanh network with two hidden layers and one output, its parameters in one array: w1 [h, d], b1, w2 [h, h], b2, w3 [h], b3. */
export class SmallNetwork {
  readonly inputs: number;
  readonly hidden: number;
  readonly size: number;
  /** Where weights and biases of the three layers end: w1, b1, w2, b2, w3, b3. */
  readonly ends: readonly number[];
  private readonly a1: Float64Array;
  private readonly a2: Float64Array;
  private readonly d1: Float64Array;

  constructor(inputs: number, hidden: number) {
    this.inputs = inputs;
    this.hidden = hidden;
    const lengths = [hidden * inputs, hidden, hidden * hidden, hidden, hidden, 1];
    let sum = 0;
    this.ends = lengths.map((length) => (sum += length));
    this.size = sum;
    this.a1 = new Float64Array(hidden);
    this.a2 = new Float64Array(hidden);
    this.d1 = new Float64Array(hidden);
  }

  /** The group (0 w1, 1 b1, ... 5 b3) of every parameter. */
  groups(): Uint8Array {
    const groups = new Uint8Array(this.size);
    this.ends.forEach((end, i) => groups.fill(i, this.ends[i - 1] ?? 0, end));
    return groups;
  }

  /**
   * Standard deviations of the parameters for the six learned ones: of weights over the square root of what a neuron reads.
   */
  deviations(spread: readonly number[]): Float64Array {
    const fans = [this.inputs, 1, this.hidden, 1, this.hidden, 1];
    return Float64Array.from(this.groups(), (g) => (spread[g] ?? 0) / Math.sqrt(fans[g] ?? 1));
  }

  /** The output at one place x, which starts at `at`. */
  value(p: Float64Array, x: Float64Array, at: number): number {
    const { inputs, hidden, a1, a2, ends } = this;
    const [w2, w3] = [ends[1] as number, ends[3] as number];
    const [b1, b2, b3] = [ends[0] as number, ends[2] as number, ends[4] as number];
    for (let i = 0; i < hidden; i++) {
      let z = p[b1 + i] as number;
      for (let j = 0; j < inputs; j++) z += (p[i * inputs + j] as number) * (x[at + j] as number);
      a1[i] = Math.tanh(z);
    }
    let out = p[b3] as number;
    for (let i = 0; i < hidden; i++) {
      let z = p[b2 + i] as number;
      const row = w2 + i * hidden;
      for (let j = 0; j < hidden; j++) z += (p[row + j] as number) * (a1[j] as number);
      const a = Math.tanh(z);
      a2[i] = a;
      out += (p[w3 + i] as number) * a;
    }
    return out;
  }

  /** Adds `scale` times the gradient of the last `value` by the parameters. */
  addGradient(p: Float64Array, x: Float64Array, at: number, scale: number, gradient: Float64Array): void {
    const { inputs, hidden, a1, a2, d1, ends } = this;
    const [w2, w3] = [ends[1] as number, ends[3] as number];
    const [b1, b2, b3] = [ends[0] as number, ends[2] as number, ends[4] as number];
    d1.fill(0);
    gradient[b3] = (gradient[b3] as number) + scale;
    for (let i = 0; i < hidden; i++) {
      const a = a2[i] as number;
      gradient[w3 + i] = (gradient[w3 + i] as number) + scale * a;
      const d = scale * (p[w3 + i] as number) * (1 - a * a);
      gradient[b2 + i] = (gradient[b2 + i] as number) + d;
      const row = w2 + i * hidden;
      for (let j = 0; j < hidden; j++) {
        gradient[row + j] = (gradient[row + j] as number) + d * (a1[j] as number);
        d1[j] = (d1[j] as number) + d * (p[row + j] as number);
      }
    }
    for (let i = 0; i < hidden; i++) {
      const a = a1[i] as number;
      const d = (d1[i] as number) * (1 - a * a);
      gradient[b1 + i] = (gradient[b1 + i] as number) + d;
      for (let j = 0; j < inputs; j++)
        gradient[i * inputs + j] = (gradient[i * inputs + j] as number) + d * (x[at + j] as number);
    }
  }

  /** Parameters drawn with these standard deviations. */
  draw(deviations: Float64Array, random: Random): Float64Array {
    return deviations.map((deviation) => deviation * random.normal());
  }
}
