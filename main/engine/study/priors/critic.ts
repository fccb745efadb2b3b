import type { Random } from '../../base/random.ts';

const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/**
 * The critic of a Wasserstein distance (Tran et al. 2022, arXiv 2011.12829): a network with two hidden softplus layers that is trained to tell
 * functions of the network from functions of the Gaussian process by their values at some places, its slope held to one.
 */
export class Critic {
  private readonly inputs: number;
  private readonly hidden: number;
  /** w1 [h, n], b1 [h], w2 [h, h], b2 [h], w3 [h], one after the other. */
  private readonly values: Float64Array;
  private readonly gradient: Float64Array;
  /** Adagrad's sums of squares. */
  private readonly squares: Float64Array;
  private readonly places: { w1: number; b1: number; w2: number; b2: number; w3: number };
  private readonly work: Float64Array[];

  constructor(inputs: number, hidden: number, random: Random) {
    this.inputs = inputs;
    this.hidden = hidden;
    const b1 = hidden * inputs;
    const w2 = b1 + hidden;
    const b2 = w2 + hidden * hidden;
    const w3 = b2 + hidden;
    this.places = { w1: 0, b1, w2, b2, w3 };
    const scales = [
      [b1, Math.sqrt(2 / (inputs + hidden))],
      [w2, 1],
      [b2, Math.sqrt(2 / (2 * hidden))],
      [w3, 1],
      [w3 + hidden, Math.sqrt(2 / (hidden + 1))],
    ] as const;
    this.values = new Float64Array(w3 + hidden);
    let at = 0;
    for (const [end, scale] of scales) for (; at < end; at++) this.values[at] = scale * random.normal();
    this.gradient = new Float64Array(this.values.length);
    this.squares = new Float64Array(this.values.length);
    this.work = Array.from({ length: 12 }, () => new Float64Array(hidden));
  }

  /** f(x); the layers' values are kept for what follows. */
  value(x: Float64Array): number {
    const { inputs, hidden, values, places } = this;
    const [z1, a1, z2, a2] = this.work as [Float64Array, Float64Array, Float64Array, Float64Array];
    let sum = 0;
    for (let i = 0; i < hidden; i++) {
      let z = values[places.b1 + i] as number;
      for (let j = 0; j < inputs; j++) z += (values[i * inputs + j] as number) * (x[j] as number);
      z1[i] = z;
      a1[i] = softplus(z);
    }
    for (let i = 0; i < hidden; i++) {
      let z = values[places.b2 + i] as number;
      const row = places.w2 + i * hidden;
      for (let j = 0; j < hidden; j++) z += (values[row + j] as number) * (a1[j] as number);
      z2[i] = z;
      a2[i] = softplus(z);
      sum += (values[places.w3 + i] as number) * (a2[i] as number);
    }
    return sum;
  }

  /** The gradient of f by its input at x; adds `scale` times that by its parameters to the gradient, where it is not 0. */
  slope(x: Float64Array, out: Float64Array, scale: number): void {
    this.value(x);
    const { inputs, hidden, values, places, gradient } = this;
    const [z1, a1, z2, a2, d1, d2] = this.work as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    out.fill(0);
    d1.fill(0);
    for (let i = 0; i < hidden; i++) {
      const d = (values[places.w3 + i] as number) * sigmoid(z2[i] as number);
      d2[i] = d;
      const row = places.w2 + i * hidden;
      for (let j = 0; j < hidden; j++) d1[j] = (d1[j] as number) + d * (values[row + j] as number);
    }
    for (let i = 0; i < hidden; i++) {
      const d = (d1[i] as number) * sigmoid(z1[i] as number);
      d1[i] = d;
      for (let j = 0; j < inputs; j++) out[j] = (out[j] as number) + d * (values[i * inputs + j] as number);
    }
    if (scale === 0) return;
    for (let i = 0; i < hidden; i++) {
      const [e1, e2] = [scale * (d1[i] as number), scale * (d2[i] as number)];
      add(gradient, places.w3 + i, scale * (a2[i] as number));
      add(gradient, places.b2 + i, e2);
      add(gradient, places.b1 + i, e1);
      const row = places.w2 + i * hidden;
      for (let j = 0; j < hidden; j++) add(gradient, row + j, e2 * (a1[j] as number));
      for (let j = 0; j < inputs; j++) add(gradient, i * inputs + j, e1 * (x[j] as number));
    }
  }

