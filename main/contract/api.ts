import { z } from 'zod';
import { catalogSchema, dataSummarySchema, deviceSummarySchema, networkSummarySchema } from './catalog.ts';
import { dataSpecSchema } from './data.ts';
import { leftDraftSchema } from './draft.ts';
import { measuredExportSchema } from './export.ts';
import {
  elsewhereSchema,
  executorChoiceSchema,
  executorKindSchema,
  executorStatusSchema,
  executorViewSchema,
  NOWHERE,
} from './executors.ts';
import { flippedSchema } from './flipped.ts';
import { forecastSchema } from './forecast.ts';
import { solvedSensitivitySchema } from './sensitivity.ts';
import { speedForecastSchema } from './speed.ts';
import { networkGraphSchema } from './graph.ts';
import { couplingOptionsSchema, networkGroupsSchema } from './groups.ts';
import { maskOverlapSchema } from './mask-overlap.ts';
import { maskPictureSchema } from './mask-picture.ts';
import { problemSchema } from './messages.ts';
import { exportFormatSchema } from './export-formats.ts';
import { outlookSchema } from './outlook.ts';
import { pruneSpecSchema, recipeSchema } from './recipe.ts';
import { reportSchema } from './report.ts';
import { layerSparsitySchema, metricPointSchema } from './run.ts';
import { noteSchema, runNameSchema, runPageSchema, runQuerySchema, tagSchema } from './run-list.ts';
import type { runResultSchema, unreadableRunSchema } from './run-summary.ts';
import { runSummarySchema } from './run-summary.ts';
import { checkpointDaysSchema, storageKindSchema, storageUseSchema } from './storage.ts';
import { gridOutlookSchema, sweepSummarySchema, sweepViewSchema } from './sweep-list.ts';
import { baselineSchema } from './sweep.ts';
import { studyFactsSchema, studySpecSchema } from './study.ts';
import { studyFileSchema, studyOutlookSchema, studyRunSchema, studyViewSchema } from './study-list.ts';

/**
 * The studio's API: one table, name -> arguments and result. The preload, the router in the main process, the loopback
 * server and the renderer's client are all derived from it; both ends check what they get.
 */

const id = z.number().int().positive();
const idsSchema = z.array(id).min(1).max(10_000);
const nothing = z.null();
/** Names who asks something that may take long, so that it can be taken back. */
const askerSchema = z.string().min(1).max(100);

const projectSchema = z.object({
  id,
  name: z.string(),
  createdAt: z.string(),
  runs: z.number().int().nonnegative(),
});
export type Project = z.infer<typeof projectSchema>;

export type RunResult = z.infer<typeof runResultSchema>;
export type RunSummary = z.infer<typeof runSummarySchema>;
export type UnreadableRun = z.infer<typeof unreadableRunSchema>;

const artifactSchema = z.object({
  id,
  runId: id,
  /** File name to offer. */
  name: z.string(),
  kind: z.string(),
  bytes: z.number().int().nonnegative(),
  sha256: z.string(),
  /** Null where nobody has measured it since it was written. */
  measured: measuredExportSchema.nullable(),
});
export type Artifact = z.infer<typeof artifactSchema>;

const logLineSchema = z.object({
  at: z.string(),
  level: z.enum(['info', 'warning', 'error']),
  text: z.string(),
});
export type LogLine = z.infer<typeof logLineSchema>;

const folderEntrySchema = z.object({
  name: z.string(),
  path: z.string(),
  folder: z.boolean(),
  bytes: z.number(),
});
export type FolderEntry = z.infer<typeof folderEntrySchema>;

const settings = {
  theme: z.enum(['system', 'light', 'dark']),
  device: z.string(),
  /** When checkpoints of finished runs may go. */
  checkpointDays: checkpointDaysSchema,
  /** Machines that sweeps may go to. */
  elsewhere: elsewhereSchema,
};
export const settingsSchema = z.strictObject({
  theme: settings.theme.default('system'),
  device: settings.device.default('auto'),
  checkpointDays: settings.checkpointDays.default(null),
  elsewhere: settings.elsewhere.default(NOWHERE),
});
/** Some of them: what is left out stays as it is, and no default takes its place. */
const settingsChangeSchema = z.strictObject(settings).partial();
export type Settings = z.infer<typeof settingsSchema>;

const savedSchema = z.discriminatedUnion('how', [
  z.object({ how: z.literal('saved'), path: z.string() }),
  z.object({ how: z.literal('cancelled') }),
  z.object({ how: z.literal('download'), url: z.string() }),
]);

