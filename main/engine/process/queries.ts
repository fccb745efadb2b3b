import { basename } from 'node:path';
import { z } from 'zod';
import { EspalierError, inputError, toProblem, type Problem } from '../../contract/errors.ts';
import type { DataSummary, NetworkSummary } from '../../contract/catalog.ts';
import { dataSpecSchema } from '../../contract/data.ts';
import type { MeasuredExport, WrittenExport } from '../../contract/export.ts';
import type { Flipped } from '../../contract/flipped.ts';
import type { Forecast } from '../../contract/forecast.ts';
import type { NetworkGraph } from '../../contract/graph.ts';
import { couplingOptionsSchema, type NetworkGroups } from '../../contract/groups.ts';
import type { LayerOverlap } from '../../contract/mask-overlap.ts';
import { providerSchema } from '../../contract/messages.ts';
import { exportFormatSchema } from '../../contract/export-formats.ts';
import { recipeSchema } from '../../contract/recipe.ts';
import {
  SENSITIVITY_SAMPLES,
  SENSITIVITY_SHARES,
  type SolvedSensitivity,
} from '../../contract/sensitivity.ts';
import type { SpeedForecast } from '../../contract/speed.ts';
import { reportSchema } from '../../contract/report.ts';
import { baselineSchema } from '../../contract/sweep.ts';
import { isModelPath } from '../../contract/paths.ts';
import { listDevices } from '../backend/choose.ts';
import { tryProvider, type ProviderProbe } from '../backend/provider.ts';
import { catalog } from '../recipe/catalog.ts';
import { unsuitedMethods } from '../compress/unsuited.ts';
import { Control } from '../base/control.ts';
import { loadDataset } from '../data/load.ts';
import { summarize } from '../data/summary.ts';
import { askedNetwork } from '../ask/asked-network.ts';
import { describeGraph } from '../ask/graph.ts';
import { networkGroups } from '../ask/groups.ts';
import { maskOverlap } from '../ask/mask-overlap.ts';
import { maskPicture } from '../ask/mask-picture.ts';
import { forecastRecipe } from '../ask/forecast.ts';
import { speedForecast } from '../ask/speed.ts';
import { solvedSensitivity } from '../ask/solved-sensitivity.ts';
import { inspectModelFile } from '../ask/inspect-model.ts';
import { summarizeNetwork } from '../network/summary.ts';
import { outlookOf } from '../ask/outlook.ts';
import { outOfReach } from '../ask/reach.ts';
import { checkRecipe } from '../recipe/check.ts';
import { flippedSamples } from '../run/results/flipped.ts';
import { measureFinished } from '../run/results/measure-finished.ts';
import { writeFinished } from '../run/results/write-finished.ts';
import { baselineRecipe } from '../sweep/baseline-recipe.ts';
import { expandGrid, gridOutlook } from '../ask/grid.ts';
import { studies } from '../study/index.ts';
import { studyOutlook } from '../ask/study.ts';
import { DEFAULT_CLASSES, zoo } from '../zoo/index.ts';

/** Told the share of a longer answer that is done, 0..1. */
type Tell = (fraction: number) => void;

/** What an answer may use of the process that gives it. */
interface Asked {
  readonly tell: Tell;
  readonly probe: ProviderProbe;
}

/** A network, and the data that it is to fit. */
const ofNetworkSchema = z.object({
  network: z.string(),
  data: dataSpecSchema.nullable(),
  output: z.string().optional(),
  baseFolder: z.string(),
});

/** A finished run, and a format of what it leaves. */
const ofFinishedSchema = z.object({
  folder: z.string(),
  report: reportSchema,
  recipe: recipeSchema,
  baseFolder: z.string(),
  format: exportFormatSchema,
});

const datasetOf = async (data: z.output<typeof dataSpecSchema> | null, baseFolder: string) =>
  data === null ? null : loadDataset(data, { seed: 1, baseFolder });

