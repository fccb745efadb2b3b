import type { ChartInput } from '../../../contract/chart.ts';
import type { Findings } from '../../../contract/study.ts';
import { estimate } from '../../../words/estimate.ts';
import { formatNumber } from '../../../words/format.ts';
import type { Parameters, PriorStep, Result } from './parameters.ts';
import { fixedPrior, spreadOf } from './prior.ts';
import { nameOf, words, type Of } from './words.ts';

const LAYERS = [
  'first layer, weights',
  'first layer, biases',
  'second layer, weights',
  'second layer, biases',
  'last layer, weights',
  'last layer, bias',
];

export function findings(of: Parameters, done: readonly { step: PriorStep; result: Result }[]): Findings {
  const all = <P extends Result['part']>(part: P) =>
    done.flatMap(({ result }) => (result.part === part ? [result as Of<P>] : []));
  const [criteria] = all('criteria');
  const curves = all('curve');
  const table = all('table');
  const fits = all('prior');
  const [processes, agreements] = [all('process'), all('agreement')];
  const last = (on: string) => fits.findLast((one) => one.on === on)?.state;
  return {
    ...words({ curves, table, processes, agreements, criteria, distances: last('curve')?.distances }),
    tables: tables(curves, table, processes, agreements, criteria, last('curve')?.rho),
    charts: charts(of, curves, criteria, fits, last),
    records: {
      columns: [
        'part',
        'prior',
        'split',
        'criterion',
        'sparsity',
        'rmse',
        'nll',
        'accuracy',
        'rHat',
        'effective',
      ],
      rows: [
        ...processes.flatMap(({ on, scores }) =>
          scores.map((r) => [on, 'process', r.split, null, null, r.rmse, r.nll, null, null, null]),
        ),
        ...[...curves, ...table].map((r) => [
          r.part,
          r.prior,
          r.part === 'table' ? r.split : null,
          null,
          null,
          r.rmse,
          r.nll,
          null,
          r.mixing?.rHat ?? null,
          r.mixing?.effective ?? null,
        ]),
        ...(criteria?.pruned ?? []).map((r) => [
          'criteria',
          null,
          null,
          r.criterion,
          r.sparsity,
          null,
          null,
          r.accuracy,
          null,
          null,
        ]),
      ],
    },
  };
}

function tables(
  curves: readonly Of<'curve'>[],
  table: readonly Of<'table'>[],
  processes: readonly Of<'process'>[],
  agreements: readonly Of<'agreement'>[],
  criteria: Of<'criteria'> | undefined,
  rho: readonly number[] | undefined,
) {
  const fixed = spreadOf(fixedPrior);
  return [
    ...(criteria === undefined
      ? []
      : [
          {
            title: 'A linear model, whose posterior is known',
            note: 'Squared signal-to-noise of the factorised posterior is twice OBD, that of the marginals twice OBS.',
            columns: ['Weight', 'Mean', 'SNR, factorised', 'SNR, marginal', 'OBD', 'OBS'],
            rows: criteria.weights.map((w, i) => [
              String(i + 1),
              w.mean,
              w.snrMeanField,
              w.snrMarginal,
              w.obd,
              w.obs,
            ]),
          },
          {
            title: 'Pruned by three criteria, not trained after',
            columns: ['Criterion', 'Sparsity', 'Test accuracy'],
            rows: criteria.pruned.map((r) => [nameOf(r.criterion), r.sparsity, r.accuracy]),
          },
        ]),
    ...(rho === undefined
      ? []
      : [
          {
            title: 'Standard deviations of the priors of the curve',
            note: 'Of weights times the square root of what a neuron reads.',
            columns: ['Parameters', 'Fixed', 'Fitted'],
            rows: spreadOf({ rho }).map((value, i) => [LAYERS[i] ?? '', fixed[i] ?? null, value]),
          },
        ]),
    ...agreements.map((of) => ({
      title: `Functions of the priors of the ${of.on}, at places that the fit did not see`,
      note: 'Of two places the correlation, by their distance: in closed form for the Gaussian process, of 2,000 draws for the others.',
      columns: ['', 'Gaussian process', 'Fixed', 'Fitted'],
      rows: [
        ['variance', of.process.variance, of.fixed.variance, of.fitted.variance],
        ...of.process.correlations.map(({ distance, correlation }, i) => [
          `correlation at ${formatNumber(distance)}`,
          correlation,
          of.fixed.correlations[i]?.correlation ?? null,
          of.fitted.correlations[i]?.correlation ?? null,
        ]),
      ],
    })),
    ...(curves.length + table.length === 0 ? [] : [predictions(curves, table, processes)]),
  ];
}

