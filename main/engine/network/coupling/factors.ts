/** A factor of the sizes on both sides of a reshape: a digit of the index on either side. */
export interface Factor {
  readonly size: number;
  readonly from: Digit;
  readonly to: Digit;
}

/** One digit of the indices of an axis: floor(index / stride) mod size. */
interface Digit {
  /** Which of the axes on its side. */
  readonly axis: number;
  readonly stride: number;
  /** Whether the axis is this digit alone. */
  readonly whole: boolean;
}

/** Axes of both sides whose sizes have the same product, and no smaller parts of them do. */
export interface Part {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Takes a reshape apart: [8, 4, 4] -> [2, 4, 16] is [8] -> [2, 4] and [4, 4] -> [16]. Axes of size 1 belong to no part. */
export function partsOf(from: readonly number[], to: readonly number[]): Part[] {
  const parts: Part[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    if (from[i] === 1) i++;
    else if (to[j] === 1) j++;
    else {
      const part = { from: [i], to: [j] };
      let [left, right] = [from[i++] ?? 1, to[j++] ?? 1];
      while (left !== right) {
        if (left < right) {
          if (from[i] !== 1) part.from.push(i);
          left *= from[i++] ?? Infinity;
        } else {
          if (to[j] !== 1) part.to.push(j);
          right *= to[j++] ?? Infinity;
        }
      }
      parts.push(part);
    }
  }
  return parts;
}

/**
 * The coarsest factors of which every size on both sides is a product of neighbours: [6] -> [2, 3] has 2 and 3. Undefined where
 * there are none, as for [4, 6] -> [6, 4], which mixes indices.
 */
export function factorsOf(from: readonly number[], to: readonly number[]): Factor[] | undefined {
  const [left, right] = [strides(from), strides(to)];
  const total = from.reduce((product, size) => product * size, 1);
  const cuts = [...new Set([...left, ...right])].sort((a, b) => a - b);
  const factors: Factor[] = [];
  for (const [i, stride] of cuts.entries()) {
    const next = cuts[i + 1] ?? total;
    if (next % stride !== 0) return undefined;
    const size = next / stride;
    factors.unshift({ size, from: digit(left, from, stride, size), to: digit(right, to, stride, size) });
  }
  return factors;
}

/** For each axis, how many elements one step along it passes over. */
function strides(sizes: readonly number[]): number[] {
  let stride = 1;
  return sizes
    .toReversed()
    .map((size) => {
      const own = stride;
      stride *= size;
      return own;
    })
    .reverse();
}

function digit(all: readonly number[], sizes: readonly number[], stride: number, size: number): Digit {
  const axis = all.findIndex((own) => own <= stride);
  return { axis, stride: stride / (all[axis] ?? 1), whole: sizes[axis] === size };
}