/** Questions that need the engine but are no run: name -> answer. Arguments come from another process and are checked. */
const queries: Record<string, (args: unknown, asked: Asked) => Promise<unknown>> = {
  devices: async (_args, { probe }) => listDevices({ probe }),
  'probe-provider': async (args) => tryProvider(z.object({ provider: providerSchema }).parse(args).provider),
  catalog: async () => catalog(),
  'check-recipe': async (args) => checkRecipe(z.object({ recipe: z.unknown() }).parse(args).recipe),
  outlooks: async (args) =>
    z
      .object({ recipes: z.array(z.unknown()) })
      .parse(args)
      .recipes.map(outlookOf),
  'inspect-network': async (args) => {
    const { network, data, output, baseFolder } = ofNetworkSchema.parse(args);
    const dataset = await datasetOf(data, baseFolder);
    const summary = isModelPath(network)
      ? await inspectModelFile(network, baseFolder, dataset, output)
      : inspectNetwork(network, dataset);
    return { ...summary, ...(dataset?.read && { data: dataset.read }) };
  },
  'network-graph': async (args): Promise<NetworkGraph> => {
    const { data, ...asked } = ofNetworkSchema.parse(args);
    const dataset = await datasetOf(data, asked.baseFolder);
    return describeGraph(await askedNetwork({ ...asked, dataset }));
  },
  'network-groups': async (args): Promise<NetworkGroups> => {
    const { data, ...asked } = ofNetworkSchema
      .extend({
        options: couplingOptionsSchema.default({}),
        exclude: z.array(z.string()).default([]),
      })
      .parse(args);
    const dataset = await datasetOf(data, asked.baseFolder);
    return networkGroups({ ...asked, dataset });
  },
  reach: async (args): Promise<(Problem | null)[]> => {
    const { data, recipes, ...asked } = ofNetworkSchema.extend({ recipes: z.array(z.unknown()) }).parse(args);
    const dataset = await datasetOf(data, asked.baseFolder);
    const network = await askedNetwork({ ...asked, dataset });
    return outOfReach(recipes, network);
  },
  'inspect-data': async (args): Promise<DataSummary> => {
    const { data, baseFolder } = z.object({ data: dataSpecSchema, baseFolder: z.string() }).parse(args);
    return summarize(await loadDataset(data, { seed: 1, baseFolder }));
  },
  baselines: async (args) => {
    const { recipe, baselines } = z
      .object({ recipe: recipeSchema, baselines: z.array(baselineSchema) })
      .parse(args);
    return baselines.map((baseline) => {
      const { recipe: made, problems } = baselineRecipe(recipe, baseline);
      if (made === null) throw new EspalierError(problems[0] ?? toProblem(new Error('no problem was told')));
      return made;
    });
  },
  'flipped-samples': async (args): Promise<Flipped> => {
    const run = z
      .object({ folder: z.string(), report: reportSchema, recipe: recipeSchema, baseFolder: z.string() })
      .parse(args);
    return flippedSamples({ ...run, shown: run.folder });
  },
  'mask-picture': async (args) => {
    const { folder, param } = z.object({ folder: z.string(), param: z.string() }).parse(args);
    return maskPicture(folder, param);
  },
  'check-grid': async (args) => gridOutlook(z.object({ grid: z.unknown() }).parse(args).grid),
  'expand-grid': async (args) => expandGrid(z.object({ grid: z.unknown() }).parse(args).grid),
  studies: async () => studies.items.map(({ facts }) => facts),
  'check-study': async (args) => {
    const { study, parameters } = z.object({ study: z.string(), parameters: z.unknown() }).parse(args);
    return studyOutlook(study, parameters);
  },
  'mask-overlap': async (args): Promise<LayerOverlap[]> =>
    maskOverlap(z.object({ folders: z.tuple([z.string(), z.string()]) }).parse(args).folders),
  'export-run': async (args): Promise<WrittenExport[]> => {
    const { format, ...run } = ofFinishedSchema.parse(args);
    return writeFinished({ ...run, shown: run.folder }, format);
  },
  'measure-export': async (args): Promise<MeasuredExport> => {
    const { format, sha256, ...run } = ofFinishedSchema.extend({ sha256: z.string() }).parse(args);
    return measureFinished({ ...run, shown: run.folder }, format, sha256);
  },
  forecast: async (args, { tell, probe }): Promise<Forecast> => {
    const asked = z
      .object({ recipe: recipeSchema, baseFolder: z.string(), device: z.string().default('onnxruntime') })
      .parse(args);
    // Looking for the fastest device takes longer than most forecasts.
    const device = asked.device === 'auto' ? 'onnxruntime' : asked.device;
    return forecastRecipe({ ...asked, device, probe, progress: tell }, new Control());
  },
  speed: async (args, { tell, probe }): Promise<SpeedForecast> => {
    const asked = z
      .object({ recipe: recipeSchema, baseFolder: z.string(), device: z.string(), cacheFolder: z.string() })
      .parse(args);
    const options = { ...asked, probe, progress: tell, gains: true, cost: true };
    return (await speedForecast(options, new Control())).speed;
  },
  sensitivity: async (args, { tell, probe }): Promise<SolvedSensitivity> => {
    const asked = z
      .object({ recipe: recipeSchema, baseFolder: z.string(), device: z.string(), file: z.string() })
      .parse(args);
    const fixed = { samples: SENSITIVITY_SAMPLES, shares: SENSITIVITY_SHARES };
    const shown = basename(asked.file);
    return solvedSensitivity({ ...asked, ...fixed, shown, probe, tell }, new Control());
  },
};

/** @throws EspalierError when there is no such query, or what it asks about is at fault. */
export async function answer(
  query: string,
  args: unknown,
  { tell = () => undefined, probe = tryProvider }: Partial<Asked> = {},
): Promise<unknown> {
  const ask = queries[query];
  if (ask === undefined) throw inputError('query/unknown', `There is no query '${query}'.`);
  return ask(args, { tell, probe });
}

function inspectNetwork(
  name: string,
  data: { sampleShape: readonly number[]; classes: readonly string[] } | null,
): NetworkSummary {
  const entry = zoo.get(name, 'network');
  const input = data?.sampleShape ?? entry.defaultInput;
  const network = entry.build({ input, classes: data?.classes.length ?? DEFAULT_CLASSES });
  return { ...summarizeNetwork(network), unsuited: unsuitedMethods(network) };
}
