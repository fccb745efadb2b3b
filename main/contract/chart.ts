import { z } from 'zod';

/** A chart as data: the same numbers are drawn in report.html and in the studio. */

const axisSchema = z.object({
  label: z.string(),
  scale: z.enum(['linear', 'log']).default('linear'),
  /** 'percent': values are fractions of one. */
  unit: z.enum(['number', 'percent']).default('number'),
});
export type ChartAxis = z.infer<typeof axisSchema>;

const pointSchema = z.object({
  x: z.number(),
  y: z.number(),
  /** The ends of its interval. */
  low: z.number().optional(),
  high: z.number().optional(),
});
export type PlotPoint = z.infer<typeof pointSchema>;

const seriesSchema = z.object({
  name: z.string(),
  /** 'dots': measured by itself, nothing between; 'dashed': what theory or others say. */
  look: z.enum(['line', 'dashed', 'dots']).default('line'),
  /** How intervals are drawn. */
  spread: z.enum(['bars', 'band']).default('bars'),
  points: z.array(pointSchema),
});
export type PlotSeries = z.infer<typeof seriesSchema>;

const plotSchema = z.object({
  kind: z.literal('plot'),
  title: z.string(),
  /** What a reader should know of it. */
  note: z.string().default(''),
  axes: z.object({ x: axisSchema, y: axisSchema }),
  series: z.array(seriesSchema),
  /** Places on the x axis that mean something. */
  marks: z.array(z.object({ x: z.number(), label: z.string() })).default([]),
});
export type Plot = z.infer<typeof plotSchema>;

const picturesSchema = z.object({
  kind: z.literal('pictures'),
  title: z.string(),
  note: z.string().default(''),
  series: z.array(
    z.object({
      name: z.string(),
      width: z.number().int().positive(),
      height: z.number().int().positive(),
      /** Row by row, 0 black to 1 white. */
      values: z.array(z.number().min(0).max(1)),
    }),
  ),
});
export type Pictures = z.infer<typeof picturesSchema>;

export const chartSchema = z.discriminatedUnion('kind', [plotSchema, picturesSchema]);
export type Chart = z.infer<typeof chartSchema>;
/** As it is written, with what may be left out. */
export type ChartInput = z.input<typeof chartSchema>;
