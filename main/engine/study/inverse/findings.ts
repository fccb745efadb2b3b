import type { ChartInput } from '../../../contract/chart.ts';
import type { Findings } from '../../../contract/study.ts';
import { formatNumber, formatPercent } from '../../../words/format.ts';
import { activations, meanRate } from './activations.ts';
import { growthWords, isTold, powerLaw, widthEnough } from './growth.ts';
import type { InverseStep, Parameters, Result, Tried } from './parameters.ts';

type Row = Tried & { part: 'width' | 'density'; n: number; k: number; density: number };
type Noisy = Extract<Result, { part: 'noise' }>;
type Restored = Extract<Result, { part: 'picture' }> & { k: number };

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const successOf = ({ draws }: Tried): number => mean(draws.map(({ success }) => Number(success)));

/** The median number of steps of the draws that were solved. */
function medianSteps({ draws }: Tried): number | null {
  const steps = draws.flatMap(({ success, steps }) => (success ? [steps] : [])).sort((a, b) => a - b);
  return steps[Math.floor((steps.length - 1) / 2)] ?? null;
}

export function findings(of: Parameters, done: readonly { step: InverseStep; result: Result }[]): Findings {
  const rows: Row[] = [];
  const noisy: Noisy[] = [];
  const pictures: Restored[] = [];
  for (const { step, result } of done) {
    if ((result.part === 'width' || result.part === 'density') && step.part === result.part)
      rows.push({ ...result, n: step.n, k: step.k, density: step.density });
    if (result.part === 'noise') noisy.push(result);
    if (result.part === 'picture' && step.part === 'picture') pictures.push({ ...result, k: step.k });
  }
  const widths = rows.filter(({ part }) => part === 'width');
  const densities = rows.filter(({ part }) => part === 'density');
  return {
    ...words(of, widths, densities, noisy[0], pictures),
    tables: tables(of, widths, densities, pictures),
    charts: charts(of, widths, densities, noisy[0], pictures),
    records: {
      columns: [
        'part',
        'unknowns',
        'neurons',
        'kept',
        'draw',
        'solved',
        'steps',
        'loss',
        'errorToSignal',
        'leastEigenvalueFirst',
        'leastEigenvalueSeen',
        'smallestOfOperator',
        'moved',
      ],
      rows: [
        ...rows.flatMap(({ part, n, k, density, draws }) =>
          draws.map((d, i) => [
            part,
            n,
            k,
            density,
            i + 1,
            d.success ? 1 : 0,
            d.steps,
            d.loss,
            d.error,
            d.first,
            d.least,
            d.smallest,
            d.moved,
          ]),
        ),
        ...pictures.map((p) => [
          'picture',
          p.side ** 2,
          p.k,
          1,
          1,
          p.stopped ? 1 : 0,
          p.steps,
          p.loss,
          p.psnr,
          null,
          null,
          null,
          null,
        ]),
      ],
    },
  };
}

/** The smallest width from which on at least 90 % of the draws are solved. */
function enough(rows: readonly Row[]): number | null {
  const sorted = [...rows].sort((a, b) => b.k - a.k);
  const failing = sorted.findIndex((row) => successOf(row) < 0.9);
  return (failing === -1 ? sorted.at(-1) : sorted[failing - 1])?.k ?? null;
}

/** The width from which on nine of ten draws are solved, by the number of unknowns; sizes that no width solves are left out. */
function enoughBySize(of: Parameters, widths: readonly Row[]): { x: number; y: number }[] {
  return of.sizes.flatMap((n) => {
    const rows = widths.filter((row) => row.n === n);
    if (rows.length < of.widths.length) return [];
    const y = widthEnough(rows.map((row) => ({ k: row.k, solved: successOf(row) })));
    return y === null ? [] : [{ x: n, y }];
  });
}

/** Where the noisy signal's error is least, and where the residual has come down to the noise. */
function stops({ course, noise }: Noisy) {
  const least = course.reduce((a, b) => (b.error < a.error ? b : a));
  const stop = course.find(({ loss }) => Math.sqrt(2 * loss) <= noise) ?? null;
  return { least, stop, last: course.at(-1) };
}

