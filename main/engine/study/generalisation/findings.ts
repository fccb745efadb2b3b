import type { ChartInput } from '../../../contract/chart.ts';
import type { Findings } from '../../../contract/study.ts';
import { estimate } from '../../../words/estimate.ts';
import { formatPercent } from '../../../words/format.ts';
import { sharePoint, spreadPoint } from '../frame/points.ts';
import type { Parameters, PruningStep, Result } from './parameters.ts';
import { crossover, noneLost } from './simulation.ts';

type Simulated = Extract<Result, { part: 'simulation' }> & { keep: number; draw: number };
type Trained = Extract<Result, { part: 'images' }> & { network: string; sparsity: number; draw: number };

/** How near to chance counts as guessing. */
const NEAR = 0.1;

export function findings(of: Parameters, done: readonly { step: PruningStep; result: Result }[]): Findings {
  const simulated = done.flatMap(({ step, result }) =>
    step.part === 'simulation' && result.part === 'simulation'
      ? [{ ...result, keep: step.keep, draw: step.draw }]
      : [],
  );
  const trained = done.flatMap(({ step, result }) =>
    step.part === 'images' && result.part === 'images'
      ? [{ ...result, network: step.network, sparsity: step.sparsity, draw: step.draw }]
      : [],
  );
  const keeps = [...new Set(simulated.map(({ keep }) => keep))].sort((a, b) => b - a);
  const complete = simulated.length === of.keep.length * of.draws;
  return {
    ...(complete ? words(of, simulated, keeps, trained) : { measured: [], differs: [] }),
    tables: tables(of, simulated, keeps, trained),
    charts: charts(of, simulated, keeps, trained),
    records: {
      columns: [
        'part',
        'network',
        'kept',
        'draw',
        'accuracy',
        'loss',
        'steps',
        'lostClasses',
        'featureAlignment',
        'noiseAlignment',
        'memorised',
      ],
      rows: [
        ...simulated.map((r) => [
          'simulation',
          null,
          r.keep,
          r.draw,
          r.accuracy,
          r.loss,
          r.iterations,
          r.lost,
          r.featureAlignment,
          r.noiseAlignment,
          null,
        ]),
        ...trained.map((r) => [
          'images',
          r.network,
          1 - r.sparsity,
          r.draw,
          r.accuracy,
          r.loss,
          r.epochs,
          null,
          null,
          null,
          r.memorised,
        ]),
      ],
    },
  };
}

const meanOf = (rows: readonly Simulated[], keep: number, pick: (row: Simulated) => number): number =>
  estimate(rows.filter((row) => row.keep === keep).map(pick)).mean;

function words(
  of: Parameters,
  rows: readonly Simulated[],
  keeps: readonly number[],
  trained: readonly Trained[],
) {
  const chance = 1 / of.classes;
  const accuracies = keeps.map((keep) => ({ keep, accuracy: meanOf(rows, keep, (r) => r.accuracy) }));
  const best = accuracies.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  const [first, last] = [accuracies[0], accuracies.at(-1)];
  const reached = rows.filter((row) => row.loss <= of.stopAt).length;
  const rises = first !== undefined && best.accuracy - first.accuracy > 0.05;
  const falls = last !== undefined && best.accuracy - last.accuracy > 0.05;
  const atChance = last !== undefined && Math.abs(last.accuracy - chance) <= NEAR;
  const share = (keep: number) => formatPercent(keep, keep < 0.01 ? 1 : 0);
  const told = ({ keep, accuracy }: { keep: number; accuracy: number }) =>
    `${formatPercent(accuracy, 1)} with ${share(keep)} of the weights`;
  const measured = [
    `The training loss came to ${of.stopAt} or below in ${reached} of ${rows.length} trainings, whatever was pruned.`,
    ...(first === undefined || last === undefined
      ? []
      : [
          `Test accuracy was ${told(first)}, at best ${told(best)}, and ${told(last)}; guessing gets ${formatPercent(chance, 1)}.`,
        ]),
    `By the rates of early learning the feature wins below ${share(crossover(of))} kept weights, which the first figure marks as p*.`,
    ...trainedWords(of, trained),
  ];
  const differs = [
    ...(reached < rows.length
      ? [
          `${rows.length - reached} trainings did not reach the loss within ${of.maxIterations} iterations, so that the claim on the training loss is not shown there.`,
        ]
      : []),
    ...(rises
      ? []
      : [
          'Pruning did not raise test accuracy over the dense network here: the first claim is not shown at these parameters.',
        ]),
    ...(falls && atChance
      ? []
      : [
          'Test accuracy did not fall to chance at the smallest share: the second claim is not shown at these parameters.',
        ]),
    ...trainedDiffers(of, trained),
    'The thresholds of the theorems have constants that say nothing on networks of this size; the threshold here is our own estimate of when noise is learned faster.',
  ];
  return { measured, differs };
}

function trainedWords(of: Parameters, trained: readonly Trained[]): string[] {
  return [...Map.groupBy(trained, ({ network }) => network)].map(([network, rows]) => {
    const points = [...Map.groupBy(rows, ({ sparsity }) => sparsity)].map(([sparsity, own]) => ({
      sparsity,
      accuracy: estimate(own.map(({ accuracy }) => accuracy)),
      memorised: estimate(own.map(({ memorised }) => memorised)).mean,
    }));
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return '';
    const best = points.reduce((a, b) => (b.accuracy.mean > a.accuracy.mean ? b : a));
    const told = ({ sparsity, accuracy: { mean, half }, memorised }: typeof best) =>
      `${formatPercent(mean, 1)}${half === null ? '' : ` ± ${formatPercent(half, 1)}`} right and ${formatPercent(memorised, 0)} of the wrong labels memorised at ${formatPercent(sparsity, 1)} sparsity`;
    const reached = rows.filter(({ loss }) => loss <= of.stopImagesAt).length;
    return `On images, the ${network} network had ${told(first)}; its best accuracy was ${told(best)}; and ${told(last)}. The training loss came to ${of.stopImagesAt} or below in ${reached} of ${rows.length} trainings.`;
  });
}

