import { inputError } from '../../../contract/errors.ts';
import type { ForeignFormat, ForeignPlan } from './foreign.ts';
import { neuralCompressor } from './neural-compressor.ts';
import { nni } from './nni.ts';
import { ForeignPage, type Lost } from './page.ts';
import { sparseMl } from './sparseml.ts';

/** In the order in which a file is tried. */
const formats: readonly ForeignFormat[] = [sparseMl, neuralCompressor, nni];

export interface ReadForeign {
  readonly label: string;
  readonly plan: ForeignPlan;
  /** In the file's order. */
  readonly lost: readonly Lost[];
}

/**
 * Reads a recipe of another program.
 * @param file what the user calls it
 * @throws EspalierError where it is none that is known, or says what cannot be
 */
export function readForeign(text: string, file: string): ReadForeign {
  const page = new ForeignPage(text, file);
  const format = formats.find(({ is }) => is(page));
  if (format === undefined) {
    throw inputError('foreign/unknown', 'This is no recipe of a program that is known here.', {
      file,
      remedy: `There are: ${formats.map(({ label }) => label).join(', ')}.`,
    });
  }
  const plan = format.read(page);
  return { label: format.label, plan, lost: page.lost.toSorted((a, b) => a.line - b.line) };
}
