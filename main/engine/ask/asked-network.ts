import { isModelPath } from '../../contract/paths.ts';
import type { Dataset } from '../data/dataset.ts';
import { fitModel } from '../evaluate/fit-model.ts';
import { readModel } from '../formats/read.ts';
import type { Network } from '../network/graph.ts';
import { asInFile } from '../network/head.ts';
import { DEFAULT_CLASSES, zoo } from '../zoo/index.ts';

/** Whose structure a question is about. */
export interface AskedNetwork {
  /** A name of the zoo or a file's path, from `baseFolder` on. */
  readonly network: string;
  readonly baseFolder: string;
  /** What it is fitted to; without data all answers of a file count as needed, or the one that is named. */
  readonly dataset: Dataset | null;
  readonly output?: string | undefined;
}

/**
 * The network that is asked about, built or read.
 * @throws EspalierError when it cannot be read, or is for other data
 */
export async function askedNetwork({
  network: name,
  baseFolder,
  dataset,
  output,
}: AskedNetwork): Promise<Network> {
  if (!isModelPath(name)) {
    const entry = zoo.get(name, 'network');
    const input = dataset?.sampleShape ?? entry.defaultInput;
    return entry.build({ input, classes: dataset?.classes.length ?? DEFAULT_CLASSES });
  }
  const model = await readModel(name, baseFolder, dataset?.sampleShape);
  return dataset === null ? asInFile(model.network) : (await fitModel(model, dataset, name, output)).network;
}
