/** Where Keras keeps the axes of our images: our axis i is its axis THEIRS[i]. */
export const THEIRS: readonly number[] = [0, 3, 1, 2];
/** The other way round: its axis i is our axis OURS[i]. As a permutation, it puts the channels last. */
export const OURS: readonly number[] = [0, 2, 3, 1];

/** Whether channels first and channels last list an image's values in the same order. */
export function sameOrder(shape: readonly number[]): boolean {
  const [, channels = 1, height = 1, width = 1] = shape;
  return shape.length !== 4 || channels === 1 || height * width === 1;
}