const NAMES = { fixed: 'fixed', fitted: 'fitted', process: 'the Gaussian process itself, exact' } as const;

function predictions(
  curves: readonly Of<'curve'>[],
  table: readonly Of<'table'>[],
  processes: readonly Of<'process'>[],
) {
  const scores = [
    ...processes.flatMap(({ on, scores: own }) =>
      own.map((one) => ({ ...one, on, prior: 'process' as const, mixing: null })),
    ),
    ...[...curves, ...table].map((one) => ({ ...one, on: one.part })),
  ];
  return {
    title: 'Predictions',
    note: 'Half: of the 95 % interval over the splits. R-hat: the largest over places and splits. Samples: what those of a posterior are worth, independent of each other, at the median place; the least of the splits.',
    columns: ['Data', 'Prior', 'RMSE', 'Half', 'Negative log-likelihood', 'Half', 'R-hat', 'Samples'],
    rows: (['curve', 'table'] as const).flatMap((on) =>
      (['fixed', 'fitted', 'process'] as const).flatMap((prior) => {
        const rows = scores.filter((row) => row.on === on && row.prior === prior);
        if (rows.length === 0) return [];
        const [rmse, nll] = [estimate(rows.map((r) => r.rmse)), estimate(rows.map((r) => r.nll))];
        const mixing = rows.flatMap((row) => (row.mixing === null ? [] : [row.mixing]));
        const known = mixing.length > 0;
        return [
          [
            on,
            NAMES[prior],
            rmse.mean,
            rmse.half,
            nll.mean,
            nll.half,
            known ? Math.max(...mixing.map(({ rHat }) => rHat)) : null,
            known ? Math.min(...mixing.map(({ effective }) => effective)) : null,
          ],
        ];
      }),
    ),
  };
}

function charts(
  of: Parameters,
  curves: readonly Of<'curve'>[],
  criteria: Of<'criteria'> | undefined,
  fits: readonly Of<'prior'>[],
  last: (on: string) => Of<'prior'>['state'] | undefined,
): ChartInput[] {
  const distances = (['curve', 'table'] as const).flatMap((on) => {
    const state = last(on);
    return state === undefined
      ? []
      : [{ name: on, points: state.distances.map((y, i) => ({ x: i + 1, y })) }];
  });
  return [
    ...(criteria === undefined
      ? []
      : [
          {
            kind: 'plot' as const,
            title: 'Three criteria at equal sparsities, not trained after',
            axes: {
              x: { label: 'sparsity', unit: 'percent' as const },
              y: { label: 'test accuracy', unit: 'percent' as const },
            },
            series: [...new Set(criteria.pruned.map(({ criterion }) => criterion))].map((criterion) => ({
              name: nameOf(criterion),
              points: criteria.pruned
                .filter((r) => r.criterion === criterion)
                .map((r) => ({ x: r.sparsity, y: r.accuracy })),
            })),
          },
        ]),
    ...(fits.length === 0
      ? []
      : [
          {
            kind: 'plot' as const,
            title: 'Distance of the prior to the Gaussian process',
            note: `At ${of.places} places; distances at other places are others.`,
            axes: { x: { label: 'steps of the prior' }, y: { label: 'Wasserstein distance, estimated' } },
            series: distances,
          },
        ]),
    ...curves.flatMap((c): ChartInput[] => [
      {
        kind: 'plot',
        title: `The curve under the ${c.prior} prior`,
        note: 'Band: two standard deviations of a new target.',
        axes: { x: { label: 'x' }, y: { label: 'y' } },
        series: [
          {
            name: 'mean and band',
            spread: 'band',
            points: c.grid.map((x, i) => {
              const [mean, deviation] = [c.mean[i] ?? 0, c.deviation[i] ?? 0];
              return { x, y: mean, low: mean - 2 * deviation, high: mean + 2 * deviation };
            }),
          },
          { name: 'data', look: 'dots', points: c.data },
        ],
      },
      {
        kind: 'plot',
        title: `Functions of the ${c.prior} prior`,
        axes: { x: { label: 'x' }, y: { label: 'y' } },
        series: c.draws.map((values, i) => ({
          name: `draw ${i + 1}`,
          points: values.map((y, j) => ({ x: c.grid[j] ?? 0, y })),
        })),
      },
    ]),
  ];
}
