import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { inputError } from '../contract/errors.ts';
import type { RunState } from '../contract/run.ts';
import type { StudySpec } from '../contract/study.ts';
import { studyRunSchema, type StudyRun } from '../contract/study-list.ts';
import { readJson } from './json.ts';
import { LIVE } from './run-rows.ts';

/** What may change in a study; what is left out stays. */
export type StudyChange = Partial<Pick<StudyRun, 'state' | 'progress' | 'problem' | 'endedAt'>>;

/** What the engine is given: runs by their folders. */
export type GivenStudy = Pick<StudySpec, 'study' | 'seed' | 'parameters'>;

const select = `
  SELECT json_object('id', id, 'study', study, 'title', title, 'seed', seed, 'parameters', json(parameters), 'state', state,
    'progress', json(coalesce(progress, 'null')), 'problem', json(coalesce(problem, 'null')), 'createdAt', created_at,
    'endedAt', ended_at) AS json
  FROM studies`;

/** The table of studies that were started. */
export function studiesTable(db: Database) {
  const insert = db.prepare<[string, string, number, string, string, string]>(
    `INSERT INTO studies (study, title, seed, parameters, given, state, created_at) VALUES (?, ?, ?, ?, ?, 'queued', ?)`,
  );
  const byId = db.prepare<[number], { json: string }>(`${select} WHERE id = ?`);
  const all = db.prepare<[], { json: string }>(`${select} ORDER BY id DESC`);
  const givenOf = db.prepare<[number], { given: string }>('SELECT given FROM studies WHERE id = ?');
  const set = db.prepare<[string, string | null, string | null, string | null, number]>(
    'UPDATE studies SET state = ?, progress = ?, problem = ?, ended_at = ? WHERE id = ?',
  );
  const orphaned = db.prepare<[string]>(
    `UPDATE studies SET state = 'interrupted', ended_at = ? WHERE state <> 'queued' AND ${LIVE}`,
  );
  const remove = db.prepare<[number]>('DELETE FROM studies WHERE id = ?');

  const missing = (id: number) =>
    inputError('study/missing', `There is no study ${id}.`, { remedy: 'Choose one from the list.' });
  const read = (json: string) => readJson(studyRunSchema, json, 'a study');
  const text = (value: unknown) => (value === null ? null : JSON.stringify(value));

  /** @throws EspalierError 'study/missing' */
  const get = (id: number): StudyRun => {
    const row = byId.get(id);
    if (row === undefined) throw missing(id);
    return read(row.json);
  };

  return {
    /** @param parameters as a person gave them; `given` is what the engine is given of them */
    create(title: string, { study, seed, parameters }: GivenStudy, given: Record<string, unknown>): StudyRun {
      const now = new Date().toISOString();
      const [shown, asked] = [JSON.stringify(parameters), JSON.stringify(given)];
      return get(Number(insert.run(study, title, seed, shown, asked, now).lastInsertRowid));
    },
    get,
    /** The youngest first. */
    list: (): StudyRun[] => all.all().map(({ json }) => read(json)),
    /** What the engine is given. @throws EspalierError 'study/missing' */
    given(id: number): GivenStudy {
      const { study, seed } = get(id);
      const parameters = readJson(
        z.record(z.string(), z.unknown()),
        givenOf.get(id)?.given ?? '',
        `study ${id}: given`,
      );
      return { study, seed, parameters };
    },
    inState: (state: RunState): StudyRun[] =>
      all
        .all()
        .map(({ json }) => read(json))
        .filter((study) => study.state === state)
        .reverse(),
    update(id: number, change: StudyChange): StudyRun {
      const { state, progress, problem, endedAt } = { ...get(id), ...change };
      set.run(state, text(progress), text(problem), endedAt, id);
      return get(id);
    },
    /** Marks as interrupted every study that claims to have a process: see `runs.interruptOrphans`. */
    interruptOrphans: (): void => void orphaned.run(new Date().toISOString()),
    remove(id: number): void {
      if (remove.run(id).changes === 0) throw missing(id);
    },
  };
}
