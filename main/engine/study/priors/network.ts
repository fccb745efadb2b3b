import type { Random } from '../../base/random.ts';

/** Places that are computed side by side, so that no sum waits for the one before it. */
const LANES = 4;

/** A tanh network with two hidden layers and one output, its parameters in one array: w1 [h, d], b1, w2 [h, h], b2, w3 [h], b3. */
export class SmallNetwork {
  readonly inputs: number;
  readonly hidden: number;
  readonly size: number;
  /** Where weights and biases of the three layers end: w1, b1, w2, b2, w3, b3. */
  readonly ends: readonly number[];
  /** Inputs, then hidden values of both layers, [block, unit, lane] of the places that `values` was given last. */
  private x: Float64Array = new Float64Array(0);
  private a1: Float64Array = new Float64Array(0);
  private a2: Float64Array = new Float64Array(0);
  /** Slopes of one block by the first layer's values, [unit, lane]. */
  private readonly d1: Float64Array;

  constructor(inputs: number, hidden: number) {
    this.inputs = inputs;
    this.hidden = hidden;
    const lengths = [hidden * inputs, hidden, hidden * hidden, hidden, hidden, 1];
    let sum = 0;
    this.ends = lengths.map((length) => (sum += length));
    this.size = sum;
    this.d1 = new Float64Array(hidden * LANES);
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

  /**
   * The outputs at some places. Four are computed side by side, each summed up in the order in which it would be alone.
   * @param x places, [count, inputs]
   * @param out gets one number a place
   */
  values(p: Float64Array, x: Float64Array, out: Float64Array): void {
    const { inputs, hidden, ends } = this;
    const count = x.length / inputs;
    this.gather(x, count);
    const { x: xs, a1, a2 } = this;
    const [b1, w2, b2, w3, b3] = ends as [number, number, number, number, number];
    for (let first = 0; first < count; first += LANES) {
      const [from, block] = [first * inputs, first * hidden];
      for (let i = 0; i < hidden; i++) {
        layer(p, i * inputs, inputs, p[b1 + i] as number, xs, from, a1, block + i * LANES);
      }
      const own = [p[b3] as number, p[b3] as number, p[b3] as number, p[b3] as number];
      for (let i = 0; i < hidden; i++) {
        const at = block + i * LANES;
        layer(p, w2 + i * hidden, hidden, p[b2 + i] as number, a1, block, a2, at);
        const w = p[w3 + i] as number;
        for (let lane = 0; lane < LANES; lane++)
          own[lane] = (own[lane] as number) + w * (a2[at + lane] as number);
      }
      for (let lane = 0; lane < LANES && first + lane < count; lane++)
        out[first + lane] = own[lane] as number;
    }
  }

  /**
   * Adds the gradients of the last `values` by the parameters, each times its scale.
   * @param scales one a place
   */
  addGradients(p: Float64Array, scales: Float64Array, gradient: Float64Array): void {
    const { inputs, hidden, ends, x, a1, a2, d1 } = this;
    const [b1, w2, b2, w3, b3] = ends as [number, number, number, number, number];
    const d = new Float64Array(LANES);
    for (let first = 0; first < scales.length; first += LANES) {
      const [from, block] = [first * inputs, first * hidden];
      d1.fill(0);
      for (let lane = 0; lane < LANES; lane++) add(gradient, b3, scales[first + lane] ?? 0);
      for (let i = 0; i < hidden; i++) {
        for (let lane = 0; lane < LANES; lane++) {
          const a = a2[block + i * LANES + lane] as number;
          const scale = scales[first + lane] ?? 0;
          add(gradient, w3 + i, scale * a);
          const own = scale * (p[w3 + i] as number) * (1 - a * a);
          d[lane] = own;
          add(gradient, b2 + i, own);
        }
        const row = w2 + i * hidden;
        outer(d, a1, block, hidden, gradient, row);
        // No destructuring: of a typed array it goes through an iterator.
        const [e0, e1, e2, e3] = [d[0] as number, d[1] as number, d[2] as number, d[3] as number];
        for (let j = 0, at = 0; j < hidden; j++, at += LANES) {
          const w = p[row + j] as number;
          d1[at] = (d1[at] as number) + e0 * w;
          d1[at + 1] = (d1[at + 1] as number) + e1 * w;
          d1[at + 2] = (d1[at + 2] as number) + e2 * w;
          d1[at + 3] = (d1[at + 3] as number) + e3 * w;
        }
      }
      for (let i = 0; i < hidden; i++) {
        for (let lane = 0; lane < LANES; lane++) {
          const a = a1[block + i * LANES + lane] as number;
          const own = (d1[i * LANES + lane] as number) * (1 - a * a);
          d[lane] = own;
          add(gradient, b1 + i, own);
        }
        outer(d, x, from, inputs, gradient, i * inputs);
      }
    }
  }

  /** Puts places side by side, four in a block; the last one stands for those that its block lacks. */
  private gather(x: Float64Array, count: number): void {
    const { inputs, hidden } = this;
    const blocks = Math.ceil(count / LANES);
    if (this.a1.length < blocks * LANES * hidden) {
      this.x = new Float64Array(blocks * LANES * inputs);
      this.a1 = new Float64Array(blocks * LANES * hidden);
      this.a2 = new Float64Array(blocks * LANES * hidden);
    }
    for (let place = 0; place < blocks * LANES; place++) {
      const lane = place % LANES;
      const [from, to] = [Math.min(place, count - 1) * inputs, (place - lane) * inputs + lane];
      for (let j = 0; j < inputs; j++) this.x[to + j * LANES] = x[from + j] as number;
    }
  }

  /** Parameters drawn with these standard deviations. */
  draw(deviations: Float64Array, random: Random): Float64Array {
    return deviations.map((deviation) => deviation * random.normal());
  }
}

/** tanh(bias + w x) of one neuron at four places. @param from where the weights begin @param to where the values go */
function layer(
  p: Float64Array,
  from: number,
  count: number,
  bias: number,
  x: Float64Array,
  at: number,
  out: Float64Array,
  to: number,
): void {
  let [z0, z1, z2, z3] = [bias, bias, bias, bias];
  for (let j = 0, c = at; j < count; j++, c += LANES) {
    const w = p[from + j] as number;
    z0 += w * (x[c] as number);
    z1 += w * (x[c + 1] as number);
    z2 += w * (x[c + 2] as number);
    z3 += w * (x[c + 3] as number);
  }
  out[to] = Math.tanh(z0);
  out[to + 1] = Math.tanh(z1);
  out[to + 2] = Math.tanh(z2);
  out[to + 3] = Math.tanh(z3);
}

/** Adds the products of a neuron's slopes and what it reads at four places to a row of the gradient. */
function outer(
  d: Float64Array,
  x: Float64Array,
  from: number,
  count: number,
  gradient: Float64Array,
  row: number,
): void {
  const [d0, d1, d2, d3] = [d[0] as number, d[1] as number, d[2] as number, d[3] as number];
  for (let j = 0, c = from; j < count; j++, c += LANES) {
    let g = gradient[row + j] as number;
    g += d0 * (x[c] as number);
    g += d1 * (x[c + 1] as number);
    g += d2 * (x[c + 2] as number);
    g += d3 * (x[c + 3] as number);
    gradient[row + j] = g;
  }
}

function add(values: Float64Array, at: number, by: number): void {
  values[at] = (values[at] as number) + by;
}
