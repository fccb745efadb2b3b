import { describe, expect, it } from 'vitest';
import { niceScale } from '../../renderer/charts/scale.ts';
import { frontier, logTicks, spread } from '../../renderer/charts/scatter.ts';
import { align, summarise } from '../../renderer/charts/series.ts';
import type { ChartSeries } from '../../renderer/charts/series.ts';
import { addPoints, countOf, noPoints } from '../../renderer/stores/points.ts';
import { roundCurves, searchCurves } from '../../renderer/screens/run/curves.ts';
import type { MetricPoint } from '../../main/contract/run.ts';
import { splitMix } from './random.ts';
import { seriesColors, seriesLook } from '../../renderer/charts/series-look.ts';

const series = (label: string, points: [number, number][]): ChartSeries => ({
  id: label,
  label,
  color: '--series-1',
  width: 1,
  points: points.map(([x, y]) => ({ x, y })),
});

describe('curves', () => {
  it('share one axis, with gaps where a curve has no point', () => {
    const a = series('a', [
      [1, 10],
      [3, 30],
    ]);
    const b = series('b', [
      [2, 20],
      [3, 33],
    ]);
    expect(align([a, b])).toEqual([
      [1, 2, 3],
      [10, null, 30],
      [null, 20, 33],
    ]);
  });

  it('are told in a sentence: way, ends and best point', () => {
    const text = summarise(
      series('Validation', [
        [1, 0.7],
        [2, 0.98],
        [3, 0.97],
      ]),
      'higher',
      (value) => value.toFixed(2),
      'epoch',
    );
    expect(text).toBe('Validation rose from 0.70 to 0.97 by epoch 3; best 0.98 at 2.');
    expect(summarise(series('Loss', []), 'lower', String, 'epoch')).toContain('nothing measured');
  });

  it('look different for eighteen runs', () => {
    const looks = Array.from({ length: seriesColors.length * 3 }, (_, index) =>
      JSON.stringify(seriesLook(index)),
    );
    expect(new Set(looks).size).toBe(18);
  });
});

describe('points as they arrive', () => {
  const point = (step: number, value: number, name: MetricPoint['name'] = 'train/loss'): MetricPoint => ({
    name,
    step,
    epoch: step / 10,
    stage: 0,
    value,
  });

  const values = (map: ReturnType<typeof addPoints>, name: MetricPoint['name'] = 'train/loss') =>
    map.get(name)?.map((p) => [p.step, p.value]);

  it('are appended, each to its own curve', () => {
    const map = addPoints(addPoints(noPoints, [point(1, 3)]), [point(2, 2), point(2, 0.5, 'train/accuracy')]);
    expect(values(map)).toEqual([[1, 3], [2, 2]]); // prettier-ignore
    expect(values(map, 'train/accuracy')).toEqual([[2, 0.5]]);
  });

  it('replace those of the same step after a resume, whatever the order', () => {
    const old = addPoints(noPoints, [point(1, 3), point(2, 2), point(3, 1)]);
    const merged = addPoints(old, [point(2, 2.5), point(3, 1.5), point(4, 1.2)]);
    expect(values(merged)).toEqual([[1, 3], [2, 2.5], [3, 1.5], [4, 1.2]]); // prettier-ignore
    expect(values(addPoints(addPoints(noPoints, [point(4, 1)]), [point(2, 2)]))).toEqual([[2, 2], [4, 1]]); // prettier-ignore
  });

  it('lose none of 200,000 that come a thousand at a time', () => {
    let map = noPoints;
    for (let from = 0; from < 200_000; from += 1000)
      map = addPoints(
        map,
        Array.from({ length: 1000 }, (_, at) => point(from + at, at)),
      );
    expect(countOf(map)).toBe(200_000);
    expect(map.get('train/loss')?.at(-1)?.step).toBe(199_999);
  });

  it('of one step are told apart by their round', () => {
    const round = (at: number, value: number): MetricPoint => ({
      ...point(0, value, 'mask/overlap'),
      round: at,
    });
    const first = addPoints(addPoints(noPoints, [round(2, 0.9)]), [round(3, 0.8)]);
    const merged = addPoints(first, [round(3, 0.7), round(4, 0.6)]);
    const points = [{ x: 2, y: 0.9 }, { x: 3, y: 0.7 }, { x: 4, y: 0.6 }]; // prettier-ignore
    expect(roundCurves(merged).map((one) => [one.id, one.points])).toEqual([['jaccard', []], ['overlap', points]]); // prettier-ignore
    const search = addPoints(noPoints, [{ ...point(0, 0.5, 'search/amc'), round: 1 }, { ...point(0, 0.75, 'search/amc'), round: 9 }]); // prettier-ignore
    expect(searchCurves(search)).toMatchObject([
      { id: 'amc', label: 'AMC', points: [{ x: 1, y: 0.5 }, { x: 9, y: 0.75 }] }, // prettier-ignore
    ]);
  });
});

describe('scales', () => {
  it.each([[[0.9475, 0.9795]], [[0, 1]], [[5, 5]], [[-3, 200]], [[]]])(
    'hold %j between round ticks',
    (values) => {
      const { low, high, ticks } = niceScale(values);
      for (const value of values) {
        expect(value).toBeGreaterThanOrEqual(low);
        expect(value).toBeLessThanOrEqual(high);
      }
      expect(high).toBeGreaterThan(low);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThan(10);
    },
  );

  it.each([[[300, 45_000]], [[0.04, 0.05]], [[2]], [[1]], [[10]], [[1e3, 1e12]], [[7, 69]]])(
    'of costs hold %j, in few ticks, each more than the one before',
    (values) => {
      const ticks = logTicks(values);
      expect(ticks[0]).toBeLessThanOrEqual(Math.min(...values));
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(Math.max(...values));
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThan(12);
      expect(ticks).toEqual([...ticks].sort((x, y) => x - y));
      expect(new Set(ticks).size).toBe(ticks.length);
    },
  );

  it('the frontier is what no point beats in both, by rising cost', () => {
    const random = splitMix(5);
    const points = Array.from({ length: 60 }, (_, id) => ({
      id,
      x: 1 + Math.round(random() * 20),
      accuracy: Math.round(random() * 20) / 20,
    }));
    const beats = (a: (typeof points)[number], b: (typeof points)[number]) =>
      a.x <= b.x && a.accuracy >= b.accuracy && (a.x < b.x || a.accuracy > b.accuracy);
    const line = frontier(points);
    for (const point of points) {
      const beaten = points.some((other) => beats(other, point));
      const same = line.some(({ x, accuracy }) => x === point.x && accuracy === point.accuracy);
      expect(same).toBe(!beaten);
    }
    expect(line.map(({ x }) => x)).toEqual(line.map(({ x }) => x).toSorted((a, b) => a - b));
    expect(frontier([])).toEqual([]);
  });

  it('keep labels apart, in order and inside', () => {
    const placed = spread([100, 101, 102, 40, 300], 16, 10, 300);
    const sorted = [...placed].sort((a, b) => a - b);
    for (const [index, y] of sorted.entries())
      if (index > 0) expect(y - (sorted[index - 1] ?? 0)).toBeGreaterThanOrEqual(16);
    expect(placed[3]).toBe(40);
    expect(Math.max(...placed)).toBeLessThanOrEqual(300);
    expect(placed[0]).toBeLessThan(placed[1] ?? 0);
  });
});
