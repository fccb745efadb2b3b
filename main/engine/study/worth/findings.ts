import type { ChartInput } from '../../../contract/chart.ts';
import type { Findings } from '../../../contract/study.ts';
import { estimate } from '../../../words/estimate.ts';
import { formatPlural } from '../../../words/format.ts';
import { sharePoint } from '../frame/points.ts';
import type { Parameters, Result, RunStep } from './parameters.ts';
import { published } from './published.ts';

/** Operating points and seeds that the paper asks for at least. */
const POINTS = 5;
const SEEDS = 3;

interface Curve {
  readonly label: string;
  readonly method: string;
  readonly runs: readonly Result[];
  /** Operating points, from little to much compression. */
  readonly points: readonly (readonly Result[])[];
}

export function findings(of: Parameters, done: readonly { step: RunStep; result: Result }[]): Findings {
  const runs = done.map(({ result }) => result);
  const curves = curvesOf(runs);
  return {
    ...words(of, runs, curves),
    tables: tables(of, curves),
    charts: charts(of, curves),
    records: {
      columns: [
        'source',
        'method',
        'network',
        'data',
        'seed',
        'compression',
        'speedUp',
        'accuracy',
        'denseAccuracy',
      ],
      rows: [
        ...runs.map((r) => [
          r.folder,
          r.method,
          r.network,
          r.data,
          r.seed,
          r.compression,
          r.speedUp,
          r.accuracy,
          r.dense,
        ]),
        ...ofNetwork(of).flatMap(({ source, method, network, data, points }) =>
          points.map(({ compression, accuracy }) => [
            source,
            method,
            network,
            data,
            null,
            compression,
            null,
            accuracy,
            null,
          ]),
        ),
      ],
    },
  };
}

const ofNetwork = ({ network }: Parameters) => published.filter((curve) => curve.network === network);

/** Runs of one method on one network and data set (by its name and sizes) are a curve; those of nearly the same compression are one point of it. */
function curvesOf(runs: readonly Result[]): Curve[] {
  const groups = Map.groupBy(runs, (r) => JSON.stringify([r.method, r.network, r.data, r.samples]));
  return [...groups.values()].map((members) => {
    const [{ method, network, data } = { method: '', network: '', data: '' }] = members;
    const sorted = members.toSorted((a, b) => a.compression - b.compression);
    const points: Result[][] = [];
    for (const run of sorted) {
      const last = points.at(-1);
      if (last?.[0] !== undefined && run.compression / last[0].compression < 1.03) last.push(run);
      else points.push([run]);
    }
    return { label: `${method}, ${network} on ${data}`, method, runs: sorted, points };
  });
}

function words(of: Parameters, runs: readonly Result[], curves: readonly Curve[]) {
  const shown = ofNetwork(of);
  const sources = [...new Set(shown.map(({ source }) => source))];
  const measured = [
    `${formatPlural(runs.length, 'run')} make ${formatPlural(curves.length, 'curve')}; ${shown.length} published of ${of.network} beside them.`,
    ...sources.map((source) => `Published: ${source}.`),
  ];
  const missing = curves.flatMap(({ label, points, runs: members }) => {
    const seeds = Math.min(...points.map((point) => new Set(point.map(({ seed }) => seed)).size));
    return [
      ...(points.length < POINTS
        ? [`${label}: ${points.length} operating points, fewer than ${POINTS}.`]
        : []),
      ...(seeds < SEEDS
        ? [
            `${label}: a point of only ${formatPlural(seeds, 'seed')}; below ${SEEDS}, chance cannot be told from gain.`,
          ]
        : []),
      ...(members.some(({ dense }) => dense === null)
        ? [`${label}: runs without the dense accuracy of their own training.`]
        : []),
    ];
  });
  const baselines = (['random', 'magnitude'] as const).filter(
    (word) => curves.length > 0 && !runs.some(({ baseline }) => baseline === word),
  );
  return {
    measured,
    differs: [
      ...missing,
      ...baselines.map((word) => `There is no ${word} pruning among the runs to hold the others against.`),
      ...(curves.length > 0 && shown.length > 0
        ? [
            'Published curves come from other trainings, other dense accuracies and other data preparation: only their shapes compare, not single points.',
          ]
        : []),
      ...(runs.length === 0 ? ['No runs are named: what is shown is published only.'] : []),
    ],
  };
}

function tables(of: Parameters, curves: readonly Curve[]) {
  return [
    ...(curves.length === 0
      ? []
      : [
          {
            title: 'Runs, by method and compression',
            note: 'Compression: parameters of the dense network over those that are not zero. Speed-up: its multiply-accumulates over those by weights that are not zero.',
            columns: [
              'Method',
              'Seeds',
              'Compression',
              'Speed-up',
              'Accuracy',
              'Half of its 95 % interval',
              'Beside the dense network',
            ],
            rows: curves.flatMap(({ label, points }) =>
              points.map((point) => {
                const accuracy = estimate(point.map((r) => r.accuracy));
                const changes = point.flatMap((r) => (r.dense === null ? [] : [r.accuracy - r.dense]));
                return [
                  label,
                  new Set(point.map(({ seed }) => seed)).size,
                  estimate(point.map((r) => r.compression)).mean,
                  estimate(point.map((r) => r.speedUp)).mean,
                  accuracy.mean,
                  accuracy.half,
                  changes.length === 0 ? null : estimate(changes).mean,
                ];
              }),
            ),
          },
        ]),
    {
      title: `Published, ${of.network}`,
      columns: ['Method', 'Data', 'Compression', 'Accuracy'],
      rows: ofNetwork(of).flatMap(({ method, data, points }) =>
        points.map(({ compression, accuracy }) => [method, data, compression, accuracy]),
      ),
    },
  ];
}

function charts(of: Parameters, curves: readonly Curve[]): ChartInput[] {
  const mean = (point: readonly Result[], pick: (run: Result) => number) => estimate(point.map(pick)).mean;
  const ofRuns = (axis: (run: Result) => number) =>
    curves.map(({ label, points }) => ({
      name: label,
      points: points
        .map((point) =>
          sharePoint(
            mean(point, axis),
            point.map((r) => r.accuracy),
          ),
        )
        .toSorted((a, b) => a.x - b.x),
    }));
  const y = { label: 'test accuracy', unit: 'percent' } as const;
  return [
    {
      kind: 'plot',
      title: 'Accuracy against compression',
      note: 'Dashed: published.',
      axes: { x: { label: 'compression', scale: 'log' }, y },
      series: [
        ...ofRuns((run) => run.compression),
        ...ofNetwork(of).map(({ method, data, points }) => ({
          name: `${method}, ${of.network} on ${data}`,
          look: 'dashed' as const,
          points: points.map(({ compression, accuracy }) => ({ x: compression, y: accuracy })),
        })),
      ],
    },
    ...(curves.length === 0
      ? []
      : [
          {
            kind: 'plot' as const,
            title: 'Accuracy against theoretical speed-up',
            note: 'A method that prunes early convolutions more looks better here than by compression, and the other way round.',
            axes: { x: { label: 'speed-up', scale: 'log' as const }, y },
            series: ofRuns((run) => run.speedUp),
          },
        ]),
  ];
}
