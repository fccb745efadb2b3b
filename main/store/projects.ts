import type { Database } from 'better-sqlite3';
import type { Project } from '../contract/api.ts';
import { inputError } from '../contract/errors.ts';

interface Row {
  id: number;
  name: string;
  createdAt: string;
  runs: number;
}

const select = `
  SELECT p.id, p.name, p.created_at AS createdAt, (SELECT count(*) FROM runs WHERE project_id = p.id AND deleted_at IS NULL) AS runs
  FROM projects p`;

/** The table of projects. */
export function projectsTable(db: Database) {
  const insert = db.prepare<[string, string]>('INSERT INTO projects (name, created_at) VALUES (?, ?)');
  const byId = db.prepare<[number], Row>(`${select} WHERE p.id = ?`);
  const all = db.prepare<[], Row>(`${select} ORDER BY p.id`);
  const rename = db.prepare<[string, number]>('UPDATE projects SET name = ? WHERE id = ?');
  const remove = db.prepare<[number]>('DELETE FROM projects WHERE id = ?');

  const missing = (id: number) =>
    inputError('project/missing', `There is no project ${id}.`, { remedy: 'Choose one from the list.' });

  /** @throws EspalierError 'project/missing' */
  const get = (id: number): Project => {
    const row = byId.get(id);
    if (row === undefined) throw missing(id);
    return row;
  };

  return {
    create: (name: string): Project =>
      get(Number(insert.run(name, new Date().toISOString()).lastInsertRowid)),
    get,
    list: (): Project[] => all.all(),
    rename(id: number, name: string): Project {
      if (rename.run(name, id).changes === 0) throw missing(id);
      return get(id);
    },
    /** Removes a project with its runs and all that belongs to them. */
    remove(id: number): void {
      if (remove.run(id).changes === 0) throw missing(id);
    },
  };
}
