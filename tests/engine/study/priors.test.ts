import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../main/engine/base/random.ts';
import { Critic } from '../../../main/engine/study/priors/critic.ts';
import { readTable, splitTable } from '../../../main/engine/study/priors/data.ts';
import { networkMoments, processMoments } from '../../../main/engine/study/priors/agreement.ts';
import {
  likeliest,
  processDraws,
  ProcessPosterior,
} from '../../../main/engine/study/priors/gaussian-process.ts';
import { effectiveSize, mixingOf, splitRHat } from '../../../main/engine/study/priors/mixing.ts';
import { SmallNetwork } from '../../../main/engine/study/priors/network.ts';
import { fitPrior, fixedPrior, spreadOf, type PriorState } from '../../../main/engine/study/priors/prior.ts';
import { predict, scoreOf } from '../../../main/engine/study/priors/regression.ts';
import { sample, stationaryVariance } from '../../../main/engine/study/priors/sghmc.ts';
import { linearPosterior } from '../../../main/engine/study/priors/snr.ts';
import { tableWords } from '../../../main/engine/study/priors/words.ts';
import { temporaryFolder } from '../../support/folder.ts';

const gate = async () => undefined;

/** The distance of two kinds of draws as a trained critic measures it on many fresh ones. */
function distance(
  inputs: number,
  first: (random: Random) => Float64Array,
  second: (random: Random) => Float64Array,
): number {
  const random = Random.from(7, 'distance');
  const critic = new Critic(inputs, 24, random);
  const bag = (of: (random: Random) => Float64Array, count: number) =>
    Array.from({ length: count }, () => of(random));
  for (let step = 0; step < 450; step++) critic.ascend(bag(first, 64), bag(second, 64), 10, 0.03, random);
  return critic.distance(bag(first, 10_000), bag(second, 10_000));
}

describe('the Wasserstein distance by a critic', () => {
  it('of a shift is its length, and the bias of the penalty', { timeout: 60_000 }, () => {
    const normal = (random: Random) => Float64Array.of(random.normal(), random.normal());
    const shifted = (random: Random) => normal(random).map((value, i) => value + (i === 0 ? 0.6 : 0.8));
    // a + a^2 / (2 lambda) for a = 1 and lambda = 10.
    expect(Math.abs(distance(2, shifted, normal) - 1.05)).toBeLessThan(0.0525);
  });

  it(
    'of normal distributions of deviations 1 and 2 is sqrt(2 / pi), and a little bias',
    { timeout: 60_000 },
    () => {
      const of = (deviation: number) => (random: Random) => Float64Array.of(deviation * random.normal());
      const found = distance(1, of(2), of(1));
      expect(found).toBeGreaterThan(0.797885 * 0.93);
      expect(found).toBeLessThan(0.797885 * 1.1);
    },
  );

  it('of equal distributions is nearly nothing', { timeout: 60_000 }, () => {
    const normal = (random: Random) => Float64Array.of(random.normal());
    expect(Math.abs(distance(1, normal, normal))).toBeLessThan(0.05);
  });
});

