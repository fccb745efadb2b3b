import { readFile } from 'node:fs/promises';
import { inputError } from '../../contract/errors.ts';
import { sensitivitySchema, type Sensitivity } from '../../contract/sensitivity.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { fileError } from '../../files/problems.ts';
import type { Control } from '../base/control.ts';
import type { Network } from '../network/graph.ts';
import { sensitivityOf, type SensitivityOptions } from './sensitivity.ts';

export interface KeptOptions extends Omit<SensitivityOptions, 'known' | 'progress'> {
  /** A JSON file that holds what was measured: written after every point, and gone on with. */
  readonly file: string;
  /** What messages call it. */
  readonly shown: string;
  /** Told the share of all points that is there, 0..1. */
  readonly tell: (fraction: number) => void;
}

/**
 * A sensitivity analysis that a file keeps: what was measured earlier of the same network, data and criterion is taken from it, so
 * that it can be ended at any point and asked for again.
 * @throws EspalierError where the file holds something else, which would be lost, or cannot be written
 * @throws CancelledError when it was cancelled; the file has what was measured
 */
export async function keptSensitivity(
  { file, shown, tell, ...options }: KeptOptions,
  control: Control,
): Promise<{ sensitivity: Sensitivity; network: Network }> {
  const known = await earlier(file, shown);
  const progress = async (sofar: Sensitivity, fraction: number) => {
    await writeFileAtomic(file, `${JSON.stringify(sofar, null, 2)}\n`).catch((error: unknown) => {
      throw fileError(error, shown, 'write this file');
    });
    tell(fraction);
  };
  return sensitivityOf({ ...options, known, progress }, control);
}

async function earlier(path: string, shown: string): Promise<Sensitivity | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw fileError(error, shown, 'read this file');
  });
  if (text === undefined) return undefined;
  const read = sensitivitySchema.safeParse(parsed(text));
  if (read.success) return read.data;
  throw inputError('sensitivity/other-file', 'This file is there already, and is no sensitivity analysis.', {
    file: shown,
    remedy: 'Name another file, or remove this one.',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
