import { z } from 'zod';
import type { ApiArgs } from '../contract/api.ts';
import {
  catalogSchema,
  dataSummarySchema,
  deviceSummarySchema,
  networkSummarySchema,
} from '../contract/catalog.ts';
import type { Catalog, DataSummary, DeviceSummary, NetworkSummary } from '../contract/catalog.ts';
import { runError, type Problem } from '../contract/errors.ts';
import {
  measuredExportSchema,
  writtenExportSchema,
  type MeasuredExport,
  type WrittenExport,
} from '../contract/export.ts';
import { flippedSchema, type Flipped } from '../contract/flipped.ts';
import { forecastSchema, type Forecast } from '../contract/forecast.ts';
import { maskOverlapSchema, type LayerOverlap } from '../contract/mask-overlap.ts';
import { maskPictureSchema, type MaskPicture } from '../contract/mask-picture.ts';
import { networkGraphSchema, type NetworkGraph } from '../contract/graph.ts';
import { networkGroupsSchema, type NetworkGroups } from '../contract/groups.ts';
import { problemSchema } from '../contract/messages.ts';
import { outlookSchema, type Outlook } from '../contract/outlook.ts';
import { gridOutlookSchema, type GridOutlook } from '../contract/sweep-list.ts';
import { expandedGridSchema, type Baseline, type ExpandedGrid } from '../contract/sweep.ts';
import { type ExportFormat } from '../contract/export-formats.ts';
import { studyFactsSchema, type StudyFacts } from '../contract/study.ts';
import { studyOutlookSchema, type StudyOutlook } from '../contract/study-list.ts';
import { recipeSchema, type Recipe } from '../contract/recipe.ts';
import type { Report } from '../contract/report.ts';
import { speedForecastSchema, type SpeedForecast } from '../contract/speed.ts';
import { solvedSensitivitySchema, type SolvedSensitivity } from '../contract/sensitivity.ts';
import type { StartEngine } from '../jobs/host.ts';
import { inTurns } from '../jobs/in-turns.ts';
import { ask, type AskOptions } from '../jobs/query.ts';

/** Processes that answer questions at a time; more only slow each other and the runs down. */
const places = 2;

/** Scores of a deep network over many rounds take minutes. */
const FORECAST_MS = 600_000;

/** A network of the zoo is trained first. */
const SENSITIVITY_MS = 6 * 3_600_000;

/** A format in eight bits reads the data again and measures a large network on all of its test part, twice. */
const EXPORT_MS = 3_600_000;

/** A finished run, and a format of what it leaves. */
interface FinishedFormat {
  readonly folder: string;
  readonly report: Report;
  readonly recipe: Recipe;
  readonly format: ExportFormat;
}

/** The data are read again. */
const FLIPPED_MS = 600_000;

/** A grid whose runs are still to be checked: there may be ten thousand of them. */
const unreadGridSchema = expandedGridSchema.extend({ runs: z.array(z.unknown()) });

const checkedSchema = z.object({ recipe: recipeSchema.nullable(), problems: z.array(problemSchema) });

/** Who asks a longer question, and what is told of the share that is done, 0..1. */
export interface Asking {
  readonly asker: string;
  readonly progress: (fraction: number) => void;
}

/** The questions that the engine answers, typed and checked. What cannot change is asked once. */
export class Queries {
  private readonly startEngine: StartEngine;
  private readonly baseFolder: string;
  private readonly once = new Map<string, Promise<unknown>>();
  private readonly waiting: (() => void)[] = [];
  private asked = 0;
  private readonly asking = new Map<string, AbortController>();

  constructor(startEngine: StartEngine, baseFolder: string) {
    this.startEngine = startEngine;
    this.baseFolder = baseFolder;
  }

  catalog(): Promise<Catalog> {
    return this.askOnce('catalog', catalogSchema);
  }

