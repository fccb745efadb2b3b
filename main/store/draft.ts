import type { Database } from 'better-sqlite3';
import { leftDraftSchema } from '../contract/draft.ts';
import type { LeftDraft } from '../contract/draft.ts';

const KEY = 'draft';

/** The draft that was changed last, beside the settings: the next start of the program goes on with it. */
export function draftTable(db: Database) {
  const row = db.prepare<[string], { value: string }>('SELECT value FROM settings WHERE key = ?');
  const upsert = db.prepare<[string, string]>(
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  const remove = db.prepare<[string]>('DELETE FROM settings WHERE key = ?');
  return {
    /** Null where there is none, or one that this version cannot read. */
    get: (): LeftDraft | null => {
      const kept = row.get(KEY);
      return kept === undefined ? null : (leftDraftSchema.safeParse(JSON.parse(kept.value)).data ?? null);
    },
    keep(draft: LeftDraft | null): void {
      if (draft === null) remove.run(KEY);
      else upsert.run(KEY, JSON.stringify(draft));
    },
  };
}
