import type { Database } from 'better-sqlite3';

/** The tags of runs. */
export function tagsTable(db: Database) {
  const add = db.prepare<[number, string]>('INSERT OR IGNORE INTO run_tags (run_id, tag) VALUES (?, ?)');
  const remove = db.prepare<[number, string]>('DELETE FROM run_tags WHERE run_id = ? AND tag = ?');
  // A tag reads as it was first written.
  const known = db.prepare<[string], { tag: string }>('SELECT tag FROM run_tags WHERE tag = ? LIMIT 1');
  const list = db.prepare<[], { tag: string; runs: number }>(
    `SELECT tag, count(*) AS runs FROM run_tags JOIN runs ON id = run_id WHERE deleted_at IS NULL GROUP BY tag ORDER BY tag`,
  );
  return {
    /** Gives tags to runs that exist, and takes others from them. */
    change: db.transaction(
      (ids: readonly number[], added: readonly string[], removed: readonly string[]): void => {
        for (const id of ids) {
          for (const tag of removed) remove.run(id, tag);
          for (const tag of added) add.run(id, known.get(tag)?.tag ?? tag);
        }
      },
    ),
    /** All that a run outside the trash has, by name. */
    list: () => list.all(),
  };
}