  devices(): Promise<DeviceSummary[]> {
    return this.askOnce('devices', z.array(deviceSummarySchema));
  }

  /** The recipe with its defaults, or null and everything that is wrong with it. */
  checkRecipe(recipe: unknown): Promise<z.output<typeof checkedSchema>> {
    return this.ask('check-recipe', { recipe }, checkedSchema);
  }

  /** What each of these recipes would come to. */
  outlooks(recipes: readonly unknown[]): Promise<Outlook[]> {
    return this.ask('outlooks', { recipes }, z.array(outlookSchema));
  }

  /** The recipes of free baselines. */
  baselines(recipe: Recipe, baselines: readonly Baseline[]): Promise<Recipe[]> {
    return this.ask('baselines', { recipe, baselines }, z.array(recipeSchema));
  }

  studies(): Promise<StudyFacts[]> {
    return this.askOnce('studies', z.array(studyFactsSchema));
  }

  /** What is wrong with a study's parameters. */
  checkStudy(study: string, parameters: Record<string, unknown>): Promise<StudyOutlook> {
    return this.ask('check-study', { study, parameters }, studyOutlookSchema);
  }

  /** What a grid would come to. */
  checkGrid(grid: unknown): Promise<GridOutlook> {
    return this.ask('check-grid', { grid }, gridOutlookSchema);
  }

  /** The runs of a grid; none where it has problems. */
  async expandGrid(grid: unknown): Promise<ExpandedGrid> {
    const { runs: found, ...rest } = await this.ask('expand-grid', { grid }, unreadGridSchema);
    const runs: ExpandedGrid['runs'] = [];
    await inTurns(found, (run) => void runs.push(expandedGridSchema.shape.runs.element.parse(run)));
    return { ...rest, runs };
  }

  /** @param asker whose earlier question of this kind it takes the place of, and who may take it back */
  inspectNetwork({ asker, ...asked }: ApiArgs<'networks.inspect'>): Promise<NetworkSummary> {
    return this.askOf(asker, 'inspect-network', asked, networkSummarySchema);
  }

  /** Its layers and which reads which. */
  networkGraph(asked: ApiArgs<'networks.graph'>): Promise<NetworkGraph> {
    return this.ask('network-graph', asked, networkGraphSchema);
  }

  /** Which channels leave together, and why others cannot. */
  networkGroups(asked: ApiArgs<'networks.groups'>): Promise<NetworkGroups> {
    return this.ask('network-groups', asked, networkGroupsSchema);
  }

  /** Why recipes cannot meet their budgets with a network. */
  reach(asked: ApiArgs<'networks.reach'>): Promise<(Problem | null)[]> {
    return this.ask('reach', asked, z.array(problemSchema.nullable()));
  }

  /** @param asker as above */
  inspectData({ asker, ...asked }: ApiArgs<'data.inspect'>): Promise<DataSummary> {
    return this.askOf(asker, 'inspect-data', asked, dataSummarySchema);
  }

  /** What a recipe's budget would leave of every layer. */
  forecast(args: { recipe: Recipe; device: string }, asking: Asking): Promise<Forecast> {
    return this.askAlone('forecast', args, forecastSchema, asking, FORECAST_MS);
  }

  /** What each layer or group may lose, and the shares that meet the recipe's budget; a file keeps what was measured. */
  sensitivity(
    args: { recipe: Recipe; device: string; file: string },
    asking: Asking,
  ): Promise<SolvedSensitivity> {
    return this.askAlone('sensitivity', args, solvedSensitivitySchema, asking, SENSITIVITY_MS);
  }

  /** How fast a recipe's network will be here, from twins; times are kept in a folder. */
  speed(
    args: { recipe: Recipe; device: string; cacheFolder: string },
    asking: Asking,
  ): Promise<SpeedForecast> {
    return this.askAlone('speed', args, speedForecastSchema, asking, FORECAST_MS);
  }