function words(
  of: Parameters,
  widths: readonly Row[],
  densities: readonly Row[],
  noisy: Noisy | undefined,
  pictures: readonly Restored[],
) {
  if (widths.length < of.sizes.length * of.widths.length) return { measured: [], differs: [] };
  const draws = widths.flatMap((row) => row.draws);
  const needed = of.sizes.map((n) => ({ n, k: enough(widths.filter((row) => row.n === n)) }));
  const fell = draws.filter((draw) => draw.fell).length;
  const over = draws.filter(({ overBound }) => overBound > 1 + 1e-9).length;
  const noise = noisy === undefined ? undefined : stops(noisy);
  const [narrow, wide] = [pictures[0], pictures.at(-1)];
  const thin = densities.at(-1);
  const law = powerLaw(enoughBySize(of, widths));
  return {
    measured: [
      `Nine of ten draws are solved ${needed.map(({ n, k }) => (k === null ? `at none of these widths for ${n} unknowns` : `from ${k} neurons on for ${n} unknowns`)).join(', ')}.`,
      ...(law === null ? [] : [growthWords(law)]),
      `The loss fell at every step in ${fell} of ${draws.length} descents; it went above the bound loss(0) exp(-λ t), λ the least eigenvalue of the kernel at the start, in ${over} of them while that eigenvalue had not halved.`,
      ...(thin === undefined
        ? []
        : [
            `With ${formatPercent(thin.density, 0)} of the trained layer kept, ${formatPercent(successOf(thin), 0)} of the draws are solved at ${of.prunedWidth} neurons.`,
          ]),
      ...(noise?.stop && noise.last
        ? [
            `With noise, the error to the signal is least at step ${noise.least.step} (${formatNumber(noise.least.error)}); the residual comes down to the noise at step ${noise.stop.step} (error ${formatNumber(noise.stop.error)}), and at the end the error is ${formatNumber(noise.last.error)}.`,
          ]
        : []),
      ...(narrow !== undefined && wide !== undefined
        ? [
            `The blurred picture has ${formatNumber(wide.psnrBlurred)} dB; restored with ${narrow.k} neurons ${formatNumber(narrow.psnr)} dB, with ${wide.k} ${formatNumber(wide.psnr)} dB.`,
          ]
        : []),
    ],
    differs: [
      ...(needed.some(({ k }) => k === null)
        ? [
            'Some sizes are not solved at any of these widths: the claim is of networks that are wide enough, which these are not.',
          ]
        : []),
      ...(law === null || isTold(law)
        ? []
        : [
            'How fast the width that is enough grows is not shown: the interval of the power is too wide. More sizes, or more draws, narrow it.',
          ]),
      ...(over > 0 ? [`The exponential bound did not hold in ${over} descents.`] : []),
      ...(noise?.stop && noise.last && noise.last.error <= noise.stop.error
        ? ['Stopping at the noise did not help here: the error fell to the end.']
        : []),
      'The widths that the theorems ask for have constants that are far above what is needed here; only their order is compared.',
    ],
  };
}

function tables(
  of: Parameters,
  widths: readonly Row[],
  densities: readonly Row[],
  pictures: readonly Restored[],
) {
  const rate = meanRate(activations[of.activation]);
  const ratio = (row: Row, of: number) =>
    mean(row.draws.map(({ first, smallest }) => first / (of * smallest)));
  return [
    {
      title: 'Solved, by width',
      note: `Kernel: least eigenvalue of J J' at the start over C σ², C = ${formatNumber(rate)} the mean squared slope and σ the least singular value of A; 1 for infinite width.`,
      columns: [
        'Unknowns',
        'Neurons',
        'Solved',
        'Median steps of these',
        'Kernel',
        'Least kernel seen over its first',
        'How far the weights moved',
      ],
      rows: widths.map((row) => [
        row.n,
        row.k,
        successOf(row),
        medianSteps(row),
        ratio(row, rate),
        mean(row.draws.map(({ first, least }) => least / first)),
        mean(row.draws.map(({ moved }) => moved)),
      ]),
    },
    {
      title: `Solved, by the share of the trained layer that is kept, ${of.prunedWidth} neurons`,
      note: 'Rate: p E φ′(√p Z)² over its value at p = 1, which the speed of descent is multiplied by where a neuron reads many numbers.',
      columns: ['Kept', 'Solved', 'Median steps of these', 'Rate', 'Kernel over its expected value'],
      rows: densities.map((row) => {
        const pruned = meanRate(activations[of.activation], row.density);
        return [row.density, successOf(row), medianSteps(row), pruned / rate, ratio(row, pruned)];
      }),
    },
    ...(pictures.length === 0
      ? []
      : [
          {
            title: 'A picture restored',
            columns: [
              'Neurons',
              'PSNR blurred, dB',
              'PSNR restored, dB',
              'Steps',
              'Residual came down to the noise',
            ],
            rows: pictures.map((p) => [p.k, p.psnrBlurred, p.psnr, p.steps, p.stopped ? 'yes' : 'no']),
          },
        ]),
  ];
}

