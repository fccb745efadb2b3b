import type { TensorData } from '../../network/graph.ts';
import { THEIRS } from './order.ts';
import { reordered, withShape } from './reorder.ts';

/**
 * A constant as it stands beside a value in our order of axes: [channels] becomes [channels, 1, 1] beside an image.
 * @param rank of the value, whose batch the constant must not reach
 * @returns undefined when the constant has more axes
 */
export function beside(tensor: TensorData, rank: number): TensorData | undefined {
  const { shape, data } = tensor;
  if (data.length === 1) return withShape(tensor, []);
  if (shape.length > rank) return undefined;
  if (rank !== 4) return tensor;
  const whole = [...Array<number>(4 - shape.length).fill(1), ...shape];
  if (whole[0] !== 1) return undefined;
  return withShape(
    reordered(withShape(tensor, whole), THEIRS),
    THEIRS.slice(1).map((axis) => whole[axis] ?? 1),
  );
}