  /** Ends what the asker has asked and was not answered yet: that answer is the error 'query/given-up'. */
  giveUp(asker: string): void {
    this.asking
      .get(asker)
      ?.abort(runError('query/given-up', 'This was stopped before it was done.', { remedy: 'Try again.' }));
  }

  /** How far two runs keep the same weights, layer by layer; each is named by its folder. */
  maskOverlap(folders: readonly [string, string]): Promise<LayerOverlap[]> {
    return this.ask('mask-overlap', { folders }, maskOverlapSchema);
  }

  /** Test samples that a finished run's network answers otherwise than the one before it. */
  flippedSamples(run: { folder: string; report: Report; recipe: Recipe }): Promise<Flipped> {
    return this.ask('flipped-samples', run, flippedSchema, { timeoutMs: FLIPPED_MS });
  }

  /** The mask of one layer of a run, which is named by its folder, as a picture. */
  maskPicture(folder: string, param: string): Promise<MaskPicture | null> {
    return this.ask('mask-picture', { folder, param }, maskPictureSchema.nullable());
  }

  /** Writes a finished run's network into its folder, in a format. */
  exportRun(run: FinishedFormat): Promise<WrittenExport[]> {
    return this.ask('export-run', run, z.array(writtenExportSchema), { timeoutMs: EXPORT_MS });
  }

  /** Measures what a finished run has written in a format, on its test samples. */
  measureExport(run: FinishedFormat & { readonly sha256: string }): Promise<MeasuredExport> {
    return this.ask('measure-export', run, measuredExportSchema, { timeoutMs: EXPORT_MS });
  }

  /**
   * A question that may take minutes, told as it goes on; a new one of the same asker ends the old one.
   * @throws EspalierError 'query/superseded' for the old one
   */
  private async askAlone<T extends z.ZodType>(
    query: string,
    args: object,
    schema: T,
    { asker, progress }: Asking,
    timeoutMs: number,
  ): Promise<z.output<T>> {
    const given = { ...args, baseFolder: this.baseFolder };
    return this.alone(asker, async (signal) =>
      schema.parse(await ask(this.startEngine, query, given, { timeoutMs, progress, signal })),
    );
  }

  /** A short question, which waits for a place; alone among those of its asker where one is named. */
  private askOf<T extends z.ZodType>(
    asker: string | undefined,
    query: string,
    args: object,
    schema: T,
  ): Promise<z.output<T>> {
    if (asker === undefined) return this.ask(query, args, schema);
    return this.alone(asker, (signal) => this.ask(query, args, schema, { signal }));
  }

  /** One question of an asker at a time: it ends the one before, and may be taken back. */
  private async alone<T>(asker: string, answer: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.asking
      .get(asker)
      ?.abort(runError('query/superseded', 'A newer question took the place of this one.'));
    const control = new AbortController();
    this.asking.set(asker, control);
    try {
      return await answer(control.signal);
    } finally {
      if (this.asking.get(asker) === control) this.asking.delete(asker);
    }
  }

  private askOnce<T extends z.ZodType>(query: string, schema: T): Promise<z.output<T>> {
    const known = this.once.get(query);
    if (known !== undefined) return known as Promise<z.output<T>>;
    const answer = this.ask(query, {}, schema);
    this.once.set(query, answer);
    answer.catch(() => this.once.delete(query));
    return answer;
  }

  private async ask<T extends z.ZodType>(
    query: string,
    args: object,
    schema: T,
    options: Pick<AskOptions, 'timeoutMs' | 'signal'> = {},
  ): Promise<z.output<T>> {
    while (this.asked >= places) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.asked++;
    try {
      // It may have been taken back while it waited.
      options.signal?.throwIfAborted();
      const given = { ...args, baseFolder: this.baseFolder };
      return schema.parse(await ask(this.startEngine, query, given, options));
    } finally {
      this.asked--;
      this.waiting.shift()?.();
    }
  }
}
