import { settingsSchema } from '../../../main/contract/api.ts';
import type {
  ApiArgs,
  ApiName,
  ApiResult,
  Artifact,
  Project,
  RunSummary,
  Settings,
  StudioEvent,
} from '../../../main/contract/api.ts';
import { storageKindSchema, storageUseSchema } from '../../../main/contract/storage.ts';
import type { StorageKind, StorageUse } from '../../../main/contract/storage.ts';
import { networkSummarySchema } from '../../../main/contract/catalog.ts';
import { inputError } from '../../../main/contract/errors.ts';
import { pictureOf } from '../../../main/engine/ask/mask-picture.ts';
import { answer } from '../../../main/engine/process/queries.ts';
import { missingRun } from '../../../main/store/runs.ts';
import { epochsInAll, layersAt, maskOf, metricsBetween, progressAt, stages } from './fixture-measurements.ts';
import { flippedOf, overlapOf } from './fixture-compared.ts';
import { folders } from './fixture-folders.ts';
import { queryRuns } from './fixture-query.ts';
import { reportOf } from './fixture-report.ts';
import { fixtureStudies } from './fixture-studies.ts';
import { NOWHERE } from '../../../main/contract/executors.ts';
import { fixtureExecutors } from './fixture-executors.ts';
import { fixtureSweeps } from './fixture-sweeps.ts';
import { measuredSensitivity } from './fixture-sensitivity.ts';
import { speedOfTwins } from './fixture-speed.ts';
import { artifactsOf, logOf, makeRun } from './fixture-runs.ts';

type Handlers = {
  [N in ApiName]: (args: ApiArgs<N>) => ApiResult<N> | Promise<ApiResult<N>>;
};

export interface FixtureStudio {
  readonly handlers: Handlers;
  /** Changes a run as the program would, and tells of it. */
  readonly change: (id: number, part: Partial<RunSummary>) => void;
  readonly emit: (event: StudioEvent) => void;
  /** Ends what works in the background. */
  readonly stop: () => void;
}

export interface FixtureOptions {
  readonly runs: readonly RunSummary[];
  readonly emit: (event: StudioEvent) => void;
  /** Wall-clock milliseconds of an epoch of a started run. */
  readonly epochMs: number;
}

/**
 * A studio in memory, for looking at screens and testing them: what only the engine knows is asked of the real engine,
 * runs are played.
 */