describe('a small network', () => {
  it('has the gradients that finite differences give', () => {
    const network = new SmallNetwork(3, 4);
    const random = Random.from(1, 'network');
    const p = network.draw(network.deviations([1, 1, 1, 1, 1, 1]), random);
    // More places than are computed side by side, and not a multiple of them.
    const x = Float64Array.from({ length: 3 * 6 }, () => random.normal());
    const scales = Float64Array.of(2, -1, 0.5, 0, 1.5, -3);
    const gradient = new Float64Array(network.size);
    const out = new Float64Array(6);
    network.values(p, x, out);
    network.addGradients(p, scales, gradient);
    for (let i = 0; i < network.size; i++) {
      const moved = (by: number) => {
        network.values(
          p.map((value, j) => value + (i === j ? by : 0)),
          x,
          out,
        );
        return out.reduce((sum, value, place) => sum + value * (scales[place] ?? 0), 0);
      };
      expect(gradient[i]).toBeCloseTo((moved(1e-6) - moved(-1e-6)) / 2e-6, 6);
    }
  });

  it('has the values that its formula gives, to the bit whatever stands beside a place', () => {
    const [inputs, hidden] = [3, 4];
    const network = new SmallNetwork(inputs, hidden);
    const random = Random.from(2, 'network');
    const p = network.draw(network.deviations([1, 1, 1, 1, 1, 1]), random);
    const x = Float64Array.from({ length: inputs * 7 }, () => random.normal());
    const neuron = (weights: number, bias: number, of: readonly number[]) =>
      of.reduce((sum, value, j) => sum + (p[weights + j] ?? 0) * value, p[bias] ?? 0);
    const [b1 = 0, w2 = 0, b2 = 0, w3 = 0, b3 = 0] = network.ends;
    const formula = Array.from({ length: 7 }, (_, place) => {
      const given = [...x.subarray(place * inputs, (place + 1) * inputs)];
      const units = Array.from({ length: hidden }, (_, i) => i);
      const a1 = units.map((i) => Math.tanh(neuron(i * inputs, b1 + i, given)));
      const a2 = units.map((i) => Math.tanh(neuron(w2 + i * hidden, b2 + i, a1)));
      return neuron(w3, b3, a2);
    });
    for (const count of [7, 4, 1]) {
      const out = new Float64Array(count);
      network.values(p, x.subarray(0, count * inputs), out);
      expect([...out]).toEqual(formula.slice(0, count));
    }
  });

  it("draws the Gaussian process's covariance", () => {
    const draw = processDraws({ length: 0.5, amplitude: 2 }, Float64Array.of(0, 0.5), 1);
    const random = Random.from(1, 'process');
    const draws = Array.from({ length: 20_000 }, () => draw(random));
    const mean = draws.reduce((sum, [a = 0, b = 0]) => sum + a * b, 0) / draws.length;
    expect(Math.abs(mean / (4 * Math.exp(-0.5)) - 1)).toBeLessThan(0.06);
  });

  it('comes to the prior whose functions it is fitted to', { timeout: 120_000 }, async () => {
    const network = new SmallNetwork(1, 6);
    const places = Float64Array.of(-1, 0, 1);
    const wanted = network.deviations([1, 1, 1, 1, 3, 1]);
    const target = (random: Random) => {
      const p = network.draw(wanted, random);
      const values = new Float64Array(places.length);
      network.values(p, places, values);
      return values;
    };
    const options = {
      network,
      target,
      places,
      bag: 64,
      inner: 40,
      penalty: 10,
      criticHidden: 24,
      criticLr: 0.03,
      lr: 0.08,
    };
    const random = (label: string) => Random.from(2, label);
    const whole = await fitPrior(options, fixedPrior, 50, random, gate);
    const [first = 0] = whole.distances;
    const late = whole.distances.slice(-10).reduce((a, b) => a + b, 0) / 10;
    expect(first).toBeGreaterThan(0.4);
    expect(late).toBeLessThan(first / 3);
    expect(spreadOf(whole)[4]).toBeGreaterThan(1.5);
    // In two parts it is the same.
    const half = await fitPrior(options, fixedPrior, 3, random, gate);
    const kept = JSON.parse(JSON.stringify(half)) as typeof half;
    const rest = await fitPrior(options, kept, 2, random, gate);
    expect(rest.distances).toEqual(whole.distances.slice(0, 5));
  });
});

/** f = w x / sqrt(n), all weights of one deviation: functions are Gaussian with kernel s^2 x x' / n. */
class LinearModel {
  readonly inputs = 2;
  readonly size = 2;
  groups = () => new Uint8Array(2);
  deviations = ([s = 0]: readonly number[]) => new Float64Array(2).fill(s / Math.SQRT2);
  draw = (deviations: Float64Array, random: Random) => deviations.map((d) => d * random.normal());
  private x = new Float64Array(0);
  values(p: Float64Array, x: Float64Array, out: Float64Array) {
    this.x = x.slice();
    for (const i of out.keys()) out[i] = (p[0] ?? 0) * (x[2 * i] ?? 0) + (p[1] ?? 0) * (x[2 * i + 1] ?? 0);
  }
  addGradients(_p: Float64Array, scales: Float64Array, gradient: Float64Array) {
    scales.forEach((scale, at) => {
      for (const i of [0, 1]) gradient[i] = (gradient[i] ?? 0) + scale * (this.x[2 * at + i] ?? 0);
    });
  }
}

