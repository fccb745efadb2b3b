import type { PruneSpec, RecipeInput } from '../../../contract/recipe.ts';
import type { ForeignPage } from './page.ts';

/** What another program's recipe says of pruning; of network and data such files say nothing. */
export interface ForeignPlan {
  readonly paradigm: string;
  /** Share of the weights (or channels) that go; null where the file leaves it to the network that came. */
  readonly sparsity: number | null;
  readonly prune: PruneSpec;
  readonly dense?: RecipeInput['dense'];
  readonly finetune?: RecipeInput['finetune'];
}

/** A program whose recipes are read. */
export interface ForeignFormat {
  /** As people know it. */
  readonly label: string;
  /** Whether a page looks like one of its files. */
  readonly is: (page: ForeignPage) => boolean;
  /** @throws EspalierError where a value is none of its, or nothing in it prunes */
  readonly read: (page: ForeignPage) => ForeignPlan;
}

/** A pattern of blocks, n of m, or single weights, as these programs write it: '4x1', '2:4', '1x1'; undefined for others. */
export function structureOf(pattern: string): PruneSpec['structure'] | undefined {
  if (/channel/.test(pattern)) return { kind: 'channel' };
  const [, rows, columns] = /^(\d+)x(\d+)$/.exec(pattern) ?? [];
  if (rows !== undefined) {
    const block = { rows: Number(rows), columns: Number(columns) };
    return block.rows === 1 && block.columns === 1 ? { kind: 'element' } : { kind: 'block', ...block };
  }
  const [, gone, m] = /^(\d+):(\d+)$/.exec(pattern) ?? [];
  return gone === undefined ? undefined : { kind: 'n:m', n: Number(m) - Number(gone), m: Number(m) };
}
