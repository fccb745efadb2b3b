import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { inputError } from '../../../contract/errors.ts';
import { fileError } from '../../../files/problems.ts';
import type { Random } from '../../base/random.ts';
import type { Samples } from './regression.ts';

/** A table of numbers: rows of inputs and one target each, as they came. */
export interface Table {
  readonly name: string;
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly number[];
}

/** The curve in one dimension, with a gap that only the prior speaks of. */
export function curveSamples(count: number, noise: number, random: Random): Samples {
  const x = Float64Array.from({ length: count }, () => {
    const u = 2 * random.float() - 1;
    return u < 0 ? -0.8 + 0.7 * u : 0.5 + 0.9 * u;
  }).sort();
  return { x, y: x.map((value) => truth(value) + noise * random.normal()), width: 1 };
}

/** What the curve is without noise. */
export const truth = (x: number): number => Math.sin(2.5 * x) + 0.3 * x;

/** Friedman's first benchmark (1991): ten inputs uniform on [0, 1], five of which matter, noise of variance one. */
export function friedman(rows: number, random: Random): Table {
  const inputs = Array.from({ length: rows }, () => Array.from({ length: 10 }, () => random.float()));
  const targets = inputs.map(
    ([a = 0, b = 0, c = 0, d = 0, e = 0]) =>
      10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e + random.normal(),
  );
  return { name: 'Friedman', inputs, targets };
}

/**
 * A CSV file with a header; columns with anything but numbers are left out.
 * @throws EspalierError naming the file
 */
export async function readTable(file: string, target: string, baseFolder: string): Promise<Table> {
  const text = await readFile(resolve(baseFolder, file), 'utf8').catch((error: unknown) => {
    throw fileError(error, file, 'read this file');
  });
  const wrong = (message: string, remedy: string) =>
    inputError('study/table', message, { file, field: 'table', remedy });
  let rows: string[][];
  try {
    rows = parse(text, { skip_empty_lines: true, trim: true });
  } catch (error) {
    throw wrong(
      `This is no CSV file: ${error instanceof Error ? error.message : ''}`,
      'Give a table with a header.',
    );
  }
  const [header = [], ...body] = rows;
  const numeric = header.flatMap((_, i) =>
    body.every((row) => row[i] !== '' && Number.isFinite(Number(row[i]))) ? [i] : [],
  );
  const goal = target === '' ? header.length - 1 : header.indexOf(target);
  if (!numeric.includes(goal))
    throw wrong(
      `The column '${header[goal] ?? target}' is not there, or has more than numbers.`,
      'Name a column of numbers as target.',
    );
  const columns = numeric.filter((i) => i !== goal);
  if (columns.length === 0 || body.length < 20)
    throw wrong(
      'The table has too few rows or no inputs of numbers.',
      'Give at least 20 rows and one column of numbers beside the target.',
    );
  return {
    name: file,
    inputs: body.map((row) => columns.map((i) => Number(row[i]))),
    targets: body.map((row) => Number(row[goal])),
  };
}

/** One split: nine tenths to train on, one to test on, both in units of the training rows. */
export function splitTable({ inputs, targets }: Table, rows: number, random: Random) {
  const order = random.shuffle(Int32Array.from(targets.keys())).subarray(0, rows);
  const tests = Math.max(1, Math.round(order.length / 10));
  const [test, train] = [order.subarray(0, tests), order.subarray(tests)];
  const width = inputs[0]?.length ?? 0;
  const column = (c: number) => Array.from(train, (i) => inputs[i]?.[c] ?? 0);
  const scales = Array.from({ length: width }, (_, c) => scaleOf(column(c)));
  const goal = scaleOf(Array.from(train, (i) => targets[i] ?? 0));
  const of = (indices: Int32Array): Samples => ({
    width,
    x: Float64Array.from(
      Array.from(indices, (i) =>
        scales.map(({ mean, deviation }, c) => ((inputs[i]?.[c] ?? 0) - mean) / deviation),
      ).flat(),
    ),
    y: Float64Array.from(indices, (i) => ((targets[i] ?? 0) - goal.mean) / goal.deviation),
  });
  return { train: of(train), test: of(test), unit: goal.deviation };
}

function scaleOf(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(square) || 1 };
}