describe('a linear prior', () => {
  it('comes to the deviation of the process that it is fitted to', { timeout: 120_000 }, async () => {
    const network = new LinearModel();
    const places = Float64Array.of(1, 0, 0, 1, 1, 1);
    const wanted = network.deviations([2]);
    const target = (random: Random) => {
      const w = network.draw(wanted, random);
      const values = new Float64Array(3);
      network.values(w, places, values);
      return values;
    };
    const options = {
      network,
      target,
      places,
      bag: 128,
      inner: 40,
      penalty: 10,
      criticHidden: 24,
      criticLr: 0.03,
      lr: 0.05,
    };
    const [rho = 0] = fixedPrior.rho;
    const start = { rho: [rho], squares: [0], distances: [] };
    let state: PriorState = start;
    const late: number[] = [];
    for (let i = 0; i < 70; i++) {
      state = await fitPrior(options, state, 1, (label) => Random.from(4, label), gate);
      if (i >= 40) late.push(spreadOf(state)[0] ?? 0);
    }
    const mean = late.reduce((a, b) => a + b, 0) / late.length;
    expect(Math.abs(mean / 2 - 1)).toBeLessThan(0.05);
  });
});

describe('the exact posterior of a Gaussian process', () => {
  const kernel = { length: 0.7, amplitude: 1.5, noise: 0.3 };
  const k = (square: number) => 1.5 ** 2 * Math.exp(-square / (2 * 0.49));

  it('of one sample is the formula of two normal variables', () => {
    const posterior = new ProcessPosterior(kernel, {
      x: Float64Array.of(0.2),
      y: Float64Array.of(0.8),
      width: 1,
    });
    const { mean, deviation } = posterior.predict(Float64Array.of(1));
    const [own, cross] = [k(0) + 0.09, k(0.64)];
    expect(mean[0]).toBeCloseTo((cross / own) * 0.8, 12);
    expect(deviation[0]).toBeCloseTo(Math.sqrt(k(0) - cross ** 2 / own + 0.09), 12);
    expect(posterior.evidence()).toBeCloseTo(-0.5 * (Math.log(2 * Math.PI * own) + 0.8 ** 2 / own), 12);
  });

  it('has an evidence that factors into predictions, one sample after the other', () => {
    const x = Float64Array.of(0, 1, 0.5, -0.3, 1.2, 0.9);
    const y = Float64Array.of(0.5, -1, 0.2);
    let sum = 0;
    for (let n = 0; n < 3; n++) {
      const before = { x: x.slice(0, 2 * n), y: y.slice(0, n), width: 2 };
      const found = new ProcessPosterior(kernel, before).predict(x.slice(2 * n, 2 * n + 2));
      sum -= scoreOf(found, y.slice(n, n + 1)).nll;
    }
    expect(new ProcessPosterior(kernel, { x, y, width: 2 }).evidence()).toBeCloseTo(sum, 10);
  });

  it('is chosen by the evidence where samples came from it', async () => {
    const random = Random.from(5, 'samples');
    const x = Float64Array.from({ length: 240 }, () => random.normal());
    const draw = processDraws({ length: 2, amplitude: 1 }, x, 2)(random);
    const y = draw.map((value) => value + 0.3 * random.normal());
    expect(await likeliest({ x, y, width: 2 }, gate)).toMatchObject({ length: 2, noise: 0.3 });
  });
});

describe('functions of a prior', () => {
  it('have the moments of the process, by the distance of two places', () => {
    const x = Float64Array.of(0, 1, 2);
    const { variance, correlations } = processMoments({ length: 1, amplitude: 2 }, x, 1);
    expect(variance).toBeCloseTo(4, 12);
    expect(correlations).toEqual([
      { distance: 1, correlation: expect.closeTo(Math.exp(-0.5), 12) as number },
      { distance: 1, correlation: expect.closeTo(Math.exp(-0.5), 12) as number },
      { distance: 2, correlation: expect.closeTo(Math.exp(-2), 12) as number },
    ]);
  });

  it('of a network whose last bias alone spreads are constants', () => {
    const network = new SmallNetwork(1, 4);
    const deviations = network.deviations([0, 0, 0, 0, 0, 3]);
    const found = networkMoments(network, deviations, Float64Array.of(0, 1, 2), Random.from(1, 'moments'));
    // Four standard errors of a variance of 2,000 draws.
    expect(Math.abs(found.variance / 9 - 1)).toBeLessThan(4 * Math.sqrt(2 / 2000));
    for (const { correlation } of found.correlations) expect(correlation).toBeCloseTo(1, 9);
  });
});

