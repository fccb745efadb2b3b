import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { lockFolder } from '../../main/store/lock.ts';
import { migrations } from '../../main/store/migrations/index.ts';
import { openDatabase } from '../../main/store/open.ts';
import { openStore } from '../../main/store/store.ts';
import { temporaryFolder } from '../support/folder.ts';
import { problemWith } from '../support/problem.ts';

const folder = temporaryFolder();
let counter = 0;
const fresh = () => join(folder, `${++counter}`, 'espalier.db');

test('a new database is made with its folder, in WAL mode, with foreign keys enforced', () => {
  const db = openDatabase(fresh());
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
  expect(db.pragma('synchronous', { simple: true })).toBe(1);
  expect(db.pragma('user_version', { simple: true })).toBe(migrations.length);
  expect(() =>
    db.prepare(`INSERT INTO logs (run_id, at, level, text) VALUES (77, '', 'info', '')`).run(),
  ).toThrow(/FOREIGN KEY/);
  db.close();
});

test('what was stored is there after closing and opening again', () => {
  const file = fresh();
  const first = openStore(file);
  const { id } = first.projects.create('Digits');
  first.close();
  expect(readdirSync(join(file, '..'))).toEqual(['espalier.db']);
  const second = openStore(file);
  expect(second.projects.get(id)).toMatchObject({ name: 'Digits', runs: 0 });
  second.close();
});

test('an older database is copied aside, then migrated; a migration that fails changes nothing', () => {
  const file = fresh();
  const old = openDatabase(file);
  old.prepare(`INSERT INTO projects (name, created_at) VALUES ('kept', '')`).run();
  old.close();

  const broken = [...migrations, 'ALTER TABLE projects ADD COLUMN note TEXT; SELECT nonsense;'];
  expect(() => openDatabase(file, broken)).toThrow();
  const untouched = openDatabase(file);
  expect(untouched.pragma('table_info(projects)')).toHaveLength(3);
  untouched.close();

  const next = openDatabase(file, [...migrations, `ALTER TABLE projects ADD COLUMN note TEXT DEFAULT 'x'`]);
  expect(next.prepare('SELECT name, note FROM projects').all()).toEqual([{ name: 'kept', note: 'x' }]);
  next.close();

  const copies = readdirSync(join(file, '..')).filter((name) => name.endsWith('.backup'));
  expect(copies).toHaveLength(2);
  for (const name of copies) {
    const copy = new Sqlite(join(file, '..', name), { readonly: true });
    expect(copy.pragma('user_version', { simple: true })).toBe(migrations.length);
    expect(copy.prepare('SELECT name FROM projects').pluck().all()).toEqual(['kept']);
    copy.close();
  }
});

test('what was measured before metrics had rounds is there after the migration', () => {
  const file = fresh();
  mkdirSync(join(file, '..'));
  const old = openDatabase(file, migrations.slice(0, 1));
  old.exec(`INSERT INTO projects (name, created_at) VALUES ('p', '');
    INSERT INTO runs (project_id, name, state, recipe, device_wanted, created_at) VALUES (1, '', 'queued', '{}', '', '');
    INSERT INTO metrics VALUES (1, 'train/loss', 7, 0.5, 0, 1.25)`);
  old.close();
  const store = openStore(file);
  expect(store.metrics.ofRun(1)).toEqual([
    { name: 'train/loss', step: 7, epoch: 0.5, stage: 0, value: 1.25 },
  ]);
  store.close();
});

test('a migration may not orphan rows', () => {
  const file = fresh();
  const db = openDatabase(file);
  db.prepare(`INSERT INTO projects (name, created_at) VALUES ('p', '')`).run();
  db.prepare(
    `INSERT INTO runs (project_id, name, state, recipe, device_wanted, created_at) VALUES (1, '', 'queued', '{}', '', '')`,
  ).run();
  db.close();
  expect(() => openDatabase(file, [...migrations, 'DELETE FROM projects'])).toThrow(
    /without what they refer/,
  );
  const again = openDatabase(file);
  expect(again.prepare('SELECT count(*) FROM projects').pluck().get()).toBe(1);
  again.close();
});

test('a database of a later version is refused and left alone', () => {
  const file = fresh();
  const db = openDatabase(file);
  db.pragma('user_version = 999');
  db.close();
  const before = readFileSync(file);
  expect(() => openDatabase(file)).toThrow(problemWith({ code: 'store/newer', file, kind: 'input' }));
  expect(readFileSync(file).equals(before)).toBe(true);
});

const corruptProblem = (file: string) => problemWith({ code: 'store/corrupt', file });

test('a file that is no database is called that and left alone', () => {
  const file = fresh();
  openDatabase(file).close();
  writeFileSync(file, 'This is a letter, and by no means a database. '.repeat(200));
  expect(() => openDatabase(file)).toThrow(corruptProblem(file));
  expect(readFileSync(file, 'utf8')).toContain('This is a letter');
});

test('a damaged database is noticed at the start', () => {
  const file = fresh();
  const store = openStore(file);
  for (let i = 0; i < 500; i++) store.projects.create(`project ${i} ${'x'.repeat(100)}`);
  store.close();
  const bytes = readFileSync(file);
  bytes.fill(0xa5, bytes.length - 3 * 4096 + 5, bytes.length - 4096);
  writeFileSync(file, bytes);
  expect(() => openDatabase(file)).toThrow(corruptProblem(file));
});

test('a folder that cannot be made is named', () => {
  writeFileSync(join(folder, 'file'), '');
  const file = join(folder, 'file', 'espalier.db');
  expect(() => openStore(file)).toThrow(problemWith({ code: 'files/wrong-type' }));
});

test('a data folder belongs to one process, and to nobody once that was killed', async () => {
  const data = join(folder, 'locked');
  const script = join(folder, 'holder.ts');
  const lock = new URL('../../main/store/lock.ts', import.meta.url).href;
  writeFileSync(
    script,
    `import { lockFolder } from ${JSON.stringify(lock)}; lockFolder(${JSON.stringify(data)}); process.send?.('held'); process.on('disconnect', () => process.exit());`,
  );
  const holder = fork(script, { execArgv: [] });
  await once(holder, 'message');
  expect(() => lockFolder(data)).toThrow(problemWith({ code: 'store/in-use', file: data }));
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const release = lockFolder(data);
  release();
  expect(existsSync(join(data, 'lock-journal'))).toBe(false);
});

test('a folder in which no lock can be made is told as that, with the file and a remedy', () => {
  const data = join(folder, 'no-lock');
  // What an unwritable folder comes to, for everybody: root may write anywhere.
  mkdirSync(join(data, 'lock'), { recursive: true });
  expect(() => lockFolder(data)).toThrow(
    problemWith({ code: 'store/no-permission', file: join(data, 'lock') }),
  );
});
