import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { shareKept, termsOf } from '../contract/amount.ts';
import { EspalierError } from '../contract/errors.ts';
import { isModelPath } from '../contract/paths.ts';
import type { Recipe } from '../contract/recipe.ts';
import type { Report } from '../contract/report.ts';
import { recipeIn } from './model-facts.ts';
import { readRunFile, readRunReport } from '../jobs/run-folder.ts';

/** The model file that came into the run that made a file. */
export interface Original {
  /** As it is named to people. */
  readonly shown: string;
  /** Where its path starts. */
  readonly baseFolder: string;
  /** The output that the run used. */
  readonly output: string | undefined;
  /** Whether the run has left its weights as they were in the file that is verified. */
  readonly unchanged: boolean;
  /** Whether the file was made to take its place: the dense forms in a run's folder were not. */
  readonly replaces: boolean;
  /** Whether the recipe asks for logits, whatever the original answers with. */
  readonly logits: boolean;
}

/** Where to look for it. */
interface Search {
  readonly cwd: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** What the person says that it is. */
  readonly given: string | undefined;
  /** The folder of the recipe whose data are used. */
  readonly dataFolder: string;
}

/**
 * Finds the model file that an exported file was made of: the given one, or the one that the recipe of the run names, which the
 * run's folder or the file itself holds.
 * @param shown the exported file
 * @returns a text where the recipe names a file that is not there; undefined where the network came from no file
 */
export async function findOriginal(
  shown: string,
  { cwd, metadata, given, dataFolder }: Search,
): Promise<Original | string | undefined> {
  const path = resolve(cwd, shown);
  const run = await runBeside(dirname(path), shown);
  const kind = run?.report.files.find((file) => file.path === basename(path))?.kind;
  const recipe = recipeIn(metadata) ?? (kind === undefined ? undefined : run?.recipe);
  const named = recipe !== undefined && isModelPath(recipe.network) ? recipe.network : undefined;
  const known = {
    output: kind === undefined ? recipe?.output : (run?.report.network.output ?? recipe?.output),
    unchanged: named !== undefined && recipe !== undefined && (await keptWeights(recipe, kind, run?.report)),
    replaces: kind !== 'dense-onnx' && kind !== 'original-onnx',
    logits: recipe?.exportHead === 'logits',
  };
  if (given !== undefined) return { ...known, shown: given, baseFolder: cwd };
  if (named === undefined) return undefined;
  const folders = [...(run === undefined ? [] : [run.baseFolder]), dataFolder, dirname(path), cwd];
  for (const baseFolder of folders) {
    const full = resolve(baseFolder, named);
    if (full === path || (await stat(full).catch(() => null)) === null) continue;
    return { ...known, shown: named, baseFolder };
  }
  return `The file that came into the run ('${named}') is not where its recipe looks for it: name it with --original to compare with it.`;
}

/** The finished run whose folder this is; undefined where it is none. */
async function runBeside(
  folder: string,
  shown: string,
): Promise<{ recipe: Recipe; baseFolder: string; report: Report } | undefined> {
  try {
    return { ...(await readRunFile(folder, shown)), report: await readRunReport(folder, shown) };
  } catch (error) {
    // A file may lie beside anything: what is no run says nothing of it.
    if (error instanceof EspalierError) return undefined;
    throw error;
  }
}

/** Whether a run's file of some kind has the weights that its network's file had. */
async function keptWeights(
  recipe: Recipe,
  kind: string | undefined,
  report: Report | undefined,
): Promise<boolean> {
  if (recipe.weights !== undefined) return false;
  if (kind === 'original-onnx') return true;
  // A run that trains a network that came trained keeps that beside.
  if (kind === 'dense-onnx') return report?.original === null;
  const terms = termsOf(recipe.budget);
  if (terms.length === 0 || !terms.every((term) => shareKept(term) === 1)) return false;
  const { planOf } = await import('../engine/compress/plan/plan.ts');
  return planOf(recipe).every((stage) => stage.kind === 'evaluate' || stage.kind === 'prune');
}
