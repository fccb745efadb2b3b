import { describe, expect, it } from 'vitest';
import { growthWords, isTold, powerLaw, widthEnough } from '../../../main/engine/study/inverse/growth.ts';
import { Random } from '../../../main/engine/base/random.ts';
import {
  eigenvalues,
  gram,
  inverse,
  largestEigenvalue,
  product,
} from '../../../main/engine/study/frame/linear.ts';
import { activations, meanRate } from '../../../main/engine/study/inverse/activations.ts';
import {
  descend,
  drawNetwork,
  drawProblem,
  type DescentOptions,
} from '../../../main/engine/study/inverse/descent.ts';
import { blurMatrix, psnr, testPicture } from '../../../main/engine/study/inverse/pictures.ts';

const randomOf = (seed: number) => (label: string) => Random.from(seed, label);
const OPTIONS: DescentOptions = {
  activation: activations.sigmoid,
  maxSteps: 25_000,
  stopAt: 1e-7,
  kernelEvery: 50,
  gate: async () => undefined,
};
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
const solve = (k: number, density = 1) =>
  Promise.all(
    seeds.map((seed) => descend(drawProblem({ m: 5, n: 10, k, density }, randomOf(seed)), OPTIONS)),
  );
const rate = (found: readonly { success: boolean }[]) =>
  found.filter(({ success }) => success).length / found.length;

describe('mean slopes', () => {
  it.each([
    ['sigmoid', 0.0448362],
    ['tanh', 0.4644029],
    ['softplus', 0.293379],
    ['identity', 1],
  ] as const)('of %s', (name, expected) => {
    expect(meanRate(activations[name])).toBeCloseTo(expected, 6);
  });

  it('fall with what is pruned', () => {
    expect(meanRate(activations.sigmoid, 0.1)).toBeCloseTo(0.1 * 0.0596, 4);
    expect(meanRate(activations.identity, 0.3)).toBeCloseTo(0.3, 9);
  });
});

describe('linear algebra', () => {
  it('finds eigenvalues and inverses of matrices that it knows', () => {
    const matrix = Float64Array.of(2, 1, 0, 1, 2, 0, 0, 0, 5);
    [1, 3, 5].forEach((value, i) => expect(eigenvalues(matrix, 3)[i]).toBeCloseTo(value, 12));
    expect(largestEigenvalue(matrix, 3)).toBeCloseTo(5, 6);
    product(matrix, inverse(matrix, 3), 3, 3, 3).forEach((value, i) =>
      expect(value).toBeCloseTo(i % 4 === 0 ? 1 : 0, 12),
    );
  });
});