  /**
   * Adds the gradient, by the parameters, of the slope of f at x along a fixed direction v: what the penalty on the slope needs. One
   * forward pass of values and their changes along v, one backward.
   */
  private along(x: Float64Array, v: Float64Array): void {
    this.value(x);
    const { inputs, hidden, values, places, gradient } = this;
    const [z1, a1, z2, , , , t1, t2, u1, du1, da1] = this.work as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    for (let i = 0; i < hidden; i++) {
      let sum = 0;
      for (let j = 0; j < inputs; j++) sum += (values[i * inputs + j] as number) * (v[j] as number);
      t1[i] = sum;
      u1[i] = sigmoid(z1[i] as number) * sum;
    }
    du1.fill(0);
    da1.fill(0);
    for (let i = 0; i < hidden; i++) {
      const row = places.w2 + i * hidden;
      let sum = 0;
      for (let j = 0; j < hidden; j++) sum += (values[row + j] as number) * (u1[j] as number);
      t2[i] = sum;
      const s = sigmoid(z2[i] as number);
      const w = values[places.w3 + i] as number;
      add(gradient, places.w3 + i, s * sum);
      const dt = s * w;
      const dz = s * (1 - s) * sum * w;
      add(gradient, places.b2 + i, dz);
      for (let j = 0; j < hidden; j++) {
        add(gradient, row + j, dt * (u1[j] as number) + dz * (a1[j] as number));
        du1[j] = (du1[j] as number) + dt * (values[row + j] as number);
        da1[j] = (da1[j] as number) + dz * (values[row + j] as number);
      }
    }
    for (let i = 0; i < hidden; i++) {
      const s = sigmoid(z1[i] as number);
      const dt = s * (du1[i] as number);
      const dz = s * (1 - s) * (t1[i] as number) * (du1[i] as number) + s * (da1[i] as number);
      add(gradient, places.b1 + i, dz);
      for (let j = 0; j < inputs; j++)
        add(gradient, i * inputs + j, dt * (v[j] as number) + dz * (x[j] as number));
    }
  }

  /**
   * One step of Adagrad towards what tells the two bags apart best: mean f(first) - mean f(second), less the penalty on slopes
   * above one at places between the two.
   */
  ascend(
    first: readonly Float64Array[],
    second: readonly Float64Array[],
    penalty: number,
    lr: number,
    random: Random,
  ): void {
    const { inputs, values, gradient, squares } = this;
    gradient.fill(0);
    const slope = new Float64Array(inputs);
    const between = new Float64Array(inputs);
    first.forEach((a, i) => {
      const b = second[i] as Float64Array;
      this.slope(a, slope, 1 / first.length);
      this.slope(b, slope, -1 / first.length);
      const share = random.float();
      for (let j = 0; j < inputs; j++) between[j] = share * (a[j] as number) + (1 - share) * (b[j] as number);
      this.slope(between, slope, 0);
      const length = Math.hypot(...slope);
      if (length <= 1) return;
      const factor = (-2 * penalty * (length - 1)) / (length * first.length);
      for (let j = 0; j < inputs; j++) slope[j] = (slope[j] as number) * factor;
      this.along(between, slope.slice());
    });
    for (let i = 0; i < values.length; i++) {
      const g = gradient[i] as number;
      squares[i] = (squares[i] as number) + g * g;
      values[i] = (values[i] as number) + (lr * g) / (Math.sqrt(squares[i] as number) + 1e-10);
    }
  }

  /** Mean f(first) - mean f(second): the distance, once the critic is trained. */
  distance(first: readonly Float64Array[], second: readonly Float64Array[]): number {
    const mean = (bag: readonly Float64Array[]) =>
      bag.reduce((sum, x) => sum + this.value(x), 0) / bag.length;
    return mean(first) - mean(second);
  }
}

function add(values: Float64Array, at: number, by: number): void {
  values[at] = (values[at] as number) + by;
}