describe('the mixing of chains', () => {
  /** An AR(1) chain of unit variance: a sample is worth (1 - phi) / (1 + phi) independent ones. */
  const chain = (phi: number, length: number, label: string, center = 0) => {
    const random = Random.from(6, label);
    let value = random.normal();
    return Array.from({ length }, () => {
      value = phi * value + Math.sqrt(1 - phi * phi) * random.normal();
      return center + value;
    });
  };

  it.each([0, 0.5, 0.8])('is worth what autocorrelation %f leaves', (phi) => {
    const chains = ['a', 'b', 'c', 'd'].map((label) => chain(phi, 5000, `${label}/${phi}`));
    expect(effectiveSize(chains) / 20_000 / ((1 - phi) / (1 + phi))).toBeGreaterThan(0.8);
    expect(effectiveSize(chains) / 20_000 / ((1 - phi) / (1 + phi))).toBeLessThan(1.2);
    expect(splitRHat(chains)).toBeLessThan(1.01);
  });

  it('is bad where chains are apart: R-hat is sqrt(1 + B / W)', () => {
    const chains = [chain(0, 4000, 'left', -1), chain(0, 4000, 'right', 1)];
    // Means -1, -1, 1, 1 have a variance of 4/3, beside 1 within.
    expect(splitRHat(chains)).toBeCloseTo(Math.sqrt(1 + 4 / 3), 1);
    expect(effectiveSize(chains)).toBeLessThan(20);
  });

  it('is that of the worst place', () => {
    const values = (label: string) => chain(0, 40, label).map((value) => Float64Array.of(value, 1));
    const { rHat, effective } = mixingOf([values('one'), values('two')]);
    expect(rHat).toBeGreaterThanOrEqual(1);
    expect(effective).toBe(80);
  });
});

describe('the sampler', () => {
  it.each([
    [0.5, 0.01, 0.05, 0.99901],
    [1, 0.01, 0.05, 0.99903],
    [4, 0.01, 0.05, 0.9991],
    [1, 0.01, 0.01, 0.99503],
    [0.5, 0.1, 0.05, 0.90116],
    [1, 0.1, 0.05, 0.90231],
    [4, 0.1, 0.05, 0.90933],
    [1, 0.3, 0.05, 0.1024],
    [4, 0.1, 0.5, 1.00338],
  ])('has an exact stationary variance for precision %f, step %f, friction %f', (h, lr, alpha, expected) => {
    expect(h * stationaryVariance(h, lr, alpha)).toBeCloseTo(expected, 4);
  });

  it('comes to that variance', { timeout: 60_000 }, async () => {
    const [n, h, lr, alpha] = [400, 2, 0.1, 0.05];
    let [square, count] = [0, 0];
    await sample(
      new Float64Array(n),
      (at, gradient) => at.forEach((value, i) => (gradient[i] = h * value)),
      { lr, alpha, burnIn: 0, samples: 60, every: 150 },
      Random.from(1, 'sampler'),
      (at) => at.forEach((value) => ((square += value * value), count++)),
      gate,
    );
    // Four standard errors of a variance of 24,000 samples, nearly independent.
    expect(Math.abs(square / count / stationaryVariance(h, lr, alpha) - 1)).toBeLessThan(
      4 * Math.sqrt(2 / count),
    );
  });

  it(
    'predicts a line with the posterior of its network, and is less sure where there are no data',
    { timeout: 60_000 },
    async () => {
      const network = new SmallNetwork(1, 10);
      const x = Float64Array.from({ length: 20 }, (_, i) => -1 + i / 10);
      const y = x.map((value) => 0.8 * value);
      const options = { lr: 0.01, alpha: 0.05, burnIn: 1500, samples: 40, every: 40, chains: 1 };
      const found = await predict(
        network,
        { x, y, width: 1 },
        network.deviations([1, 1, 1, 1, 1, 1]),
        0.1,
        Float64Array.of(-0.5, 0, 0.5, 4),
        options,
        (label) => Random.from(3, label),
        gate,
      );
      expect(Math.abs((found.mean[0] ?? 0) + 0.4)).toBeLessThan(0.1);
      expect(Math.abs((found.mean[2] ?? 0) - 0.4)).toBeLessThan(0.1);
      expect(found.deviation[3]).toBeGreaterThan(2 * (found.deviation[1] ?? 0));
    },
  );

  it('scores predictions as the normal density says', () => {
    const { rmse, nll } = scoreOf(
      { mean: Float64Array.of(0, 1), deviation: Float64Array.of(1, 1) },
      Float64Array.of(0, 3),
    );
    expect(rmse).toBeCloseTo(Math.SQRT2, 12);
    expect(nll).toBeCloseTo(0.5 * Math.log(2 * Math.PI) + 1, 12);
  });
});

