import type { Database } from 'better-sqlite3';
import type { LayerSparsity } from '../contract/run.ts';

export interface LayersAtEpoch {
  epoch: number;
  layers: LayerSparsity[];
}

interface LayerRow extends Omit<LayerSparsity, 'channels'> {
  readonly epoch: number;
  readonly channels: number | null;
  readonly channels_kept: number | null;
}

/** The table of how much of each prunable layer was left after each epoch. */
export function layersTable(db: Database) {
  const insert = db.prepare<[number, number, number, string, number, number, number | null, number | null]>(
    'INSERT INTO layers (run_id, epoch, position, name, total, kept, channels, channels_kept) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const clear = db.prepare<[number, number]>('DELETE FROM layers WHERE run_id = ? AND epoch = ?');
  const ofRun = db.prepare<[number], LayerRow>(
    'SELECT epoch, name, total, kept, channels, channels_kept FROM layers WHERE run_id = ? ORDER BY epoch, position',
  );
  return {
    /** Sets the layers of one epoch, in the network's order. */
    set: db.transaction((runId: number, epoch: number, layers: readonly LayerSparsity[]) => {
      clear.run(runId, epoch);
      layers.forEach(({ name, total, kept, channels }, position) =>
        insert.run(
          runId,
          epoch,
          position,
          name,
          total,
          kept,
          channels?.total ?? null,
          channels?.kept ?? null,
        ),
      );
    }),
    /** All epochs of a run in order. */
    ofRun(runId: number): LayersAtEpoch[] {
      const epochs = new Map<number, LayerSparsity[]>();
      for (const { epoch, channels, channels_kept: left, ...layer } of ofRun.all(runId)) {
        const layers = epochs.get(epoch) ?? [];
        layers.push(
          channels === null || left === null
            ? layer
            : { ...layer, channels: { total: channels, kept: left } },
        );
        epochs.set(epoch, layers);
      }
      return [...epochs].map(([epoch, layers]) => ({ epoch, layers }));
    },
  };
}
