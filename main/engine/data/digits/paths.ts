import type { Stroke } from './glyphs.ts';

/** Straight pieces between two control points of a curve. */
const PIECES = 5;

/** Receives one straight segment, in the coordinates of the stroke's points. */
export type SegmentSink = (x0: number, y0: number, x1: number, y1: number) => void;

/**
 * Breaks a stroke whose control points were moved (`points`: x and y in turn) into straight segments. A curve is the
 * uniform Catmull-Rom spline through its points, its ends doubled.
 */
export function trace(kind: Stroke['kind'], points: Float64Array, sink: SegmentSink): void {
  const count = points.length / 2;
  const x = (i: number) => points[2 * Math.min(Math.max(i, 0), count - 1)] ?? 0;
  const y = (i: number) => points[2 * Math.min(Math.max(i, 0), count - 1) + 1] ?? 0;
  let fromX = x(0);
  let fromY = y(0);
  for (let i = 0; i + 1 < count; i++) {
    const pieces = kind === 'line' ? 1 : PIECES;
    for (let piece = 1; piece <= pieces; piece++) {
      const t = piece / pieces;
      const toX = kind === 'line' ? x(i + 1) : spline(x(i - 1), x(i), x(i + 1), x(i + 2), t);
      const toY = kind === 'line' ? y(i + 1) : spline(y(i - 1), y(i), y(i + 1), y(i + 2), t);
      sink(fromX, fromY, toX, toY);
      fromX = toX;
      fromY = toY;
    }
  }
}

/** The Catmull-Rom spline's coordinate between b (t = 0) and c (t = 1). */
function spline(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}
