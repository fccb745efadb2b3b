/** Ways of writing down a tensor with zeros, and what each takes. The archive and `inspect` count by the same rules. */

export const encodings = ['dense', 'sparse', 'bitmap', 'gaps', 'csr'] as const;
export type Encoding = (typeof encodings)[number];

/** Bytes that each encoding of a tensor takes before any packing. */
export type EncodingBytes = Readonly<Record<Encoding, number>>;

/** One stored tensor of a file. */
export interface TensorSummary {
  readonly name: string;
  readonly shape: readonly number[];
  readonly elements: number;
  /** Elements that are not zero; null for types that are not counted and for numbers outside of the file. */
  readonly nonzero: number | null;
  /** 'float32', 'float16', 'int8', ... */
  readonly type: string;
  /** How it is stored. */
  readonly encoding: Encoding;
  /** Bytes of its numbers and of what says where they belong, before any packing. */
  readonly bytes: number;
  /** What it would take in each encoding; null where `nonzero` is. */
  readonly encodings: EncodingBytes | null;
}

/** What an encoding's size depends on. */
export interface Sparsity {
  readonly elements: number;
  /** Elements that are not zero. */
  readonly nonzero: number;
  /** Bytes of the gaps between them: see `gapBytes`. */
  readonly gaps: number;
}

/** How many groups of seven bits a number of zeros takes. */
export function gapBytes(zeros: number): number {
  let bytes = 1;
  for (let rest = zeros; rest > 127; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

/**
 * Counts what is not zero and the gaps before it.
 * @param mask bits that count
 * @param zero bits that stand for zero
 */
export function sparsityOf(values: ArrayLike<number>, mask = -1, zero = 0): Sparsity {
  let [nonzero, gaps, zeros] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    if ((((values[i] ?? 0) ^ zero) & mask) === 0) {
      zeros++;
      continue;
    }
    nonzero++;
    gaps += zeros < 128 ? 1 : gapBytes(zeros);
    zeros = 0;
  }
  return { elements: values.length, nonzero, gaps };
}

/**
 * - dense: every element;
 * - sparse: ONNX's sparse_initializer, an int64 position for each value;
 * - bitmap: a bit for each element; gaps: the zeros before each value in groups of seven bits;
 * - csr: compressed sparse rows of the matrix [first axis, others]: a column for each value, in as few whole bytes as all
 *   columns need, and an int32 for the start of each row and the end.
 * @param width bytes of a value
 */
export function encodingBytes(
  { elements, nonzero, gaps }: Sparsity,
  shape: readonly number[],
  width: number,
): EncodingBytes {
  const rows = shape.length === 0 ? 1 : (shape[0] ?? 1);
  const columns = rows === 0 ? 0 : elements / rows;
  const columnBytes = columns <= 2 ** 8 ? 1 : columns <= 2 ** 16 ? 2 : 4;
  const values = nonzero * width;
  return {
    dense: elements * width,
    sparse: values + nonzero * 8,
    bitmap: values + Math.ceil(elements / 8),
    gaps: values + gaps,
    csr: values + nonzero * columnBytes + 4 * (rows + 1),
  };
}

/** The smallest of some encodings; the first of those that are equal. */
export function smallest(bytes: EncodingBytes, among: readonly Encoding[] = encodings): Encoding {
  return among.reduce(
    (best, encoding) => (bytes[encoding] < bytes[best] ? encoding : best),
    among[0] ?? 'dense',
  );
}