export const api = {
  'app.info': {
    args: nothing,
    result: z.object({ version: z.string(), shell: z.enum(['electron', 'browser']), dataFolder: z.string() }),
  },
  'app.devices': { args: nothing, result: z.array(deviceSummarySchema) },
  'settings.get': { args: nothing, result: settingsSchema },
  'settings.set': { args: settingsChangeSchema, result: settingsSchema },
  /** Who could do the runs of a sweep. */
  'executors.list': { args: nothing, result: z.array(executorChoiceSchema) },
  /** Asks one, as the settings have it, how it stands. */
  'executors.test': { args: z.strictObject({ kind: executorKindSchema }), result: executorStatusSchema },
  /** What takes room in the data folder. */
  'storage.get': { args: nothing, result: storageUseSchema },
  /** Gives room back, and tells what is left. */
  'storage.reclaim': { args: z.strictObject({ kind: storageKindSchema }), result: storageUseSchema },
  'catalog.get': { args: nothing, result: catalogSchema },
  'projects.list': { args: nothing, result: z.array(projectSchema) },
  'projects.create': {
    args: z.strictObject({ name: z.string().trim().min(1).max(200) }),
    result: projectSchema,
  },
  'projects.rename': {
    args: z.strictObject({ id, name: z.string().trim().min(1).max(200) }),
    result: projectSchema,
  },
  /** The project with its runs as one file: see `artifacts.save`. */
  'projects.export': { args: z.strictObject({ id }), result: savedSchema },
  /** A new project of such a file. */
  'projects.import': { args: z.strictObject({ path: z.string().min(1).max(4096) }), result: projectSchema },
  'projects.remove': { args: z.strictObject({ id }), result: nothing },
  /** The wizard's draft that was changed last; null where there is none to go on with. */
  'drafts.get': { args: nothing, result: leftDraftSchema.nullable() },
  'drafts.keep': { args: z.strictObject({ draft: leftDraftSchema.nullable() }), result: nothing },
  'recipes.check': {
    /** Any text or object: what a person typed or the wizard built. */
    args: z.strictObject({ recipe: z.unknown() }),
    result: z.object({ recipe: recipeSchema.nullable(), problems: z.array(problemSchema) }),
  },
  /** What each of these recipes would come to, by its plan: the draft under each method. */
  'recipes.outlooks': {
    args: z.strictObject({ recipes: z.array(z.unknown()).max(200) }),
    result: z.array(outlookSchema),
  },
  /** The recipes of free baselines to hold this one's run against. */
  'recipes.baselines': {
    args: z.strictObject({
      recipe: recipeSchema,
      baselines: z.array(baselineSchema).max(baselineSchema.options.length),
    }),
    result: z.array(recipeSchema),
  },
  /**
   * What the recipe's budget would leave of every layer. `asker` names who asks: a new question of the same asker ends the
   * old one, and events tell how far it is.
   */
  'recipes.forecast': {
    args: z.strictObject({ recipe: recipeSchema, asker: askerSchema }),
    result: forecastSchema,
  },
  /** What each layer or group may lose by itself, kept and gone on with; asked like a forecast. */
  'recipes.sensitivity': {
    args: z.strictObject({ recipe: recipeSchema, asker: askerSchema }),
    result: solvedSensitivitySchema,
  },
  /** How fast its network will be on this machine, by twins, and what the run will need; asked like a forecast, and kept. */
  'recipes.speed': {
    args: z.strictObject({ recipe: recipeSchema, asker: askerSchema }),
    result: speedForecastSchema,
  },
  /** Takes back what the asker has asked: that call ends with 'query/given-up'. */
  'recipes.giveUp': { args: z.strictObject({ asker: askerSchema }), result: nothing },
  'networks.inspect': {
    args: z.strictObject({
      network: z.string().min(1),
      data: dataSpecSchema.nullable(),
      /** Of a file with several. */
      output: z.string().min(1).optional(),
      asker: askerSchema.optional(),
    }),
    result: networkSummarySchema,
  },
  /** Its layers and which reads which, to be drawn. */
  'networks.graph': {
    args: z.strictObject({
      network: z.string().min(1),
      data: dataSpecSchema.nullable(),
      output: z.string().min(1).optional(),
    }),
    result: networkGraphSchema,
  },
  /** Why each of these recipes cannot meet its budget with this network, whatever is scored; null where nothing is known of that. */
  'networks.reach': {
    args: z.strictObject({
      network: z.string().min(1),
      data: dataSpecSchema.nullable(),
      output: z.string().min(1).optional(),
      recipes: z.array(z.unknown()).max(200),
    }),
    result: z.array(problemSchema.nullable()),
  },
  /** Which channels leave together, and why others cannot. */
  'networks.groups': {
    args: z.strictObject({
      network: z.string().min(1),
      data: dataSpecSchema.nullable(),
      output: z.string().min(1).optional(),
      options: couplingOptionsSchema.optional(),
      /** What the recipe excludes, as it says it: these groups are among those that stay. */
      exclude: pruneSpecSchema.shape.exclude,
    }),
    result: networkGroupsSchema,
  },
  'data.inspect': {
    args: z.strictObject({ data: dataSpecSchema, asker: askerSchema.optional() }),
    result: dataSummarySchema,
  },
  'runs.start': { args: z.strictObject({ projectId: id, recipe: recipeSchema }), result: runSummarySchema },
  /** One page of the runs that are like this. */
  'runs.query': { args: runQuerySchema, result: runPageSchema },
  'runs.get': { args: z.strictObject({ id }), result: runSummarySchema },
  /** What a grid (a text in YAML or JSON, or a plain value) would come to. */
  'sweeps.check': { args: z.strictObject({ grid: z.unknown() }), result: gridOutlookSchema },
  /** Puts all runs of a grid into the queue, or hands them to an executor. */
  'sweeps.start': {
    args: z.strictObject({ projectId: id, grid: z.unknown(), executor: executorKindSchema.default('local') }),
    result: sweepSummarySchema,
  },
  'sweeps.list': { args: nothing, result: z.array(sweepSummarySchema) },
  'sweeps.get': { args: z.strictObject({ id }), result: sweepViewSchema },
  /** How it stands with who does the sweep's runs. */
  'sweeps.executor': { args: z.strictObject({ id }), result: executorViewSchema },
  /** Ends the runs that are at work, and takes those that wait out of the queue. */
  'sweeps.cancel': { args: z.strictObject({ id }), result: nothing },
  /** Goes on with all that has not finished: from its checkpoint, or from the beginning. */
  'sweeps.resume': { args: z.strictObject({ id }), result: nothing },
  /** Forgets the sweep; its runs stay. With `folder`, what it has on shared storage goes too, and its runs cannot be gone on with. */
  'sweeps.remove': {
    args: z.strictObject({ id, folder: z.boolean() }),
    result: nothing,
  },
  /** The studies that there are. */
  'studies.catalog': { args: nothing, result: z.array(studyFactsSchema) },
  /** What is wrong with a study's parameters. */
  'studies.check': {
    args: z.strictObject({ study: z.string().max(200), parameters: z.record(z.string(), z.unknown()) }),
    result: studyOutlookSchema,
  },
  /** Puts a study into the queue of studies. Parameters that name runs name them by their ids. */
  'studies.start': {
    args: studySpecSchema.pick({ study: true, seed: true, parameters: true }),
    result: studyRunSchema,
  },
  /** All that were started, the youngest first. */
  'studies.list': { args: nothing, result: z.array(studyRunSchema) },
  'studies.get': { args: z.strictObject({ id }), result: studyViewSchema },
  'studies.pause': { args: z.strictObject({ id }), result: nothing },
  /** Goes on: a paused study at once, an ended one with its next step. */
  'studies.resume': { args: z.strictObject({ id }), result: nothing },
  'studies.cancel': { args: z.strictObject({ id }), result: nothing },
  /** For good: with its results. */
  'studies.remove': { args: z.strictObject({ id }), result: nothing },
  /** Takes a file of its results away: see `artifacts.save`. */
  'studies.save': { args: z.strictObject({ id, file: studyFileSchema }), result: savedSchema },
  'runs.pause': { args: z.strictObject({ id }), result: nothing },
  /** Goes on: a paused run at once, an ended one from its last checkpoint. */
  'runs.resume': { args: z.strictObject({ id }), result: nothing },
  /** Begins an ended run again with its recipe, from its last checkpoint where there is one. */
  'runs.retry': { args: z.strictObject({ id }), result: nothing },
  /** Has a run at work write a checkpoint at its next step; answered when it is there. */
  'runs.checkpoint': { args: z.strictObject({ id }), result: nothing },
  /** The mask of one layer as a picture, from the run's last checkpoint or the masks that it left; null where it has none. */
  'runs.mask': {
    args: z.strictObject({ id, param: z.string().min(1).max(1000) }),
    result: maskPictureSchema.nullable(),
  },
  /** Test samples that a finished run's network answers otherwise than the one before it: the data are read again. */
  'runs.flipped': { args: z.strictObject({ id }), result: flippedSchema },
  /** Where a run's files lie: shown by the desktop app, told to a browser; null before it has begun. */
  'runs.folder': {
    args: z.strictObject({ id }),
    result: z.object({ path: z.string().nullable(), shown: z.boolean() }),
  },
  'runs.cancel': { args: z.strictObject({ id }), result: nothing },
  /** For good: with all that it left. */
  'runs.remove': { args: z.strictObject({ id }), result: nothing },
  /** Gives a run another name or another note. */
  'runs.edit': {
    args: z.strictObject({ id, name: runNameSchema.optional(), notes: noteSchema.optional() }),
    result: runSummarySchema,
  },
  /** Gives tags to runs and takes tags from them. */
  'runs.tag': {
    args: z.strictObject({
      ids: idsSchema,
      add: z.array(tagSchema).max(20),
      remove: z.array(tagSchema).max(20),
    }),
    result: nothing,
  },
  /** All tags, by name, with how many runs outside the trash have them. */
  'runs.tags': {
    args: nothing,
    result: z.array(z.object({ tag: tagSchema, runs: z.number().int().nonnegative() })),
  },
  /** Puts runs into the trash; those that wait are cancelled, and none may have a process. */
  'runs.trash': { args: z.strictObject({ ids: idsSchema }), result: nothing },
  'runs.restore': { args: z.strictObject({ ids: idsSchema }), result: nothing },
  /** Removes what is in the trash for good; how many runs those were. */
  'runs.emptyTrash': { args: nothing, result: z.number().int().nonnegative() },
  'runs.metrics': { args: z.strictObject({ id }), result: z.array(metricPointSchema) },
  'runs.layers': {
    args: z.strictObject({ id }),
    result: z.array(z.object({ epoch: z.number(), layers: z.array(layerSparsitySchema) })),
  },
  'runs.log': { args: z.strictObject({ id }), result: z.array(logLineSchema) },
  'runs.report': { args: z.strictObject({ id }), result: reportSchema.nullable() },
  /**
   * Writes a finished run's network in a format, as if the recipe had asked for it; what is there already is not written again.
   * The first of the files is the main one; the notes are what a person should know of them.
   */
  'runs.export': {
    args: z.strictObject({ id, format: exportFormatSchema }),
    result: z.object({ files: z.array(artifactSchema).min(1), notes: z.array(z.string()) }),
  },
  /** Measures the file that a finished run has of a format, on all its test samples, as programs that take it run it. */
  'runs.measureExport': { args: z.strictObject({ id, format: exportFormatSchema }), result: artifactSchema },
  /** How far two runs keep the same weights, layer by layer. */
  'runs.maskOverlap': { args: z.strictObject({ ids: z.tuple([id, id]) }), result: maskOverlapSchema },
  'artifacts.list': { args: z.strictObject({ runId: id }), result: z.array(artifactSchema) },
  /** Electron: asks where to save and writes. Browser: gives a one-time URL to download from. */
  'artifacts.save': {
    args: z.strictObject({ id }),
    result: savedSchema,
  },
  /** Shows a run's report. Electron: in a window of its own. Browser: gives the address to open beside the studio. */
  'artifacts.open': {
    args: z.strictObject({ id }),
    result: z.discriminatedUnion('how', [
      z.object({ how: z.literal('opened') }),
      z.object({ how: z.literal('address'), url: z.string() }),
    ]),
  },
  /** Electron: a native dialog; browser: null, and the renderer opens its own over `files.list`. */
  'files.pick': {
    args: z.strictObject({ what: z.enum(['file', 'folder']), title: z.string() }),
    result: z.object({ native: z.boolean(), path: z.string().nullable() }),
  },
  /** Folders and files below the folders that may be browsed; null lists those. */
  'files.list': {
    args: z.strictObject({ folder: z.string().nullable() }),
    result: z.object({
      folder: z.string().nullable(),
      parent: z.string().nullable(),
      entries: z.array(folderEntrySchema),
    }),
  },
} as const;

export type ApiName = keyof typeof api;
export type ApiArgs<N extends ApiName> = z.input<(typeof api)[N]['args']>;
export type ApiResult<N extends ApiName> = z.output<(typeof api)[N]['result']>;

/** What the main process tells the renderer unasked. */
export const studioEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run'), run: runSummarySchema }),
  z.object({ type: z.literal('run-removed'), id }),
  z.object({ type: z.literal('metrics'), runId: id, points: z.array(metricPointSchema) }),
  z.object({ type: z.literal('layers'), runId: id, epoch: z.number(), layers: z.array(layerSparsitySchema) }),
  z.object({ type: z.literal('log'), runId: id, line: logLineSchema }),
  z.object({ type: z.literal('study'), study: studyRunSchema }),
  z.object({ type: z.literal('study-removed'), id }),
  z.object({ type: z.literal('answering'), asker: z.string(), fraction: z.number().min(0).max(1) }),
]);
export type StudioEvent = z.infer<typeof studioEventSchema>;
