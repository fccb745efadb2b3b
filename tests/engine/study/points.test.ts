import { expect, it } from 'vitest';
import { sharePoint, spreadPoint } from '../../../main/engine/study/frame/points.ts';

it('has the interval of the mean, which for shares ends at 0 and 1', () => {
  // Two draws: t(1, 97.5 %) = 12.7062, standard error 0.05.
  expect(spreadPoint(3, [0.9, 1])).toEqual({
    x: 3,
    y: 0.95,
    low: expect.closeTo(0.95 - 12.7062 * 0.05, 3) as number,
    high: expect.closeTo(0.95 + 12.7062 * 0.05, 3) as number,
  });
  expect(sharePoint(3, [0.9, 1])).toMatchObject({ high: 1 });
  expect(sharePoint(3, [0, 0.1])).toMatchObject({ low: 0 });
  expect(sharePoint(3, [0.5])).toEqual({ x: 3, y: 0.5 });
});
