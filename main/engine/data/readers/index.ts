import type { DataKind } from '../../../contract/data.ts';
import { cifarReader } from './cifar.ts';
import { csvReader } from './csv.ts';
import { digitsReader } from './digits.ts';
import { idxReader } from './idx.ts';
import { imagesReader } from './images.ts';
import { npzReader } from './npz.ts';
import type { DataReader } from './reader.ts';

/** Every kind of data source. The CLI, the wizard and the documents make their lists from this. */
export const dataReaders: { readonly [K in DataKind]: DataReader<K> } = {
  digits: digitsReader,
  idx: idxReader,
  cifar: cifarReader,
  images: imagesReader,
  csv: csvReader,
  npz: npzReader,
};
