import type { LayersAt } from '../../stores/points.ts';

/** How a layer shrank: shares that are left of it, 0..1, at moments in epochs. */
export interface LayerCourse {
  readonly name: string;
  /** Weights now. */
  readonly total: number;
  readonly kept: number;
  /** Output channels now; null where runs of older versions did not count them. */
  readonly channels: { readonly total: number; readonly kept: number } | null;
  readonly weightsOver: readonly Moment[];
  readonly channelsOver: readonly Moment[];
}

interface Moment {
  readonly epoch: number;
  readonly left: number;
}

/** Every layer of the last moment with its way there, of which only the changes are told. */
export function layerCourses(layers: readonly LayersAt[]): readonly LayerCourse[] {
  const ways = new Map<string, { weights: Moment[]; channels: Moment[] }>();
  for (const { epoch, layers: now } of layers) {
    for (const { name, total, kept, channels } of now) {
      const way = ways.get(name) ?? { weights: [], channels: [] };
      ways.set(name, way);
      addChange(way.weights, epoch, kept / total);
      if (channels !== undefined) addChange(way.channels, epoch, channels.kept / channels.total);
    }
  }
  return (layers.at(-1)?.layers ?? []).map(({ name, total, kept, channels = null }) => ({
    name,
    total,
    kept,
    channels,
    weightsOver: ways.get(name)?.weights ?? [],
    channelsOver: ways.get(name)?.channels ?? [],
  }));
}

function addChange(moments: Moment[], epoch: number, left: number): void {
  if (moments.at(-1)?.left !== left) moments.push({ epoch, left });
}

/**
 * A line in steps from whole at the beginning to what is left at the end.
 * @param end epochs that the whole width stands for
 * @returns the `d` of an SVG path in a box of `width` by `height`, whole at its top
 */
export function stepLine(
  moments: readonly Moment[],
  end: number,
  { width, height }: { readonly width: number; readonly height: number },
): string {
  const x = (epoch: number) => Number(((Math.min(epoch, end) / Math.max(end, 1e-9)) * width).toFixed(2));
  const y = (left: number) => Number(((1 - left) * height).toFixed(2));
  const steps = moments.map(({ epoch, left }) => `H${x(epoch)}V${y(left)}`);
  return `M0 0${steps.join('')}H${width}`;
}
