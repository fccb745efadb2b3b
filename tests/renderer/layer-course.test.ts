import { describe, expect, it } from 'vitest';
import { layerCourses, stepLine } from '../../renderer/screens/run/layer-course.ts';

const at = (epoch: number, kept: number, channels?: number) => ({
  epoch,
  layers: [
    {
      name: 'conv1/weight',
      total: 100,
      kept,
      ...(channels === undefined ? {} : { channels: { total: 10, kept: channels } }),
    },
  ],
});

describe('how layers shrank', () => {
  it('is told by the changes alone, with what is left now', () => {
    const [course] = layerCourses([
      at(1, 100, 10),
      at(2, 100, 10),
      at(3, 50, 10),
      at(4, 50, 6),
      at(5, 50, 6),
    ]);
    expect(course?.weightsOver).toEqual([
      { epoch: 1, left: 1 },
      { epoch: 3, left: 0.5 },
    ]);
    expect(course?.channelsOver).toEqual([
      { epoch: 1, left: 1 },
      { epoch: 4, left: 0.6 },
    ]);
    expect(course).toMatchObject({ kept: 50, total: 100, channels: { total: 10, kept: 6 } });
  });

  it('knows no width of runs that did not count channels', () => {
    const [course] = layerCourses([at(1, 40)]);
    expect(course?.channels).toBeNull();
    expect(course?.channelsOver).toEqual([]);
  });

  it('is drawn in steps, whole at the top until something leaves', () => {
    const moments = [
      { epoch: 5, left: 0.5 },
      { epoch: 10, left: 0.25 },
    ];
    expect(stepLine(moments, 20, { width: 100, height: 20 })).toBe('M0 0H25V10H50V15H100');
    expect(stepLine([], 20, { width: 100, height: 20 })).toBe('M0 0H100');
  });
});
