import type { ChartInput } from '../../../contract/chart.ts';
import type { Findings } from '../../../contract/study.ts';
import { estimate, pairedDifference } from '../../../words/estimate.ts';
import { formatNumber, formatPercent } from '../../../words/format.ts';
import type { Parameters, PriorStep, Result } from './parameters.ts';
import { fixedPrior, spreadOf } from './prior.ts';

type Of<P extends Result['part']> = Extract<Result, { part: P }>;

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
  const last = (on: string) => fits.findLast((one) => one.on === on)?.state;
  return {
    ...words(curves, table, criteria, last('curve')?.distances),
    tables: tables(curves, table, criteria, last('curve')?.rho),
    charts: charts(of, curves, criteria, fits, last),
    records: {
      columns: ['part', 'prior', 'split', 'criterion', 'sparsity', 'rmse', 'nll', 'accuracy'],
      rows: [
        ...curves.map((r) => ['curve', r.prior, null, null, null, r.rmse, r.nll, null]),
        ...table.map((r) => ['table', r.prior, r.split, null, null, r.rmse, r.nll, null]),
        ...(criteria?.pruned ?? []).map((r) => [
          'criteria',
          null,
          null,
          r.criterion,
          r.sparsity,
          null,
          null,
          r.accuracy,
        ]),
      ],
    },
  };
}

const scoresOf = (table: readonly Of<'table'>[], prior: string, pick: (row: Of<'table'>) => number) =>
  new Map(table.filter((row) => row.prior === prior).map((row) => [row.split, pick(row)]));

function words(
  curves: readonly Of<'curve'>[],
  table: readonly Of<'table'>[],
  criteria: Of<'criteria'> | undefined,
  distances: readonly number[] | undefined,
) {
  const [fixed, fitted] = [
    curves.find(({ prior }) => prior === 'fixed'),
    curves.find(({ prior }) => prior === 'fitted'),
  ];
  const difference = pairedDifference(
    scoresOf(table, 'fitted', (row) => row.nll),
    scoresOf(table, 'fixed', (row) => row.nll),
  );
  const measured: string[] = [];
  const differs: string[] = [];
  if (criteria !== undefined) {
    measured.push(...criteriaWords(criteria));
  }
  if (distances !== undefined && distances.length > 1)
    measured.push(
      `The distance of the curve's prior to the Gaussian process went from ${formatNumber(distances[0] ?? 0)} to ${formatNumber(distances.at(-1) ?? 0)}, as the critic measures it.`,
    );
  if (fixed !== undefined && fitted !== undefined) {
    measured.push(
      `On the curve, the fixed prior has an RMSE of ${formatNumber(fixed.rmse)} and a negative log-likelihood of ${formatNumber(fixed.nll)}, the fitted one ${formatNumber(fitted.rmse)} and ${formatNumber(fitted.nll)}.`,
    );
    if (fitted.nll >= fixed.nll)
      differs.push('On the curve the fitted prior has no better log-likelihood here.');
  }
  if (difference !== null) {
    const { mean, half, n } = difference;
    measured.push(
      `On the table, the fitted prior's negative log-likelihood less the fixed one's is ${formatNumber(mean)}${half === null ? '' : ` ± ${formatNumber(half)} over ${n} splits`}: below zero the fitted one is better.`,
    );
    differs.push(...tableWords(mean, half));
    differs.push(
      'The paper reports on the Boston housing data 3.13 (RMSE) and 2.567 (negative log-likelihood) with the fixed prior, 2.80 and 2.470 with the fitted one; those data are not used here.',
    );
  }
  return { measured, differs };
}

function criteriaWords({ weights, pruned, dense }: Of<'criteria'>): string[] {
  const gap = weights.reduce(
    (most, { snrMeanField, snrMarginal, obd, obs }) =>
      Math.max(most, Math.abs(snrMeanField ** 2 / (2 * obd) - 1), Math.abs(snrMarginal ** 2 / (2 * obs) - 1)),
    0,
  );
  const most = Math.max(...pruned.map(({ sparsity }) => sparsity));
  const rows = pruned.filter(({ sparsity }) => sparsity === most);
  return [
    `Where the posterior is known exactly, pruning by the signal-to-noise of a factorised posterior is optimal brain damage, and by that of the true marginals optimal brain surgeon: the largest relative difference from these identities was ${formatNumber(gap)}.`,
    `LeNet-300-100 on the digits has ${formatPercent(dense, 1)}; with ${formatPercent(most, 0)} pruned and no training after, ${rows.map(({ criterion, accuracy }) => `${formatPercent(accuracy, 1)} by ${nameOf(criterion)}`).join(', ')}.`,
  ];
}

const nameOf = (criterion: string): string =>
  criterion === 'snr' ? 'signal-to-noise' : criterion === 'fisher' ? 'Fisher' : criterion;

function tables(
  curves: readonly Of<'curve'>[],
  table: readonly Of<'table'>[],
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
    ...(curves.length + table.length === 0
      ? []
      : [
          {
            title: 'Predictions',
            note: 'Half: of the 95 % interval over the splits.',
            columns: ['Data', 'Prior', 'RMSE', 'Half', 'Negative log-likelihood', 'Half'],
            rows: [
              ...curves.map((c) => ['curve', c.prior, c.rmse, null, c.nll, null]),
              ...(['fixed', 'fitted'] as const).flatMap((prior) => {
                const rows = table.filter((row) => row.prior === prior);
                if (rows.length === 0) return [];
                const [rmse, nll] = [estimate(rows.map((r) => r.rmse)), estimate(rows.map((r) => r.nll))];
                return [['table', prior, rmse.mean, rmse.half, nll.mean, nll.half]];
              }),
            ],
          },
        ]),
  ];
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

/** What splits of a table say against a gain. @param mean of the differences in negative log-likelihood, fitted less fixed */
export function tableWords(mean: number, half: number | null): string[] {
  if (half !== null && mean + half < 0) return [];
  if (half !== null && mean - half > 0) return ['On the table the fitted prior is worse, beyond chance.'];
  return ['On the table no gain beyond chance is shown by these splits.'];
}
