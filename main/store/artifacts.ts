import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import type { Artifact } from '../contract/api.ts';
import type { MeasuredExport } from '../contract/export.ts';
import { inputError, runError } from '../contract/errors.ts';
import { sha256 } from '../files/hash.ts';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

interface Row extends Omit<Artifact, 'measured'> {
  readonly accuracy: number | null;
  readonly samples: number | null;
}

const artifactOf = ({ accuracy, samples, ...row }: Row): Artifact => ({
  ...row,
  measured: accuracy === null || samples === null ? null : { accuracy, samples },
});

interface Blob {
  bytes: number;
  encoding: 'raw' | 'deflate';
  content: Buffer;
}

const select = `
  SELECT a.id, a.run_id AS runId, a.name, a.kind, b.bytes, a.sha256, a.accuracy, a.samples
  FROM artifacts a JOIN blobs b ON b.sha256 = a.sha256`;

/**
 * What runs leave behind: models, masks, reports. Contents are kept once, by their hash, deflated where that helps; a
 * trigger removes a content with the last artifact that names it.
 */
export function artifactsTable(db: Database) {
  const hasBlob = db.prepare<[string], { one: 1 }>('SELECT 1 AS one FROM blobs WHERE sha256 = ?');
  const insertBlob = db.prepare<[string, number, string, Uint8Array]>(
    'INSERT OR IGNORE INTO blobs (sha256, bytes, encoding, content) VALUES (?, ?, ?, ?)',
  );
  const blob = db.prepare<[string], Blob>('SELECT bytes, encoding, content FROM blobs WHERE sha256 = ?');
  const upsert = db.prepare<[number, string, string, string], { id: number }>(
    `INSERT INTO artifacts (run_id, name, kind, sha256) VALUES (?, ?, ?, ?)
     ON CONFLICT (run_id, name) DO UPDATE SET
       kind = excluded.kind,
       accuracy = CASE WHEN sha256 = excluded.sha256 THEN accuracy END,
       samples = CASE WHEN sha256 = excluded.sha256 THEN samples END,
       sha256 = excluded.sha256
     RETURNING id`,
  );
  const byId = db.prepare<[number], Row>(`${select} WHERE a.id = ?`);
  const ofRun = db.prepare<[number], Row>(`${select} WHERE a.run_id = ? ORDER BY a.id`);
  const setMeasured = db.prepare<[number, number, number]>(
    'UPDATE artifacts SET accuracy = ?, samples = ? WHERE id = ?',
  );

  /** @throws EspalierError 'artifact/missing' */
  const get = (id: number): Artifact => {
    const row = byId.get(id);
    if (row === undefined) {
      throw inputError('artifact/missing', `There is no file ${id}.`, {
        remedy: 'Choose one from the list of the run.',
      });
    }
    return artifactOf(row);
  };

  return {
    /** Keeps a file of a run; one of the same name is replaced. */
    async put(runId: number, file: { name: string; kind: string; content: Uint8Array }): Promise<Artifact> {
      const hash = sha256(file.content);
      const deflated = hasBlob.get(hash) === undefined ? await deflate(file.content, { level: 6 }) : null;
      return db.transaction(() => {
        if (deflated !== null) {
          const helps = deflated.byteLength < file.content.byteLength;
          insertBlob.run(
            hash,
            file.content.byteLength,
            helps ? 'deflate' : 'raw',
            helps ? deflated : file.content,
          );
        }
        const row = upsert.get(runId, file.name, file.kind, hash);
        if (row === undefined) throw new Error('An upsert returned no row.');
        return get(row.id);
      })();
    },
    get,
    ofRun: (runId: number): Artifact[] => ofRun.all(runId).map(artifactOf),
    /** Notes what was measured of a file. @throws EspalierError 'artifact/missing' */
    measured(id: number, { accuracy, samples }: MeasuredExport): Artifact {
      setMeasured.run(accuracy, samples, id);
      return get(id);
    },
    /**
     * The bytes, checked against their hash.
     * @throws EspalierError 'artifact/missing', 'store/corrupt'
     */
    async content(id: number): Promise<Uint8Array> {
      const artifact = get(id);
      const row = blob.get(artifact.sha256);
      const damaged = (cause?: unknown) =>
        runError(
          'store/corrupt',
          `${artifact.name} is damaged in the database.`,
          { file: artifact.name, remedy: "Look for the file in the run's folder, or repeat the run." },
          cause,
        );
      if (row === undefined) throw damaged();
      const content =
        row.encoding === 'raw'
          ? row.content
          : await inflate(row.content, { maxOutputLength: Math.max(1, row.bytes) }).catch(
              (error: unknown) => {
                throw damaged(error);
              },
            );
      if (sha256(content) !== artifact.sha256) throw damaged();
      return content;
    },
  };
}
