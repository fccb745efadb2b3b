import type { Database } from 'better-sqlite3';
import { settingsSchema } from '../contract/api.ts';
import type { Settings } from '../contract/api.ts';

/** The table of settings: one row per key that was ever set; the schema's defaults fill the rest. */
export function settingsTable(db: Database) {
  const all = db.prepare<[], { key: string; value: string }>('SELECT key, value FROM settings');
  const upsert = db.prepare<[string, string]>(
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );

  const get = (): Settings => {
    const known: Record<string, unknown> = {};
    for (const { key, value } of all.all()) {
      const field = Object.hasOwn(settingsSchema.shape, key)
        ? settingsSchema.shape[key as keyof Settings]
        : null;
      // A setting that this version does not know or cannot read falls back to its default.
      const parsed = field?.safeParse(JSON.parse(value));
      if (parsed?.success === true) known[key] = parsed.data;
    }
    return settingsSchema.parse(known);
  };

  return {
    get,
    set: db.transaction((change: Partial<Settings>): Settings => {
      for (const [key, value] of Object.entries(change)) {
        if (value !== undefined) upsert.run(key, JSON.stringify(value));
      }
      return get();
    }),
  };
}
