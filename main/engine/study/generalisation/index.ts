import { openBackend } from '../../backend/choose.ts';
import { readNamedData } from '../frame/data.ts';
import { defineStudy } from '../frame/study.ts';
import { findings } from './findings.ts';
import { trainSpoiled, type Panel } from './images.ts';
import { parameters, result, type Parameters, type PruningStep, type Result } from './parameters.ts';
import { simulate } from './simulation.ts';

/** Work of a training by the share that is kept: fewer weights take less a step, and more steps. */
const costOf = (keep: number): number => 1.2 + 0.009 / keep;

function steps(of: Parameters): PruningStep[] {
  const draws = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
  const percent = (share: number) => `${+(share * 100).toPrecision(4)} %`;
  return [
    ...of.keep.flatMap((keep) =>
      draws(of.draws).map((draw) => ({
        part: 'simulation' as const,
        keep,
        draw,
        label: `Simulation, ${percent(keep)} kept, draw ${draw} of ${of.draws}`,
        cost: costOf(keep),
      })),
    ),
    ...(of.data === '' ? [] : of.networks).flatMap((network) =>
      of.sparsities.flatMap((sparsity) =>
        draws(of.imageDraws).map((draw) => ({
          part: 'images' as const,
          network,
          sparsity,
          draw,
          label: `Images, ${network} network, ${percent(sparsity)} pruned, draw ${draw} of ${of.imageDraws}`,
          cost: network === 'dense' ? 6 : 12,
        })),
      ),
    ),
  ];
}

export const generalisation = defineStudy({
  id: 'pruning-and-generalisation',
  label: 'Pruning and generalisation',
  summary:
    'How much a network that is pruned at random before training still learns of what holds beyond its training data.',
  claim:
    'Of an over-parameterised network that is pruned at random before training: below a threshold of the pruned share, gradient descent drives the training loss towards zero and the network generalises, with a guarantee that gets better the more is pruned; and there is a large pruned share at which the training loss still goes towards zero, but the network has memorised noise and does no better than guessing.',
  paper: {
    title: 'Theoretical Characterization of How Neural Network Pruning Affects its Generalization',
    authors: 'Yang et al.',
    year: 2023,
    url: 'https://arxiv.org/abs/2301.00335',
  },
  minutes: 9,
  revision: 2,
  parameters,
  result,
  steps,
  async prepare(of, around): Promise<Panel | null> {
    if (of.data === '' || of.networks.length === 0) return null;
    const dataset = await readNamedData(of.data, around);
    const backend = await openBackend({ device: 'onnxruntime' });
    return {
      dataset,
      backend,
      samples: of.imageSamples,
      wrong: of.wrongLabels,
      epochs: of.epochs,
      stopAt: of.stopImagesAt,
    };
  },
  async run(step: PruningStep, { parameters: of, prepared, random, gate }): Promise<Result> {
    if (step.part === 'simulation') {
      const own = (what: string) => random(`${what}/${step.draw}/${step.keep}`);
      return { part: 'simulation', ...(await simulate(of, step.keep, own, gate)) };
    }
    if (prepared === null) throw new RangeError('there are no images');
    // Draws of one number share samples and first weights at every sparsity.
    const own = (what: string) =>
      random(`images/${step.network}/${what}/${step.draw}${what === 'mask' ? `/${step.sparsity}` : ''}`);
    return { part: 'images', ...(await trainSpoiled(prepared, step.network, step.sparsity, own, gate)) };
  },
  findings,
});
