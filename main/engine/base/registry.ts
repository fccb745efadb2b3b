import { inputError } from '../../contract/errors.ts';

/** Anything that a recipe names: found by its id, shown by its label. */
export interface Registered {
  readonly id: string;
  readonly label: string;
  readonly summary: string;
  /** What papers and other tools call it: who writes such a name is told ours. */
  readonly aliases?: readonly string[];
}

/** A list of things to choose from, in the order in which people see them. */
export class Registry<T extends Registered> {
  readonly items: readonly T[];
  private readonly what: string;

  /** @param what singular noun for messages: 'criterion'. */
  constructor(what: string, items: readonly T[]) {
    this.what = what;
    this.items = items;
  }

  has(id: string): boolean {
    return this.items.some((item) => item.id === id);
  }

  /** @throws EspalierError naming what there is, when there is nothing of that id. */
  get(id: string, field?: string): T {
    const found = this.items.find((item) => item.id === id);
    if (found !== undefined) return found;
    throw inputError(`${this.what}/unknown`, `There is no ${this.what} '${id}'.`, {
      field,
      remedy: `Choose one of: ${this.items.map((item) => item.id).join(', ')}.`,
    });
  }
}
