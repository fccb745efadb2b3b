import type { DataKind, SourceOf } from '../../../contract/data.ts';
import type { Dataset } from '../dataset.ts';
import type { ReadNotes } from '../read-notes.ts';

/** What surrounds the loading of a source. */
export interface LoadContext {
  /** Seed of splits and drawing where the source names none of its own. */
  readonly seed: number;
  /** Absolute folder that relative paths start from: the recipe's. */
  readonly baseFolder: string;
  /** Stops the reading; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the part that is done (0 to 1) and what is being done. */
  readonly progress?: ((done: number, what: string) => void) | undefined;
}

/** What a reader gets. */
export interface ReadContext extends LoadContext {
  /** Where it says what it read, and what it did not. */
  readonly notes: ReadNotes;
}

/** One kind of data source: one file in this folder, one line in the registry. */
export interface DataReader<K extends DataKind> {
  readonly kind: K;
  /** For lists: a name of a few words. */
  readonly label: string;
  /** For lists: one sentence. */
  readonly summary: string;
  /** Reads, checks and splits the source. Throws an inputError that names the file, the place in it and the remedy. */
  read(spec: SourceOf<K>, context: ReadContext): Promise<Dataset>;
}