export function fixtureStudio({ runs, emit, epochMs }: FixtureOptions): FixtureStudio {
  const list = new Map(runs.map((run) => [run.id, run]));
  const epochs = new Map(runs.map((run) => [run.id, epochOf(run)]));
  const projects = new Map<number, Omit<Project, 'runs'>>();
  let settings: Settings = settingsSchema.parse({});
  const used = { database: 629e6, checkpoints: 2.4e9, files: 310e6, caches: 12e6, backups: 0, orphans: 0 };
  const reclaimed = new Set<string>();
  const storageUse = (): StorageUse => {
    const old = settings.checkpointDays === null ? 0 : 1.9e9;
    const free: Partial<Record<StorageKind, number>> = { database: 120e6, checkpoints: old, caches: 12e6 };
    const rows = storageKindSchema.options.map((kind) => {
      const reclaimable = reclaimed.has(kind) ? 0 : (free[kind] ?? 0);
      return [kind, { used: used[kind] - (reclaimed.has(kind) ? (free[kind] ?? 0) : 0), reclaimable }];
    });
    return storageUseSchema.parse(Object.fromEntries(rows));
  };
  let nextId = 100;
  const exported: Artifact[] = [];
  const at = '2026-03-01T09:00:00.000Z';
  if (runs.length > 0) {
    projects.set(1, { id: 1, name: 'Digits on a small board', createdAt: at });
    projects.set(2, { id: 2, name: 'How far can it go?', createdAt: '2026-02-01T09:00:00.000Z' });
  }

  const find = (id: number): RunSummary => {
    const run = list.get(id);
    if (run === undefined) throw missingRun(id);
    return run;
  };
  const change = (id: number, part: Partial<RunSummary>) => {
    const run = { ...find(id), ...part };
    list.set(id, run);
    emit({ type: 'run', run });
  };
  const projectOf = (project: Omit<Project, 'runs'>): Project => ({
    ...project,
    runs: [...list.values()].filter((run) => run.projectId === project.id && run.deletedAt === null).length,
  });

  const tick = () => {
    for (const run of list.values()) if (run.state === 'running') play(run);
  };
  const play = (run: RunSummary) => {
    const before = epochs.get(run.id) ?? 0;
    const now = Math.min(epochsInAll, before + 0.25);
    epochs.set(run.id, now);
    const { sparsity = 0 } = run.recipe.budget;
    emit({ type: 'metrics', runId: run.id, points: metricsBetween(before, now, sparsity) });
    if (now > 10) emit({ type: 'layers', runId: run.id, epoch: now, layers: layersAt(now, sparsity) });
    if (now < epochsInAll) change(run.id, { progress: progressAt(now, epochMs / 1000) });
    else
      change(run.id, {
        ...makeRun({
          id: run.id,
          name: run.name,
          state: 'finished',
          epoch: now,
          minutesAgo: 1,
          sparsity,
          projectId: run.projectId,
        }),
        recipe: run.recipe,
      });
  };
  const timer = setInterval(tick, epochMs / 4);

  const handlers: Handlers = {
    'app.info': () => ({ version: '0.1.0', shell: 'browser', dataFolder: '/home/ada/.local/share/espalier' }),
    'app.devices': () => [
      {
        id: 'onnxruntime',
        label: 'onnxruntime, CPU',
        available: true,
        note: '4 threads',
        checked: true,
        gflops: 184.2,
        chosen: settings.device !== 'cpu',
      },
      {
        id: 'tensorflow',
        label: 'TensorFlow, CUDA',
        available: false,
        note: 'Its native part is not installed: npm install @tensorflow/tfjs-node-gpu',
        checked: true,
        gflops: null,
        chosen: false,
      },
      {
        id: 'cpu',
        label: 'Plain JavaScript',
        available: true,
        note: 'The reference; slow',
        checked: true,
        gflops: 0.6,
        chosen: settings.device === 'cpu',
      },
    ],
    'settings.get': () => settings,
    'settings.set': ({ elsewhere = settings.elsewhere, ...args }) =>
      (settings = { ...settings, ...args, elsewhere: { ...NOWHERE, ...elsewhere } }),
    ...fixtureExecutors(() => settings.elsewhere),
    'storage.get': storageUse,
    'storage.reclaim': ({ kind }) => {
      reclaimed.add(kind);
      return storageUse();
    },
    'catalog.get': async () => (await answer('catalog', null)) as ApiResult<'catalog.get'>,
    'projects.list': () => [...projects.values()].map(projectOf),
    'projects.create': ({ name }) => {
      const project = { id: nextId++, name, createdAt: new Date().toISOString() };
      projects.set(project.id, project);
      return projectOf(project);
    },
    'projects.rename': ({ id, name }) => {
      const project = { ...(projects.get(id) ?? { id, createdAt: at }), name };
      projects.set(id, project);
      return projectOf(project);
    },
    'projects.export': ({ id }) => ({ how: 'download', url: `/download/project-${id}` }),
    'projects.import': ({ path }) => {
      if (!path.endsWith('.zip')) {
        throw inputError('archive/no-project', 'This zip holds no project of Espalier.', {
          file: path,
          remedy: 'Give an archive that Espalier exported, as it was written.',
        });
      }
      const project = { id: nextId++, name: 'From afar', createdAt: new Date().toISOString() };
      projects.set(project.id, project);
      return projectOf(project);
    },
    'projects.remove': ({ id }) => {
      projects.delete(id);
      for (const run of list.values()) if (run.projectId === id) list.delete(run.id);
      return null;
    },
    'drafts.get': () => null,
    'drafts.keep': () => null,
    'recipes.check': async (args) => (await answer('check-recipe', args)) as ApiResult<'recipes.check'>,
    'recipes.outlooks': async (args) => (await answer('outlooks', args)) as ApiResult<'recipes.outlooks'>,
    'recipes.baselines': async (args) => (await answer('baselines', args)) as ApiResult<'recipes.baselines'>,
    'recipes.forecast': async (args) =>
      (await answer(
        'forecast',
        { ...args, baseFolder: '/' },
        { tell: (fraction) => emit({ type: 'answering', asker: args.asker, fraction }) },
      )) as ApiResult<'recipes.forecast'>,
    'recipes.sensitivity': async ({ recipe, asker }) => {
      emit({ type: 'answering', asker, fraction: 0.4 });
      await new Promise((resolve) => setTimeout(resolve, Math.min(300, epochMs * 4)));
      const summary = await answer('inspect-network', { network: recipe.network, data: recipe.data, baseFolder: '/' }); // prettier-ignore
      return measuredSensitivity(networkSummarySchema.parse(summary), recipe.prune?.structure?.kind);
    },
    'recipes.speed': async ({ recipe, asker }) => {
      emit({ type: 'answering', asker, fraction: 0.4 });
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return speedOfTwins(recipe.prune?.structure?.kind === 'channel');
    },
    'recipes.giveUp': () => null,
    'networks.inspect': async (args) =>
      (await answer('inspect-network', { ...args, baseFolder: '/' })) as ApiResult<'networks.inspect'>,
    'networks.graph': async (args) =>
      (await answer('network-graph', { ...args, baseFolder: '/' })) as ApiResult<'networks.graph'>,
    'networks.groups': async (args) =>
      (await answer('network-groups', { ...args, baseFolder: '/' })) as ApiResult<'networks.groups'>,
    'networks.reach': async (args) =>
      (await answer('reach', { ...args, baseFolder: '/' })) as ApiResult<'networks.reach'>,
    'data.inspect': async (args) =>
      (await answer('inspect-data', { ...args, baseFolder: '/' })) as ApiResult<'data.inspect'>,
    'runs.start': ({ projectId, recipe }) => {
      const busy = [...list.values()].some((run) => run.state === 'running');
      const id = nextId++;
      const name = recipe.name ?? `${recipe.network}, ${recipe.paradigm}`;
      const run = makeRun({
        id,
        name,
        state: busy ? 'queued' : 'running',
        epoch: 0,
        minutesAgo: 0,
        projectId,
        recipe,
        sparsity: typeof recipe.budget === 'number' ? recipe.budget : (recipe.budget.sparsity ?? 0),
      });
      list.set(id, run);
      emit({ type: 'run', run });
      return run;
    },
    ...fixtureSweeps(() => [...list.values()]),
    ...fixtureStudies(runs.length > 0, emit),
    'runs.query': (query) => queryRuns([...list.values()], query),
    'runs.edit': ({ id, name, notes }) => {
      change(id, { ...(name === undefined ? {} : { name }), ...(notes === undefined ? {} : { notes }) });
      return find(id);
    },
    'runs.tag': ({ ids, add, remove }) => {
      for (const id of ids) {
        const left = find(id).tags.filter((tag) => !remove.includes(tag));
        change(id, { tags: [...new Set([...left, ...add])].sort() });
      }
      return null;
    },
    'runs.tags': () => {
      const all = [...list.values()]
        .filter(({ deletedAt }) => deletedAt === null)
        .flatMap(({ tags }) => tags);
      return [...new Set(all)].sort().map((tag) => ({ tag, runs: all.filter((one) => one === tag).length }));
    },
    'runs.trash': ({ ids }) => {
      for (const id of ids) change(id, { deletedAt: new Date().toISOString() });
      return null;
    },
    'runs.restore': ({ ids }) => {
      for (const id of ids) change(id, { deletedAt: null });
      return null;
    },
    'runs.emptyTrash': () => {
      const gone = [...list.values()].filter(({ deletedAt }) => deletedAt !== null);
      for (const { id } of gone) {
        list.delete(id);
        emit({ type: 'run-removed', id });
      }
      return gone.length;
    },
    'runs.get': ({ id }) => find(id),
    'runs.retry': ({ id }) => {
      change(id, { state: 'queued', problem: null, endedAt: null });
      return null;
    },
    'runs.checkpoint': () => null,
    'runs.mask': ({ param }) => pictureOf(param, maskOf(300, 784, 0.05)),
    'runs.flipped': () => flippedOf(),
    'runs.folder': ({ id }) => ({ path: `/home/ada/.local/share/espalier/runs/${id}`, shown: false }),
    'runs.pause': ({ id }) => {
      change(id, { state: 'paused' });
      return null;
    },
    'runs.resume': ({ id }) => {
      change(id, { state: 'running', problem: null, resumable: false, stages });
      return null;
    },
    'runs.cancel': ({ id }) => {
      change(id, { state: 'cancelled', resumable: (epochs.get(id) ?? 0) >= 1 });
      return null;
    },
    'runs.remove': ({ id }) => {
      list.delete(id);
      emit({ type: 'run-removed', id });
      return null;
    },
    'runs.metrics': ({ id }) =>
      metricsBetween(0, epochs.get(id) ?? 0, find(id).recipe.budget.sparsity ?? 0, id),
    'runs.layers': ({ id }) => {
      const epoch = epochs.get(id) ?? 0;
      return epoch > 10 ? [{ epoch, layers: layersAt(epoch, find(id).recipe.budget.sparsity ?? 0) }] : [];
    },
    'runs.log': ({ id }) => logOf(find(id)),
    'runs.report': ({ id }) => (find(id).state === 'finished' ? reportOf(find(id)) : null),
    'runs.maskOverlap': ({ ids: [a, b] }) =>
      overlapOf(find(a).recipe.budget.sparsity ?? 0, find(b).recipe.budget.sparsity ?? 0),
    'runs.export': async ({ id, format }) => {
      const there = artifactsOf(id).filter(({ kind }) => kind === format);
      if (there.length > 0) return { files: there, notes: [] };
      await new Promise((resolve) => setTimeout(resolve, epochMs / 100));
      const name = `model-${format}.onnx`;
      const file = {
        id: id * 100 + 50,
        runId: id,
        name,
        kind: format,
        bytes: 1,
        sha256: 'ab12'.repeat(16),
        measured: null as Artifact['measured'],
      };
      exported.push(file);
      return { files: [file], notes: ['Two layers stay in float32.'] };
    },
    'runs.measureExport': async ({ id, format }) => {
      await new Promise((resolve) => setTimeout(resolve, epochMs / 100));
      const file = exported.find(({ runId, kind }) => runId === id && kind === format);
      if (file === undefined) throw new Error(`run ${id} has not exported ${format}`);
      file.measured = { accuracy: 0.9725, samples: 2000 };
      return file;
    },
    'artifacts.list': ({ runId }) => [
      ...artifactsOf(runId),
      ...exported.filter((file) => file.runId === runId),
    ],
    'artifacts.save': ({ id }) => ({ how: 'download', url: `/download/${id}` }),
    'artifacts.open': ({ id }) => ({ how: 'address', url: `/report/${id}` }),
    'files.pick': () => ({ native: false, path: null }),
    'files.list': ({ folder }) => folders(folder),
  };
  return {
    handlers,
    change,
    emit,
    stop: () => {
      clearInterval(timer);
    },
  };
}

function epochOf(run: RunSummary): number {
  if (run.state === 'finished') return epochsInAll;
  const starts = [0, 10, 15];
  return run.progress === null ? 0 : run.progress.epoch + (starts[run.progress.stage] ?? 0);
}