describe('a deep inverse prior', () => {
  it('follows the exact course where the activation is linear', async () => {
    const problem = drawProblem({ m: 4, n: 8, k: 24 }, randomOf(3));
    const { course } = await descend(problem, {
      ...OPTIONS,
      activation: activations.identity,
      maxSteps: 40,
      stopAt: 0,
    });
    const { m, n, k, a, v, h, y } = problem;
    const b = product(a, v, m, n, k);
    const kernel = gram(b, m, k);
    const size = 0.5 / (eigenvalues(kernel, m).at(-1) ?? 0);
    let residual = product(b, h, m, k, 1).map((value, i) => value - (y[i] as number));
    let step = 0;
    for (const moment of course) {
      for (; step < moment.step; step++) {
        const pulled = product(kernel, residual, m, m, 1);
        residual = residual.map((value, i) => value - size * (pulled[i] as number));
      }
      const loss = residual.reduce((sum, value) => sum + 0.5 * value * value, 0);
      expect(moment.loss / loss).toBeCloseTo(1, 9);
    }
    expect(step).toBe(40);
  });

  it('is solved where it is wide, and seldom where it is narrow', { timeout: 120_000 }, async () => {
    const [narrow, wide] = [await solve(16), await solve(256)];
    expect(rate(wide)).toBe(1);
    expect(rate(narrow)).toBeLessThanOrEqual(0.5);
    for (const found of [...narrow, ...wide]) {
      expect(found.fell).toBe(true);
      expect(found.overBound).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  it('begins with the kernel of infinite width, nearly, whole and pruned', () => {
    for (const density of [1, 0.5]) {
      const ratios = Array.from({ length: 20 }, (_, seed) => {
        const { a, v, h, q, m, n, k } = drawProblem({ m: 5, n: 80, k: 1024, density }, randomOf(seed));
        const slopes = h.map((z, r) => activations.sigmoid.slope(z) ** 2 * (q[r] as number));
        const kernel = gram(product(a, v, m, n, k), m, k, slopes);
        const trace = (matrix: Float64Array) =>
          Array.from({ length: m }, (_, i) => matrix[i * m + i] as number).reduce((x, y) => x + y);
        return trace(kernel) / (meanRate(activations.sigmoid, density) * trace(gram(a, m, n)));
      });
      const mean = ratios.reduce((a, b) => a + b) / ratios.length;
      expect(Math.abs(mean - 1)).toBeLessThan(0.03);
    }
  });

  it('is recovered as well as the residual says, where nothing is hidden', async () => {
    const random = randomOf(5);
    const n = 6;
    const source = random('operator');
    const a = Float64Array.from(
      { length: n * n },
      (_, i) => (i % (n + 1) === 0 ? 1 : 0) + 0.15 * source.normal(),
    );
    const x = Float64Array.from({ length: n }, () => source.normal());
    const problem = {
      m: n,
      n,
      k: 256,
      a,
      x,
      y: product(a, x, n, n, 1),
      ...drawNetwork({ n, k: 256 }, random),
    };
    const { course } = await descend(problem, OPTIONS);
    const transposed = Float64Array.from(
      { length: n * n },
      (_, i) => a[(i % n) * n + Math.floor(i / n)] as number,
    );
    const smallest = Math.sqrt(eigenvalues(gram(transposed, n, n), n)[0] ?? 0);
    for (const { loss, error } of course)
      expect(error).toBeLessThanOrEqual((Math.sqrt(2 * loss) / smallest) * (1 + 1e-9));
  });

  it('blurs without losing light inside, and measures pictures', () => {
    const blur = blurMatrix(8, 0.8);
    for (let row = 0; row < 64; row++)
      expect(blur.subarray(row * 64, (row + 1) * 64).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    const picture = testPicture(8);
    expect(
      psnr(
        picture.map((value) => value + 0.1),
        picture,
      ),
    ).toBeCloseTo(20, 6);
  });
});

describe('the width that is enough', () => {
  it('lies between measured widths, along the logarithm, above the last one that fails', () => {
    const rows = [
      { k: 16, solved: 0.2 },
      { k: 32, solved: 0.95 },
      { k: 64, solved: 0.8 },
      { k: 256, solved: 1 },
      { k: 512, solved: 1 },
    ];
    expect(widthEnough(rows)).toBeCloseTo(128, 9);
    expect(widthEnough(rows.slice(3))).toBe(256);
    expect(widthEnough(rows.slice(0, 3))).toBeNull();
  });

  it('grows as a power that is found from exact points, with no interval beside, and from two with none', () => {
    const points = [5, 10, 20, 40].map((x) => ({ x, y: 3 * x ** 1.7 }));
    const law = powerLaw(points);
    expect(law?.power).toBeCloseTo(1.7, 9);
    expect(law?.factor).toBeCloseTo(3, 9);
    expect(law?.half).toBeCloseTo(0, 6);
    expect(powerLaw(points.slice(0, 2))?.half).toBeNull();
    expect(powerLaw(points.slice(0, 1))).toBeNull();
  });

  it('has an interval as of any line: t times the error of its slope', () => {
    // Logarithms 0, 1, 2 and 0, 2, 2: slope 1, residuals -1/3, 2/3, -1/3, so that its error is sqrt(2/3 / 2).
    const law = powerLaw([0, 1, 2].map((x, i) => ({ x: Math.exp(x), y: Math.exp([0, 2, 2][i] ?? 0) })));
    expect(law?.power).toBeCloseTo(1, 9);
    expect(law?.half).toBeCloseTo(12.7062 * Math.sqrt(1 / 3), 4);
  });

  it('is said to grow slower or faster than the square only where the interval leaves the square out', () => {
    const words = (power: number, half: number | null) => growthWords({ power, half, factor: 1 });
    expect(words(0.8, 0.2)).toMatch(/power of 0\.8 ± 0\.2: slower than with their square/);
    expect(words(2.6, 0.3)).toMatch(/: faster than with their square/);
    expect(words(1.8, 0.3)).toMatch(/: not told from growth with their square/);
    // Too wide to tell growth with the unknowns from growth with their square: no more than the number.
    expect(words(0.5, 6)).toMatch(/power of 0\.5 ± 6\.$/);
    expect(words(0.5, null)).toMatch(/power of 0\.5\.$/);
    expect([0.3, 0.5, null].map((half) => isTold({ power: 1, half, factor: 1 }))).toEqual([
      true,
      false,
      false,
    ]);
  });
});
