import type { Database } from 'better-sqlite3';
import type { LayerSparsity } from '../contract/run.ts';

export interface LayersAtEpoch {
  epoch: number;
  layers: LayerSparsity[];
}

/** The table of how much of each prunable layer was left after each epoch. */
export function layersTable(db: Database) {
  const insert = db.prepare<[number, number, number, string, number, number]>(
    'INSERT INTO layers (run_id, epoch, position, name, total, kept) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const clear = db.prepare<[number, number]>('DELETE FROM layers WHERE run_id = ? AND epoch = ?');
  const ofRun = db.prepare<[number], { epoch: number } & LayerSparsity>(
    'SELECT epoch, name, total, kept FROM layers WHERE run_id = ? ORDER BY epoch, position',
  );
  return {
    /** Sets the layers of one epoch, in the network's order. */
    set: db.transaction((runId: number, epoch: number, layers: readonly LayerSparsity[]) => {
      clear.run(runId, epoch);
      layers.forEach(({ name, total, kept }, position) =>
        insert.run(runId, epoch, position, name, total, kept),
      );
    }),
    /** All epochs of a run in order. */
    ofRun(runId: number): LayersAtEpoch[] {
      const epochs = new Map<number, LayerSparsity[]>();
      for (const { epoch, ...layer } of ofRun.all(runId)) {
        const layers = epochs.get(epoch) ?? [];
        layers.push(layer);
        epochs.set(epoch, layers);
      }
      return [...epochs].map(([epoch, layers]) => ({ epoch, layers }));
    },
  };
}
