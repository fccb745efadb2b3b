import { resolve } from 'node:path';
import { execute } from './execute.ts';
import type { CommonOptions } from './options.ts';
import { withCommonOptions } from './options.ts';
import { readRecipe } from './recipe-file.ts';
import { createRunFolder } from './run-folder.ts';
import type { Verb } from './verb.ts';

export const compress: Verb = (program, context, finish) => {
  const command = program
    .command('compress <recipe>')
    .description('run a recipe (YAML or JSON): train, prune, fine-tune, measure and export')
    .requiredOption('--out <folder>', "the run's folder: checkpoint, exports and report go there")
    .option('--overwrite', 'start again where the folder holds a run already', false);
  withCommonOptions(command).action(
    async (file: string, options: CommonOptions & { out: string; overwrite: boolean }) => {
      const { recipe, baseFolder } = await readRecipe(file, context.cwd);
      const run = {
        recipe: { ...recipe, seed: options.seed ?? recipe.seed },
        baseFolder,
        device: options.device ?? 'auto',
      };
      const folder = resolve(context.cwd, options.out);
      await createRunFolder(folder, options.out, run, options.overwrite);
      finish(await execute(context, { folder, run, resume: false }, options));
    },
  );
};
