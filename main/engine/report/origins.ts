import { posix, win32 } from 'node:path';
import { dataSource } from '../../contract/data.ts';
import { isModelPath } from '../../contract/paths.ts';
import { carriesWeights } from '../../contract/recipe.ts';
import type { Report } from '../../contract/report.ts';

/** Where a run's network, weights and data come from, in sentences of Markdown: as far as the report knows, and what it does not. */

/** Said of whatever nobody has told the program. */
const UNKNOWN = 'Not known to the program.';

/** A file is called by its name alone: where it lies on somebody's disk is nobody's business. */
export const fileName = (path: string): string => posix.basename(win32.basename(path));

/** A text from outside as Markdown shows it: one line, no markup. */
export const plain = (text: string): string =>
  text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_{}[\]<>#|~!&]/g, (mark) => `\\${mark}`);

/** Something that comes from somewhere. */
export interface Origin {
  readonly what: string;
  readonly from: string;
  readonly license: string;
}

export function originsOf(report: Report): Origin[] {
  return [architecture(report), weights(report), data(report)];
}

function architecture(report: Report): Origin {
  const { recipe, network } = report;
  if (!isModelPath(recipe.network)) {
    return {
      what: 'Architecture',
      from: `${plain(network.name)}, built by Espalier after its paper.`,
      license: 'An architecture as such has no weights; the code that built it is not part of this model.',
    };
  }
  return { what: 'Architecture', from: fromFile(report), license: saidIn(report) };
}

function weights(report: Report): Origin {
  const { recipe } = report;
  const what = 'Weights';
  const said = recipe.card?.weights;
  const trained = `${recipe.dense === undefined ? 'P' : 'Trained and p'}runed by Espalier (seed ${report.seed}).`;
  if (!carriesWeights(recipe)) {
    return {
      what,
      from: `Drawn at random and trained by Espalier (seed ${report.seed}): they derive from the data below and from no other weights.${said === undefined ? '' : ` The recipe says: ${plain(said)}`}`,
      license: 'That of the compressed network, as far as the data allow.',
    };
  }
  const file =
    recipe.weights === undefined ? fromFile(report) : `The file ${plain(fileName(recipe.weights))}.`;
  return {
    what,
    from: `${file} ${trained}`,
    license: said === undefined ? saidIn(report) : `The recipe says: ${plain(said)}`,
  };
}

function data({ recipe, data: { name } }: Report): Origin {
  const what = 'Training data';
  const said = recipe.card?.data;
  if (dataSource(recipe.data).kind === 'digits') {
    return {
      what,
      from: 'Digits drawn by the code of Espalier; no data of anybody are in them.',
      license: said === undefined ? 'None is needed.' : `The recipe says: ${plain(said)}`,
    };
  }
  return {
    what,
    from: `${plain(name)}, read from a person's own files.`,
    license: said === undefined ? UNKNOWN : `The recipe says: ${plain(said)}`,
  };
}

function fromFile({ recipe, network: { origin } }: Report): string {
  const form = origin === undefined ? '' : `, ${plain(origin.form)}`;
  return `The file ${plain(fileName(recipe.network))}${form}.`;
}

/** What a model file says of its own licence. */
function saidIn({ network: { origin } }: Report): string {
  const said = Object.entries(origin?.says ?? {}).map(([key, value]) => `${plain(key)}: ${plain(value)}`);
  return said.length === 0 ? UNKNOWN : `The file says: ${said.join('; ')}.`;
}