/** Where trainings on images do not show what the claim says of them. */
function trainedDiffers(of: Parameters, trained: readonly Trained[]): string[] {
  return [...Map.groupBy(trained, ({ network }) => network)].flatMap(([network, rows]) => {
    const mean = (sparsity: number) =>
      estimate(rows.filter((row) => row.sparsity === sparsity).map(({ accuracy }) => accuracy)).mean;
    const sparsities = [...new Set(rows.map(({ sparsity }) => sparsity))];
    const [first, last] = [sparsities[0], sparsities.at(-1)];
    if (first === undefined || last === undefined || first === last) return [];
    const best = sparsities.reduce((a, b) => (mean(b) > mean(a) ? b : a));
    const short = rows.filter(({ loss }) => loss > of.stopImagesAt).length;
    return [
      ...(short > 0
        ? [
            `On images, ${short} of ${rows.length} trainings of the ${network} network did not reach the loss within ${of.epochs} epochs: there nothing is said of networks that fit all that they are shown.`,
          ]
        : []),
      ...(best === first
        ? [`On images, no pruned ${network} network was more accurate than the dense one.`]
        : []),
      ...(best === last
        ? [
            `On images, the accuracy of the ${network} network did not fall down to ${formatPercent(last, 1)} sparsity.`,
          ]
        : []),
    ];
  });
}

function tables(
  of: Parameters,
  rows: readonly Simulated[],
  keeps: readonly number[],
  trained: readonly Trained[],
) {
  return [
    {
      title: 'Simulation, by the share of weights that is kept',
      note: 'Means over the draws. Lost: no neuron of a class can see its feature; beside it the closed form (1 - p)^m.',
      columns: [
        'Kept',
        'Test accuracy',
        'Half of its 95 % interval',
        'Training loss',
        'Iterations',
        'Classes lost',
        'Expected',
        'Answer to features',
        'Answer to noise',
      ],
      rows: keeps.map((keep) => {
        const accuracy = estimate(rows.filter((row) => row.keep === keep).map((row) => row.accuracy));
        const mean = (pick: (row: Simulated) => number) => meanOf(rows, keep, pick);
        return [
          keep,
          accuracy.mean,
          accuracy.half,
          mean((r) => r.loss),
          mean((r) => r.iterations),
          mean((r) => r.lost),
          of.classes * (1 - keep) ** of.neurons,
          mean((r) => r.featureAlignment),
          mean((r) => r.noiseAlignment),
        ];
      }),
    },
    ...(trained.length === 0
      ? []
      : [
          {
            title: `Images with ${formatPercent(of.wrongLabels, 0)} wrong labels`,
            note: 'Test labels are right. No numbers were published for this; these are only ours.',
            columns: [
              'Network',
              'Sparsity',
              'Draw',
              'Test accuracy',
              'Wrong labels memorised',
              'Training loss',
              'Epochs',
            ],
            rows: trained.map((r) => [
              r.network,
              r.sparsity,
              r.draw,
              r.accuracy,
              r.memorised,
              r.loss,
              r.epochs,
            ]),
          },
        ]),
  ];
}

function charts(
  of: Parameters,
  rows: readonly Simulated[],
  keeps: readonly number[],
  trained: readonly Trained[],
): ChartInput[] {
  const threshold = crossover(of);
  const x = { label: 'share of weights kept, p', scale: 'log', unit: 'percent' } as const;
  const by = (pick: (row: Simulated) => number, point = spreadPoint) =>
    keeps.map((keep) => point(keep, rows.filter((row) => row.keep === keep).map(pick)));
  const lowest = Math.min(...of.keep);
  const grid = Array.from({ length: 60 }, (_, i) => lowest ** (1 - i / 59));
  return [
    {
      kind: 'plot',
      title: 'Test accuracy of randomly pruned networks',
      note: 'Right of p* noise is learned faster than the feature; left of it the feature wins until no neuron of a class can see it.',
      axes: { x, y: { label: 'share', unit: 'percent' } },
      series: [
        { name: 'test accuracy', points: by((row) => row.accuracy, sharePoint) },
        {
          name: 'probability that no feature is lost',
          look: 'dashed',
          points: grid.map((p) => ({ x: p, y: noneLost(p, of) })),
        },
      ],
      marks: threshold <= 1 ? [{ x: threshold, label: 'p*' }] : [],
    },
    {
      kind: 'plot',
      title: 'What the neurons answer to',
      axes: { x, y: { label: 'mean over neurons of the largest answer' } },
      series: [
        { name: 'features', points: by((row) => row.featureAlignment) },
        { name: "training samples' noise", points: by((row) => row.noiseAlignment) },
      ],
    },
    ...[...Map.groupBy(trained, ({ network }) => network)].map(([network, of]): ChartInput => {
      const sparsities = [...new Set(of.map(({ sparsity }) => sparsity))];
      const at = (pick: (row: Trained) => number) =>
        sparsities.map((sparsity) =>
          sharePoint(1 - sparsity, of.filter((row) => row.sparsity === sparsity).map(pick)),
        );
      return {
        kind: 'plot',
        title: `Images, ${network} network`,
        axes: { x: { ...x, label: 'share of weights kept' }, y: { label: 'share', unit: 'percent' } },
        series: [
          { name: 'clean test accuracy', points: at((row) => row.accuracy) },
          { name: 'wrong labels memorised', points: at((row) => row.memorised) },
        ],
      };
    }),
  ];
}
