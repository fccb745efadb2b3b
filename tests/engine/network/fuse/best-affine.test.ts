import { describe, expect, it } from 'vitest';
import { Random } from '../../../../main/engine/base/random.ts';
import { bestAffine, type Affine } from '../../../../main/engine/network/fuse/best-affine.ts';
import { MomentSums } from '../../../../main/engine/network/fuse/moments.ts';
import { problemWith } from '../../../support/problem.ts';

type Matrix = readonly (readonly number[])[];
type Vector = readonly number[];

const relu = (z: number) => Math.max(0, z);
const times = (w: Matrix, x: Vector, b: Vector): number[] =>
  w.map((row, i) => row.reduce((sum, value, j) => sum + value * (x[j] ?? 0), b[i] ?? 0));

/** Two affine layers with a function between them. */
interface Layers {
  readonly w1: Matrix;
  readonly b1: Vector;
  readonly w2: Matrix;
  readonly b2: Vector;
  readonly phi: (z: number) => number;
}

const second = ({ w1, b1, w2, b2, phi }: Layers, x: Vector) => times(w2, times(w1, x, b1).map(phi), b2);

async function fitted(layers: Layers, xs: readonly Vector[]): Promise<Affine> {
  const sums = new MomentSums(layers.w1[0]?.length ?? 0, layers.w2.length);
  for (const x of xs) sums.add(x, second(layers, x), 1);
  return bestAffine(sums.moments());
}

const rows = (values: Float64Array, width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, i) => [...values.subarray(i * width, (i + 1) * width)]);

/** What an affine map leaves of the second layer's output at each of some inputs. */
function residuals(layers: Layers, { weight, bias }: Affine, xs: readonly Vector[]): number[][] {
  const w = rows(weight, xs[0]?.length ?? 1);
  return xs.map((x) => {
    const fused = times(w, x, [...bias]);
    return second(layers, x).map((value, o) => value - (fused[o] ?? 0));
  });
}

const squares = (values: number[][]) =>
  values.flat().reduce((sum, value) => sum + value * value, 0) / values.length;

function drawn(outs: number, ins: number, label: string): number[][] {
  const random = Random.from(1, label);
  return Array.from({ length: outs }, () => Array.from({ length: ins }, () => random.normal()));
}

/** The worked example: three hidden units between two inputs and two outputs. */
const GOLDEN: Layers = {
  w1: [
    [1, -0.5],
    [0.25, 0.75],
    [-1, 0.5],
  ],
  b1: [0.2, -0.1, 0.3],
  w2: [
    [0.5, -1, 0.25],
    [1, 0.5, -0.75],
  ],
  b2: [0.1, -0.2],
  phi: relu,
};

const near = (found: ArrayLike<number>, wanted: readonly number[], digits: number) =>
  wanted.forEach((value, i) => expect(found[i]).toBeCloseTo(value, digits));

