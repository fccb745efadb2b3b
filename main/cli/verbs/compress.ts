import { resolve } from 'node:path';
import { Option } from 'commander';
import { withLogs, type LogKind } from '../../contract/logs.ts';
import { pruneSpecSchema, type Recipe } from '../../contract/recipe.ts';
import { baselineSchema, type Baseline } from '../../contract/sweep.ts';
import { checkRecipe } from '../../engine/recipe/check.ts';
import { baselineRecipe } from '../../engine/sweep/baseline-recipe.ts';
import { execute } from '../execute.ts';
import { dryRun } from '../forecast.ts';
import type { CommonOptions } from '../options.ts';
import { logOption, withCommonOptions } from '../options.ts';
import { ProblemsError, readRecipe } from '../recipe-file.ts';
import { createRunFolder } from '../../jobs/run-folder.ts';
import type { Verb } from '../verb.ts';

interface Options extends CommonOptions {
  readonly out?: string;
  readonly overwrite: boolean;
  readonly control?: NonNullable<Recipe['prune']['control']>;
  readonly baseline?: Baseline;
  readonly log?: readonly LogKind[];
  readonly dryRun: boolean;
}

/** The recipe, or what it is held against. @throws ProblemsError where that does not go together */
function varied(recipe: Recipe, { control, baseline }: Options, file: string): Recipe {
  if (control === undefined && baseline === undefined) return recipe;
  const controlled = control === undefined ? recipe : { ...recipe, prune: { ...recipe.prune, control } };
  const found = baseline === undefined ? checkRecipe(controlled, file) : baselineRecipe(controlled, baseline);
  if (found.recipe === null) throw new ProblemsError(found.problems);
  return found.recipe;
}

export const compress: Verb = (program, context, finish) => {
  const command = program
    .command('compress <recipe>')
    .description('run a recipe (YAML or JSON): train, prune, fine-tune, measure and export')
    .option('--out <folder>', "the run's folder: checkpoint, exports and report go there")
    .addOption(
      new Option('--control <name>', 'run a sanity control of the recipe').choices(
        pruneSpecSchema.shape.control.unwrap().options,
      ),
    )
    .addOption(
      new Option('--baseline <name>', 'run a free baseline of the recipe instead').choices(
        baselineSchema.options,
      ),
    )
    .addOption(logOption())
    .option('--dry-run', 'print the plan and which layers the budget would empty; train nothing', false)
    .option('--overwrite', 'start again where the folder holds a run already', false);
  withCommonOptions(command).action(async (file: string, options: Options) => {
    const { out = '' } = options;
    if (out === '' && !options.dryRun)
      command.error(
        "error: required option '--out <folder>' not specified (or --dry-run, to see what would be done)",
      );
    const { recipe: read, baseFolder } = await readRecipe(file, context.cwd);
    const logs = withLogs(read.logs, options.log ?? []);
    const asked = { ...read, seed: options.seed ?? read.seed, ...(logs && { logs }) };
    const recipe = varied(asked, options, file);
    const run = {
      recipe,
      baseFolder,
      device: options.device ?? 'auto',
    };
    if (options.dryRun) return finish(await dryRun(context, run, options));
    const folder = resolve(context.cwd, out);
    await createRunFolder(folder, out, run, options.overwrite);
    finish(await execute(context, { folder, run, resume: false }, options));
  });
};
