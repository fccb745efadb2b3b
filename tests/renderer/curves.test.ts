import { describe, expect, it } from 'vitest';
import type { MetricName, MetricPoint, StageInfo } from '../../main/contract/run.ts';
import { chartCsv } from '../../renderer/charts/csv.ts';
import { decimate } from '../../renderer/charts/decimate.ts';
import { bestOf } from '../../renderer/charts/series.ts';
import { smooth } from '../../renderer/charts/smooth.ts';
import { chartSvg } from '../../renderer/charts/svg.ts';
import { marksOn, trainingCurves } from '../../renderer/screens/run/curves.ts';
import { runEvents } from '../../renderer/screens/run/events.ts';
import { formatClockTime, xAxis } from '../../renderer/screens/run/x-axis.ts';
import { addPoints, noPoints } from '../../renderer/stores/points.ts';

const line = (length: number, y: (x: number) => number) => Array.from({ length }, (_, x) => ({ x, y: y(x) }));
const point = (name: MetricName, epoch: number, value: number, stage = 0): MetricPoint => ({
  name,
  step: Math.round(epoch * 100),
  epoch,
  stage,
  value,
});

describe('smoothing', () => {
  it('leaves a constant curve and one without smoothing as they are', () => {
    for (const { y } of smooth(
      line(50, () => 3),
      0.9,
    ))
      expect(y).toBeCloseTo(3, 12);
    const points = line(9, (x) => x * x);
    expect(smooth(points, 0)).toEqual(points);
  });

  it('is the weighted mean of all points so far, the weights falling by the factor', () => {
    const ys = [4, 1, 7, 2, 9];
    const factor = 0.6;
    const smoothed = smooth(ys.map((y, x) => ({ x, y })), factor); // prettier-ignore
    ys.forEach((_y, k) => {
      const weights = ys.slice(0, k + 1).map((_, i) => factor ** (k - i));
      const mean = weights.reduce((sum, w, i) => sum + w * (ys[i] ?? 0), 0) / weights.reduce((a, b) => a + b);
      expect(smoothed[k]?.y).toBeCloseTo(mean, 12);
    });
  });
});

describe('thinning out', () => {
  const points = line(200_000, (x) => Math.sin(x / 900));
  const spiked = points.map((p, at) => (at === 123_457 ? { ...p, y: 99 } : at === 77 ? { ...p, y: -99 } : p));

  it('keeps ends, order and every peak', () => {
    const thin = decimate(spiked, 2000);
    expect(thin.length).toBeLessThanOrEqual(2000);
    expect(thin.length).toBeGreaterThan(1500);
    expect(thin[0]).toEqual(spiked[0]);
    expect(thin.at(-1)).toEqual(spiked.at(-1));
    expect(thin.map(({ y }) => y)).toEqual(expect.arrayContaining([99, -99]));
    expect(thin.every(({ x }, at) => at === 0 || x > (thin[at - 1]?.x ?? 0))).toBe(true);
  });

  it('shows all of a short stretch, with a neighbour on each side', () => {
    expect(decimate(spiked, 2000, [500, 520]).map(({ x }) => x)).toEqual(
      Array.from({ length: 23 }, (_, at) => 499 + at).filter((x) => x <= 520),
    );
    expect(
      decimate(
        line(10, (x) => x),
        2000,
      ),
    ).toHaveLength(10);
  });
});

describe('axes', () => {
  const map = addPoints(
    noPoints,
    [1, 2, 3].flatMap((epoch) => [
      point('train/loss', epoch, 1 / epoch),
      point('seconds', epoch, epoch === 3 ? 40 : 10 * epoch),
    ]),
  );

  it('place measurements and moments by epoch, step and time', () => {
    const xs = (kind: 'epoch' | 'step' | 'time') =>
      trainingCurves(map, 'loss', xAxis(kind, map))[0]?.points.map(({ x }) => x);
    expect(xs('epoch')).toEqual([1, 2, 3]);
    expect(xs('step')).toEqual([100, 200, 300]);
    expect(xs('time')).toEqual([10, 20, 40]);
    expect(xAxis('time', map).at(2.5)).toBe(30);
    expect(xAxis('time', map).at(0.5)).toBe(5);
    expect(xAxis('step', map).at(1.5)).toBe(150);
    expect(xAxis('time', map).at(3.5)).toBeNull();
  });

  it('tell time as a clock', () => {
    expect([4.24, 59, 60, 725, 3725].map(formatClockTime)).toEqual([
      '4.2 s',
      '59 s',
      '1:00',
      '12:05',
      '1:02:05',
    ]);
  });
});

