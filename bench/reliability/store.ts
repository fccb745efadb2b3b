import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { EspalierError } from '../../main/contract/errors.ts';
import { Random } from '../../main/engine/base/random.ts';
import { storeError } from '../../main/store/errors.ts';
import { runQuerySchema } from '../../main/contract/run-list.ts';
import { openStore } from '../../main/store/store.ts';
import { smallRecipe } from './program.ts';
import type { Suite } from './tally.ts';

/** What the database has to say after a trial: it works, or it was refused with one of these codes. */
function look(file: string, codes: readonly string[]): string | null {
  try {
    const store = openStore(file);
    try {
      store.projects.list();
      for (const run of store.runs.query(runQuerySchema.parse({})).rows) store.logs.ofRun(run.id);
      store.projects.create('after');
    } finally {
      store.close();
    }
    return null;
  } catch (error) {
    const told = storeError(error, file) ?? error;
    const code = told instanceof EspalierError ? told.problem.code : String(error);
    return codes.includes(code) ? null : `it said ${code}`;
  }
}

function filled(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'espalier.db');
  const store = openStore(file);
  const { id } = store.projects.create('p');
  for (let i = 0; i < 40; i++) {
    const run = store.runs.create(id, `run ${i}`, smallRecipe('imp', i), 'cpu');
    for (let line = 0; line < 5; line++) {
      const text = `line ${line} of ${'x'.repeat(200)}`;
      store.logs.add(run.id, { at: new Date(0).toISOString(), level: 'info', text });
    }
  }
  store.close();
  return file;
}

/** Databases that are damaged, cut short or of a later version. */
export function damagedStores(scratch: string, asked: number): Suite[] {
  const of = (
    id: string,
    label: string,
    trial: (random: Random, folder: string) => string | null,
  ): Suite => ({
    id,
    label,
    asked,
    async *trials(from) {
      const folder = join(scratch, id);
      for (let n = from; ; n++) yield { problem: trial(Random.from(n, id), folder) };
    },
  });
  return [
    of('corrupt-page', 'database with damaged pages', (random, folder) => {
      const file = filled(folder);
      const bytes = readFileSync(file);
      for (let i = 0; i <= random.int(3); i++) {
        const at = random.int(bytes.length);
        bytes.fill(random.int(256), at, Math.min(bytes.length, at + 1 + random.int(4096)));
      }
      writeFileSync(file, bytes);
      return look(file, ['store/corrupt']);
    }),
    of('truncated-wal', 'write-ahead log cut short at any byte', (random, folder) => {
      const file = filled(folder);
      const db = new Sqlite(file);
      db.pragma('wal_autocheckpoint = 0');
      const insert = db.prepare("INSERT INTO projects (name, created_at) VALUES (?, '2026-01-01')");
      for (let i = 0; i < 30; i++) insert.run(`late ${i} ${'y'.repeat(random.int(500))}`);
      const cut = join(folder, 'cut.db');
      copyFileSync(file, cut);
      copyFileSync(`${file}-wal`, `${cut}-wal`);
      db.close();
      truncateSync(`${cut}-wal`, random.int(statSync(`${cut}-wal`).size));
      const said = look(cut, []);
      if (said !== null) return said;
      const sound = new Sqlite(cut, { readonly: true });
      const kept = sound
        .prepare<[], { n: number }>("SELECT count(*) AS n FROM projects WHERE name = 'p'")
        .get();
      sound.close();
      return kept?.n === 1 ? null : 'what was stored long before is gone';
    }),
    of('future-schema', 'database of a later version', (random, folder) => {
      const file = filled(folder);
      const db = new Sqlite(file);
      db.pragma(`user_version = ${100 + random.int(1000)}`);
      db.close();
      const before = readFileSync(file);
      const said = look(file, ['store/newer']);
      return said ?? (readFileSync(file).equals(before) ? null : 'it was written to');
    }),
  ];
}