function charts(
  of: Parameters,
  widths: readonly Row[],
  densities: readonly Row[],
  noisy: Noisy | undefined,
  pictures: readonly Restored[],
): ChartInput[] {
  const rate = meanRate(activations[of.activation]);
  const size = of.sizes[Math.min(1, of.sizes.length - 1)];
  const curves = widths.filter(({ n }) => n === size);
  const widest = curves.at(-1);
  const [first] = widest?.draws ?? [];
  const solved = (row: Row) => ({ x: row.k, y: successOf(row) });
  const [picture] = pictures;
  return [
    {
      kind: 'plot',
      title: 'Solved draws by width',
      axes: { x: { label: 'hidden neurons', scale: 'log' }, y: { label: 'share of draws', unit: 'percent' } },
      series: of.sizes.map((n) => ({
        name: `${n} unknowns`,
        points: widths.filter((row) => row.n === n).map(solved),
      })),
    },
    ...growthPlot(of, widths),
    {
      kind: 'plot',
      title: `Loss of the first draw, ${size} unknowns`,
      note: 'Dashed: loss(0) exp(−2 C σ² t), what a network of infinite width comes to late.',
      axes: {
        x: { label: 'time (steps times step size)', scale: 'log' },
        y: { label: 'loss', scale: 'log' },
      },
      series: [
        ...curves.map(({ k, course }) => ({
          name: `${k} neurons`,
          points: course
            .filter(({ step }) => step > 0)
            .map(({ time, loss }) => ({ x: time, y: Math.max(loss, 1e-12) })),
        })),
        ...(widest === undefined || first === undefined
          ? []
          : [
              {
                name: 'infinite width, slowest part',
                look: 'dashed' as const,
                points: widest.course
                  .filter(({ step }) => step > 0)
                  .map(({ time }) => ({
                    x: time,
                    y: (widest.course[0]?.loss ?? 1) * Math.exp(-2 * rate * first.smallest * time),
                  }))
                  .filter(({ y }) => y > of.stopAt / 10),
              },
            ]),
      ],
    },
    {
      kind: 'plot',
      title: 'Solved draws by what is kept of the trained layer',
      axes: {
        x: { label: 'share of weights kept', scale: 'log', unit: 'percent' },
        y: { label: 'share', unit: 'percent' },
      },
      series: [
        {
          name: `solved at ${of.prunedWidth} neurons`,
          points: densities.map((row) => ({ x: row.density, y: successOf(row) })),
        },
        {
          name: 'rate beside the whole network',
          look: 'dashed',
          points: densities.map((row) => ({
            x: row.density,
            y: meanRate(activations[of.activation], row.density) / rate,
          })),
        },
      ],
    },
    ...(noisy === undefined ? [] : [noisePlot(noisy)]),
    ...(picture === undefined
      ? []
      : [
          {
            kind: 'pictures' as const,
            title: 'A picture restored from its blur',
            series: [
              { name: 'original', width: picture.side, height: picture.side, values: picture.original },
              {
                name: `blurred, ${formatNumber(picture.psnrBlurred)} dB`,
                width: picture.side,
                height: picture.side,
                values: picture.blurred,
              },
              ...pictures.map((p) => ({
                name: `${p.k} neurons, ${formatNumber(p.psnr)} dB`,
                width: p.side,
                height: p.side,
                values: p.restored,
              })),
            ],
          },
        ]),
  ];
}

function growthPlot(of: Parameters, widths: readonly Row[]): ChartInput[] {
  const points = enoughBySize(of, widths);
  const law = powerLaw(points);
  const [first, last] = [points[0], points.at(-1)];
  if (law === null || first === undefined || last === undefined) return [];
  const along = (y: (x: number) => number) => [first, last].map(({ x }) => ({ x, y: y(x) }));
  return [
    {
      kind: 'plot',
      title: 'The width from which on nine of ten draws are solved',
      note: 'Between the measured widths. Dashed: growth with the square of the unknowns from the first size on, to compare with.',
      axes: {
        x: { label: 'unknowns', scale: 'log' },
        y: { label: 'hidden neurons', scale: 'log' },
      },
      series: [
        { name: 'width', look: 'dots', points },
        {
          name: `power of ${formatNumber(law.power)}`,
          points: along((x) => law.factor * x ** law.power),
        },
        { name: 'square', look: 'dashed', points: along((x) => first.y * (x / first.x) ** 2) },
      ],
    },
  ];
}

function noisePlot(noisy: Noisy): ChartInput {
  const { stop } = stops(noisy);
  const points = noisy.course.filter(({ step }) => step > 0);
  return {
    kind: 'plot',
    title: 'A noisy signal: when to stop',
    note: 'The residual falls on; the error to the signal rises again once noise is fitted.',
    axes: { x: { label: 'steps', scale: 'log' }, y: { label: 'length', scale: 'log' } },
    series: [
      { name: 'error to the signal', points: points.map(({ step, error }) => ({ x: step, y: error })) },
      {
        name: 'residual',
        points: points.map(({ step, loss }) => ({ x: step, y: Math.max(Math.sqrt(2 * loss), 1e-9) })),
      },
      {
        name: 'length of the noise',
        look: 'dashed',
        points: points.map(({ step }) => ({ x: step, y: noisy.noise })),
      },
    ],
    marks: stop === null ? [] : [{ x: stop.step, label: 'residual = noise' }],
  };
}
