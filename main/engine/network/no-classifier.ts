/** Whether an output of this shape (for one sample; null = open) is no single row of numbers. */
export const noRow = (shape: readonly (number | null)[]): boolean =>
  shape.filter((dim) => dim === null || dim > 1).length > 1;

/**
 * What to say of a file none of whose outputs is a row of scores; undefined where one is, or where nothing is known.
 * @param shapes of the outputs, for one sample
 */
export function noClassifierNote(shapes: readonly (readonly (number | null)[])[]): string | undefined {
  if (shapes.length === 0 || !shapes.every(noRow)) return undefined;
  return 'No output is one row with a score for each class: this is a network that finds objects or makes images. It can be looked at, but only networks that tell classes apart are compressed.';
}
