import type { Random } from '../../base/random.ts';
import { eigenvalues, gram, product } from '../frame/linear.ts';
import { defineStudy } from '../frame/study.ts';
import { activations } from './activations.ts';
import { descend, drawNetwork, drawProblem, type Descent, type Problem } from './descent.ts';
import { findings } from './findings.ts';
import {
  parameters,
  result,
  type InverseStep,
  type Parameters,
  type Result,
  type Tried,
} from './parameters.ts';
import { blurMatrix, psnr, testPicture } from './pictures.ts';

type Gate = (fraction: number) => Promise<void>;

function steps(of: Parameters): InverseStep[] {
  return [
    ...of.sizes.flatMap((n) =>
      of.widths.map((k) => ({
        part: 'width' as const,
        n,
        k,
        density: 1,
        label: `${n} unknowns, ${k} neurons, ${of.draws} draws`,
        cost: (of.draws * n * k) / 1e4,
      })),
    ),
    ...of.densities.map((density) => ({
      part: 'density' as const,
      n: of.prunedSize,
      k: of.prunedWidth,
      density,
      label: `${of.prunedWidth} neurons, ${density * 100} % of their weights kept, ${of.draws} draws`,
      cost: (of.draws * of.prunedSize * of.prunedWidth) / 1e4,
    })),
    { part: 'noise' as const, label: 'A noisy signal', cost: 20 },
    ...of.pictureWidths.map((k) => ({
      part: 'picture' as const,
      k,
      label: `A picture, ${k} neurons`,
      cost: (of.pictureSteps * k * of.pictureSide ** 4) / 2e9 + 1,
    })),
  ];
}

async function tried(
  of: Parameters,
  { n, k, density }: { n: number; k: number; density: number },
  random: (label: string) => Random,
  gate: Gate,
): Promise<Tried> {
  const m = Math.max(1, Math.round(n / 2));
  const draws: Tried['draws'] = [];
  let course: Tried['course'] = [];
  for (let draw = 1; draw <= of.draws; draw++) {
    // Draws of one number share operator and signal over widths and densities.
    const problem = drawProblem({ m, n, k, density }, (label) =>
      random(
        label === 'operator' || label === 'signal' ? `${label}/${n}/${draw}` : `${label}/${n}/${k}/${draw}`,
      ),
    );
    const smallest = eigenvalues(gram(problem.a, m, n), m)[0] ?? 0;
    const found = await descend(problem, {
      activation: activations[of.activation],
      maxSteps: of.maxSteps,
      stopAt: of.stopAt,
      kernelEvery: 50,
      gate: (fraction) => gate((draw - 1 + fraction) / of.draws),
    });
    const { success, steps, loss, first, least, moved, fell, overBound, error } = found;
    draws.push({ success, steps, loss, first, least, moved, fell, overBound, error, smallest });
    if (draw === 1) course = [...found.course];
  }
  return { draws, course };
}

/** A blurred signal with noise: A is square and invertible, badly so. */
function noisyProblem(of: Parameters, random: (label: string) => Random): Problem & { noise: number } {
  const n = 32;
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) a[i * n + j] = Math.exp(-((i - j) ** 2) / 4.5) / Math.sqrt(4.5 * Math.PI);
  const x = Float64Array.from({ length: n }, (_, i) => (i > 6 && i < 14 ? 1 : i > 20 && i < 24 ? -0.8 : 0));
  const source = random('noise');
  const noise = Float64Array.from({ length: n }, () => of.noise * source.normal());
  const y = product(a, x, n, n, 1).map((value, i) => value + (noise[i] as number));
  const network = drawNetwork({ n, k: 1024 }, random);
  return { m: n, n, k: 1024, a, x, y, ...network, noise: Math.hypot(...noise) };
}

async function denoise(of: Parameters, random: (label: string) => Random, gate: Gate) {
  const { noise, ...problem } = noisyProblem(of, random);
  const { course } = await descend(problem, {
    activation: activations[of.activation],
    maxSteps: 40_000,
    stopAt: 0,
    kernelEvery: 0,
    gate,
  });
  return { part: 'noise' as const, noise, course: [...course], length: Math.hypot(...problem.x) };
}

async function restore(of: Parameters, k: number, random: (label: string) => Random, gate: Gate) {
  const side = of.pictureSide;
  const n = side * side;
  const x = testPicture(side);
  const a = blurMatrix(side, of.blur);
  const source = random('noise');
  const noise = Float64Array.from({ length: n }, () => of.pictureNoise * source.normal());
  const blurred = product(a, x, n, n, 1).map((value, i) => value + (noise[i] as number));
  const problem = { m: n, n, k, a, x, y: blurred, ...drawNetwork({ n, k }, random) };
  const found: Descent = await descend(problem, {
    activation: activations[of.activation],
    maxSteps: of.pictureSteps,
    stopAt: 0.5 * noise.reduce((sum, value) => sum + value * value, 0),
    kernelEvery: 0,
    gate,
  });
  const bounded = (values: Float64Array) =>
    Array.from(values, (value) => Math.round(Math.min(1, Math.max(0, value)) * 255) / 255);
  return {
    part: 'picture' as const,
    side,
    original: bounded(x),
    blurred: bounded(blurred),
    restored: bounded(found.made),
    psnrBlurred: psnr(blurred, x),
    psnr: psnr(found.made, x),
    steps: found.steps,
    stopped: found.success,
    loss: found.loss,
  };
}

export const inverse = defineStudy({
  id: 'deep-inverse-prior',
  label: 'Deep inverse prior',
  summary:
    'How wide an untrained network has to be for gradient descent to solve an inverse problem with it, and how fast.',
  claim:
    'Gradient flow (and gradient descent with small steps) on the weights of a two-layer network with a smooth activation and a fixed random input solves y = A x: if the network is wide enough, the loss falls to zero exponentially with high probability, and the signal is recovered up to what A hides; with noise, up to the level of the noise when it is stopped early.',
  paper: {
    title: 'Convergence Guarantees of Overparametrized Wide Deep Inverse Prior',
    authors: 'Buskulic et al.',
    year: 2023,
    url: 'https://arxiv.org/abs/2303.11265',
  },
  minutes: 5,
  revision: 1,
  parameters,
  result,
  steps,
  prepare: async () => undefined,
  async run(step: InverseStep, { parameters: of, random, gate }): Promise<Result> {
    switch (step.part) {
      case 'width':
      case 'density':
        return {
          part: step.part,
          ...(await tried(
            of,
            step,
            (label) => random(`${label}/${step.part === 'density' ? step.density : 1}`),
            gate,
          )),
        };
      case 'noise':
        return denoise(of, (label) => random(`noisy/${label}`), gate);
      case 'picture':
        return restore(
          of,
          step.k,
          (label) => random(`picture/${label === 'noise' ? label : `${label}/${step.k}`}`),
          gate,
        );
    }
  },
  findings,
});
