import { dataSpecSchema } from '../../../contract/data.ts';
import { dataShorthand } from '../../../contract/data-shorthand.ts';
import { inputError } from '../../../contract/errors.ts';
import type { Dataset } from '../../data/dataset.ts';
import { loadDataset } from '../../data/load.ts';

/**
 * Reads the data that a study's parameter names: the word digits, or KIND:PATH.
 * @throws EspalierError naming the parameter, or what is wrong with the data
 */
export async function readNamedData(
  text: string,
  { seed, baseFolder }: { seed: number; baseFolder: string },
): Promise<Dataset> {
  const named = text === 'digits' ? text : dataShorthand(text);
  if (named === undefined) {
    throw inputError('study/data', `'${text}' names no data.`, {
      field: 'data',
      remedy: 'Give digits, or KIND:PATH, as in idx:folder or csv:table.csv.',
    });
  }
  return loadDataset(dataSpecSchema.parse(named), { seed, baseFolder });
}
