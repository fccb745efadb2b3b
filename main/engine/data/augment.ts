import type { AugmentSpec } from '../../contract/data.ts';
import type { Random } from '../base/random.ts';
import { type Scaler, scaleRun } from './scale.ts';

/** Where a training image lands on its canvas of the same size. */
export interface Placement {
  readonly flip: boolean;
  /** Pixels that the image moves down and to the right; negative: up, left. */
  readonly down: number;
  readonly right: number;
}

/** Draws a mirroring (half of the time) and a shift, uniform in [-crop, crop] along both axes. */
export function drawPlacement(augment: AugmentSpec, random: Random): Placement {
  const flip = augment.flip && random.int(2) === 1;
  const shift = () => (augment.crop > 0 ? random.int(2 * augment.crop + 1) - augment.crop : 0);
  return { flip, down: shift(), right: shift() };
}

/**
 * Normalises the image at `from` into `target` at `to`, first mirrored left to right, then shifted: the same as padding
 * the raw image with zeros on all sides and cropping a window of the old size.
 */
export function placeImage(
  scale: Scaler,
  from: number,
  target: Float32Array,
  to: number,
  { flip, down, right }: Placement,
): void {
  const [, height = 1, width = 1] = scale.sampleShape;
  const columns = Math.max(0, width - Math.abs(right));
  // First source column that stays inside, before mirroring, and the target column it goes to.
  const source = flip ? Math.max(0, right) : Math.max(0, -right);
  const column = flip ? width - 1 - source + right : source + right;
  for (let c = 0; c < scale.channels; c++) {
    if (down !== 0 || right !== 0) {
      const border = scale.offset[c] ?? 0;
      target.fill(border, to + c * scale.plane, to + (c + 1) * scale.plane);
    }
    for (let row = Math.max(0, -down); row < Math.min(height, height - down); row++) {
      scaleRun(
        scale,
        c,
        from + c * scale.plane + row * width + source,
        target,
        to + c * scale.plane + (row + down) * width + column,
        columns,
        flip ? -1 : 1,
      );
    }
  }
}
