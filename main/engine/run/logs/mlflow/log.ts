import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mlflowSpec } from '../../../../contract/logs.ts';
import type { LogWriter } from '../log.ts';
import { metricOf } from './contents.ts';
import { FolderLog } from './folder.ts';
import { ServerLog } from './server.ts';
import { freshState, readState } from './state.ts';
import { targetOf } from './target.ts';

/** MLflow: a tracking server by its REST API, or a folder in the form of its file store. */
export const mlflow: LogWriter = {
  kind: 'mlflow',
  async open(run, kept) {
    const spec = mlflowSpec(run.spec);
    const before = run.resume ? await readState(run.folder) : undefined;
    // A run's folder may have come from another machine.
    const known = before?.kind === 'folder' && existsSync(before.place);
    const usual = known ? before.place : join(run.shared, 'mlruns');
    const target = targetOf(spec, usual, process.env);
    const place = target.kind === 'server' ? target.url : target.path;
    // A folder is written anew as a whole, wherever it is.
    const same = before?.kind === target.kind && (target.kind === 'folder' || before.place === place);
    const state = same ? { ...before, place } : freshState(target.kind, place);
    const metrics = kept.map(metricOf);
    const { experiment = 'Espalier' } = spec;
    if (target.kind === 'folder') return FolderLog.open(run, experiment, target.path, state, metrics);
    return ServerLog.open(run, experiment, target, state, metrics);
  },
};