describe('signal-to-noise of a linear posterior', () => {
  const x = Float64Array.of(1, 0.5, 0, 0, 1, 0.5, 1, 0, 1, 0.5, -1, 1, 1, 1, -0.5);
  const found = linearPosterior(x, Float64Array.of(1, 0.2, 0.9, -0.4, 0.8), 3, 0.1, 0.5);
  it.each([
    ['precision', [33, 10, 10, 10, 33, -10, 10, -10, 25.5]],
    ['mean', [0.657812, 0.365444, -0.036223]],
    ['snrMeanField', [3.77884, 2.099317, 0.182915]],
    ['snrMarginal', [3.11426, 1.730113, 0.148487]],
    ['obd', [7.139816, 2.203566, 0.016729]],
    ['obs', [4.849309, 1.496646, 0.011024]],
  ] as const)('%s is as computed elsewhere', (name, expected) => {
    expected.forEach((value, i) => expect(found[name][i]).toBeCloseTo(value, 5));
  });

  it('of a factorised posterior is OBD, of the marginals OBS', () => {
    for (let i = 0; i < 3; i++) {
      expect((found.snrMeanField[i] ?? 0) ** 2 / (2 * (found.obd[i] ?? 1))).toBeCloseTo(1, 9);
      expect((found.snrMarginal[i] ?? 0) ** 2 / (2 * (found.obs[i] ?? 1))).toBeCloseTo(1, 9);
    }
  });
});

describe('a table', () => {
  it('is read without the columns that are no numbers, and split in its own units', async () => {
    const folder = temporaryFolder();
    const rows = Array.from({ length: 30 }, (_, i) => `M,${i},${i * i},${3 * i + 1}`);
    await writeFile(join(folder, 't.csv'), ['Sex,a,b,c', ...rows].join('\n'));
    const table = await readTable('t.csv', '', folder);
    expect(table.inputs[2]).toEqual([2, 4]);
    expect(table.targets[2]).toBe(7);
    const { train, test } = splitTable(table, 30, Random.from(1, 'split'));
    expect([train.y.length, test.y.length]).toEqual([27, 3]);
    expect(train.y.reduce((a, b) => a + b)).toBeCloseTo(0, 9);
    await expect(readTable('t.csv', 'Sex', folder)).rejects.toMatchObject({
      problem: { field: 'table', kind: 'input' },
    });
    await expect(readTable('absent.csv', '', folder)).rejects.toMatchObject({ problem: { kind: 'input' } });
  });
});

describe('what splits of a table say', () => {
  it('is a gain, a loss beyond chance, or neither, by the whole interval', () => {
    expect(tableWords(-0.4, 0.1, null)).toEqual([]);
    expect(tableWords(0.395, 0.067, null)).toEqual([
      'On the table the fitted prior is worse, beyond chance.',
    ]);
    const unclear = { mean: 0.1, half: 0.2 };
    expect(tableWords(0.395, 0.067, unclear)).toEqual(tableWords(0.395, 0.067, null));
    for (const [mean, half] of [
      [-0.1, 0.2],
      [0.1, 0.2],
      [-1, null],
    ] as const)
      expect(tableWords(mean, half, null)).toEqual([expect.stringContaining('no gain beyond chance')]);
  });

  it('names the process as the reason where its own posterior is worse than the fixed prior', () => {
    expect(tableWords(0.395, 0.067, { mean: 0.3, half: 0.1 })).toEqual([
      expect.stringContaining('so is the Gaussian process itself'),
    ]);
  });
});