describe('the best affine map', () => {
  it('is the product of two layers with nothing between them', async () => {
    const layers: Layers = {
      w1: drawn(7, 5, 'w1'),
      b1: drawn(1, 7, 'b1')[0] ?? [],
      w2: drawn(3, 7, 'w2'),
      b2: drawn(1, 3, 'b2')[0] ?? [],
      phi: (z) => z,
    };
    const { weight, bias, rho } = await fitted(layers, drawn(600, 5, 'x'));
    const product = layers.w2.flatMap((row) =>
      Array.from({ length: 5 }, (_, j) => row.reduce((sum, v, h) => sum + v * (layers.w1[h]?.[j] ?? 0), 0)),
    );
    near(weight, product, 4);
    near(bias, times(layers.w2, layers.b1, layers.b2), 4);
    expect(rho).toBeLessThan(1e-9);
  });

  it('is that of the worked example of five inputs', async () => {
    const xs = [
      [1, 0],
      [0, 1],
      [-1, 1],
      [2, -1],
      [0.5, 0.5],
    ];
    const found = await fitted(GOLDEN, xs);
    // The example's ridge is 1e-6 itself, ours that share of the mean variance, 0.78.
    near(found.weight, [-0.564981, -1.49283, 0.944998, -0.52143], 4.7);
    near(found.bias, [1.077839, 0.11643], 4.7);
    expect(found.rho).toBeCloseTo(0.0029206, 6);
    expect(squares(residuals(GOLDEN, found, xs))).toBeCloseTo(0.0062143, 6);
  });

  it("is the closed form of Bussgang's theorem for Gaussian inputs, within the error of sampling", async () => {
    const random = Random.from(1, 'gaussian');
    // The Cholesky factor of [[1, .3], [.3, .5]].
    const xs = Array.from({ length: 200_000 }, () => {
      const [u, v] = [random.normal(), random.normal()];
      return [0.3 + u, -0.4 + 0.3 * u + Math.sqrt(0.41) * v];
    });
    const { weight, bias, rho } = await fitted(GOLDEN, xs);
    near(weight, [0.207759, -0.379683, 1.128596, -0.426396], 1.7);
    near(bias, [0.223471, -0.028739], 1.7);
    expect(1 - rho).toBeGreaterThan(0.936);
    expect(1 - rho).toBeLessThan(0.942);
  });

  it.each([
    ['ReLU', relu, 0.5, 0.733471],
    ['tanh', Math.tanh, 0.605706, 0.93047],
    ['leaky ReLU', (z: number) => (z > 0 ? z : 0.1 * z), 0.55, 0.804309],
  ])('has the slope and the fit of one unit with %s', async (_name, phi, slope, fit) => {
    const unit: Layers = { w1: [[1]], b1: [0], w2: [[1]], b2: [0], phi };
    const { weight, rho } = await fitted(unit, drawn(200_000, 1, 'unit'));
    expect(Math.abs((weight[0] ?? 0) - slope)).toBeLessThan(0.006);
    expect(Math.abs(1 - rho - fit)).toBeLessThan(0.006);
  });

  it.each([
    [-1, 0.158658, 0.368025],
    [-0.5, 0.308534, 0.558266],
    [0.5, 0.691466, 0.863914],
    [1, 0.841342, 0.942442],
    [2, 0.97725, 0.994607],
  ])('follows where a ReLU is off centre by %f', async (mean, slope, fit) => {
    const unit: Layers = { w1: [[1]], b1: [mean], w2: [[1]], b2: [0], phi: relu };
    const { weight, rho } = await fitted(unit, drawn(200_000, 1, `unit ${mean}`));
    expect(Math.abs((weight[0] ?? 0) - slope)).toBeLessThan(0.006);
    expect(Math.abs(1 - rho - fit)).toBeLessThan(0.008);
  });

  it('leaves a residual without correlation to the input, and no other map does better', async () => {
    const layers: Layers = {
      w1: drawn(12, 6, 'a'),
      b1: drawn(1, 12, 'b')[0] ?? [],
      w2: drawn(4, 12, 'c'),
      b2: [0, 1, 2, 3],
      phi: relu,
    };
    const xs = drawn(2000, 6, 'inputs');
    const found = await fitted(layers, xs);
    const left = residuals(layers, found, xs);
    for (let o = 0; o < 4; o++) {
      const mean = left.reduce((sum, r) => sum + (r[o] ?? 0), 0) / xs.length;
      expect(Math.abs(mean)).toBeLessThan(1e-10);
      for (let i = 0; i < 6; i++) {
        const product = left.reduce((sum, r, k) => sum + (r[o] ?? 0) * (xs[k]?.[i] ?? 0), 0) / xs.length;
        expect(Math.abs(product)).toBeLessThan(1e-4);
      }
    }
    const least = squares(left);
    const random = Random.from(1, 'perturbed');
    for (let time = 0; time < 20; time++) {
      const moved: Affine = {
        ...found,
        weight: found.weight.map((value) => value + 0.02 * random.normal()),
        bias: found.bias.map((value) => value + 0.02 * random.normal()),
      };
      expect(squares(residuals(layers, moved, xs))).toBeGreaterThan(least);
    }
    const variance = squares(
      residuals(layers, { ...found, weight: found.weight.map(() => 0), bias: meanOf(layers, xs) }, xs),
    );
    expect(found.rho).toBeCloseTo(least / variance, 6);
  });

  it('does not change when a positive factor moves from one layer to the other', async () => {
    const xs = drawn(500, 2, 'scaled');
    const scaled = {
      ...GOLDEN,
      w1: GOLDEN.w1.map((row) => row.map((v) => 8 * v)),
      b1: GOLDEN.b1.map((v) => 8 * v),
      w2: GOLDEN.w2.map((row) => row.map((v) => v / 8)),
    };
    const [one, other] = [await fitted(GOLDEN, xs), await fitted(scaled, xs)];
    near(other.weight, [...one.weight], 12);
    near(other.bias, [...one.bias], 12);
  });

  it('bears inputs that never change, or always alike, and means that dwarf the deviations', async () => {
    const random = Random.from(1, 'constant');
    const layers: Layers = {
      w1: drawn(4, 4, 'd'),
      b1: [0, 0, 0, 0],
      w2: drawn(2, 4, 'e'),
      b2: [0, 0],
      phi: (z) => z,
    };
    const xs = Array.from({ length: 800 }, () => {
      const value = 1e4 + random.normal();
      return [value, value, 3, random.normal()];
    });
    const found = await fitted(layers, xs);
    expect(found.rho).toBeLessThan(1e-5);
    expect([...found.weight, ...found.bias].every(Number.isFinite)).toBe(true);
    const still = await fitted(
      layers,
      Array.from({ length: 10 }, () => [1, 2, 3, 4]),
    );
    expect([...still.weight]).toEqual(still.weight.length === 8 ? Array.from({ length: 8 }, () => 0) : []);
    near(still.bias, second(layers, [1, 2, 3, 4]), 10);
    expect(still.rho).toBe(0);
  });

  it('refuses what is no number', async () => {
    const layers = { ...GOLDEN, b1: [Number.NaN, 0, 0] };
    const sums = new MomentSums(2, 2);
    for (const x of drawn(20, 2, 'nan')) sums.add([x[0] ?? 0, Number.NaN], second(layers, x), 1);
    await expect(bestAffine(sums.moments())).rejects.toThrow(problemWith({ code: 'fuse/singular' }));
  });
});

function meanOf(layers: Layers, xs: readonly Vector[]): Float64Array {
  const answers = xs.map((x) => second(layers, x));
  return Float64Array.from(layers.b2, (_, o) => answers.reduce((sum, a) => sum + (a[o] ?? 0), 0) / xs.length);
}