describe('events', () => {
  const stages: StageInfo[] = [
    { id: 'a', label: 'Train dense', epochs: 2 },
    { id: 'b', label: 'Prune', epochs: 0 },
    { id: 'c', label: 'Rewind', epochs: 0 },
    { id: 'd', label: 'Fine-tune', epochs: 2 },
    { id: 'e', label: 'Evaluate', epochs: 0 },
  ];
  const layers = (epoch: number, kept: number) => ({ epoch, layers: [{ name: 'w', total: 100, kept }] });

  it('are stages, prunings and growth, in the order of time', () => {
    const grown = addPoints(noPoints, [point('mask/grown', 3.5, 0.02)]);
    const snapshots = [layers(1, 100), layers(2, 50), layers(3, 50), layers(3.2, 60), layers(3.5, 60)];
    expect(runEvents(stages, grown, snapshots).map(({ kind, epoch }) => `${kind} ${epoch}`)).toEqual([
      'step 2',
      'step 2',
      'stage 2',
      'prune 2',
      'grow 3.2',
      'grow 3.5',
    ]);
  });

  it('have steps of the learning rate, not its warm-up, its smooth decay or a new stage', () => {
    const rate = (values: number[], stage = 0, from = 0) =>
      values.map((value, at) => point('learning-rate', from + at + 1, value, stage));
    const of = (points: MetricPoint[]) =>
      runEvents([], addPoints(noPoints, points), []).map(({ epoch }) => epoch);
    expect(of(rate([0.1, 0.1, 0.1, 0.01, 0.01, 0.001, 0.001]))).toEqual([4, 6]);
    expect(of(rate([0.01, 0.04, 0.09, 0.1, 0.1]))).toEqual([]);
    expect(
      of(rate(Array.from({ length: 200 }, (_, k) => 0.05 * (1 + Math.cos((Math.PI * k) / 200))))),
    ).toEqual([]);
    expect(of([...rate([0.1, 0.1]), ...rate([0.01, 0.01], 1, 2)])).toEqual([]);
  });

  it('that the axis does not reach have no mark', () => {
    const axis = xAxis('time', addPoints(noPoints, [point('seconds', 2.5, 50)]));
    const events = [2, 3].map((epoch) => ({ kind: 'step' as const, epoch, text: String(epoch) }));
    expect(marksOn(axis, events)).toEqual([{ x: 40, label: '2', kind: 'step' }]);
  });
});

describe('a chart to take away', () => {
  const series = [
    { id: 'a', label: 'Train, "raw"', color: '--c', width: 1, faint: true, points: [{ x: 1, y: 2 }, { x: 2, y: 0.5 }] }, // prettier-ignore
    { id: 'b', label: 'Validation', color: '--c', width: 2, points: [{ x: 2, y: 0.75 }] },
  ];

  it('has every number, in cells that programs read', () => {
    expect(chartCsv('epoch', series)).toBe('epoch,"Train, ""raw""",Validation\r\n1,2,\r\n2,0.5,0.75\r\n');
  });

  it('is a picture with names, curves, stages and the best point', () => {
    const svg = chartSvg({
      title: 'Loss <1>',
      series,
      marks: [{ x: 1.5, label: 'Fine-tune', kind: 'stage' }],
      xLabel: 'epoch',
      yLabel: 'Loss',
      xRange: [0, 2],
      xTick: String,
      tick: (y) => y.toFixed(2),
      better: 'lower',
      log: false,
      color: () => '#123456',
    });
    for (const words of ['Loss &lt;1&gt;', 'Fine-tune', 'Validation, best 0.75', '<circle', 'epoch']) expect(svg).toContain(words); // prettier-ignore
    expect(svg.match(/<path/g)).toHaveLength(2);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('rings the first of the best points', () => {
    const points = [{ x: 1, y: 5 }, { x: 2, y: 3 }, { x: 3, y: 3 }]; // prettier-ignore
    expect(bestOf(points, 'lower')).toEqual({ x: 2, y: 3 });
    expect(bestOf(points, 'higher')).toEqual({ x: 1, y: 5 });
    expect(bestOf([], 'higher')).toBeUndefined();
  });
});
