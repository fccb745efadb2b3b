/**
 * What is known of the samples' classes, in one of two forms: class indices ([size], 0 <= label < classes), or, where a sample
 * may have several classes or none, a matrix of 0 and 1 ([size, classes], row by row). The array's type tells which.
 */
export type Labels = ClassIndices | LabelMatrix;
export type ClassIndices = Int32Array;
type LabelMatrix = Uint8Array;

/** Whether a sample may have several classes or none. */
export function isMultiLabel(labels: Labels): labels is LabelMatrix {
  return labels instanceof Uint8Array;
}

/** How many samples there are labels of. */
export function labelledSamples(labels: Labels, classes: number): number {
  return isMultiLabel(labels) ? labels.length / classes : labels.length;
}

/** The classes of one sample, ascending. */
export function classesOf(labels: Labels, sample: number, classes: number): number[] {
  if (!isMultiLabel(labels)) return [labels[sample] ?? 0];
  const row = labels.subarray(sample * classes, (sample + 1) * classes);
  return Array.from(row.keys()).filter((c) => row[c] === 1);
}

/** The labels of some samples, in the order of `indices`. */
export function pickLabels(labels: Labels, indices: Int32Array, classes: number): Labels {
  if (!isMultiLabel(labels)) return Int32Array.from(indices, (i) => labels[i] ?? 0);
  const picked = new Uint8Array(indices.length * classes);
  indices.forEach((from, to) =>
    picked.set(labels.subarray(from * classes, (from + 1) * classes), to * classes),
  );
  return picked;
}

/** How many samples each class has. */
export function countClasses(labels: Labels, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  if (isMultiLabel(labels)) {
    labels.forEach((mark, i) => (counts[i % classes] = (counts[i % classes] ?? 0) + mark));
  } else for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/**
 * One group for every sample, to be drawn from in proportion: its class, or the rarest of its classes. Samples without a class
 * are a group of their own, `classes`.
 */
export function strata(labels: Labels, classes: number): ClassIndices {
  if (!isMultiLabel(labels)) return labels;
  const counts = countClasses(labels, classes);
  return Int32Array.from({ length: labelledSamples(labels, classes) }, (_, sample) =>
    classesOf(labels, sample, classes).reduce(
      (rarest, c) => ((counts[c] ?? 0) < (counts[rarest] ?? Infinity) ? c : rarest),
      classes,
    ),
  );
}
