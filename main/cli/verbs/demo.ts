import { join, relative, resolve } from 'node:path';
import { execute } from '../execute.ts';
import type { CommonOptions } from '../options.ts';
import { withCommonOptions } from '../options.ts';
import { readRecipe } from '../recipe-file.ts';
import { createRunFolder } from '../../jobs/run-folder.ts';
import type { Verb } from '../verb.ts';

export const demo: Verb = (program, context, finish) => {
  const command = program
    .command('demo')
    .description('prune 90 % of LeNet-300-100 on the built-in digits, in about a minute')
    .option('--out <folder>', "the run's folder; a former demo there is replaced", join('runs', 'demo'));
  withCommonOptions(command).action(async (options: CommonOptions & { out: string }) => {
    const path = join(context.root, 'resources', 'recipes', 'demo.yaml');
    const { recipe, baseFolder } = await readRecipe(path, context.cwd);
    if (!options.quiet) {
      context.stderr.write(`Training and pruning ${recipe.network} as in ${relative(context.cwd, path)}\n`);
    }
    const run = {
      recipe: { ...recipe, seed: options.seed ?? recipe.seed },
      baseFolder,
      device: options.device ?? 'auto',
    };
    const folder = resolve(context.cwd, options.out);
    await createRunFolder(folder, options.out, run, true);
    finish(await execute(context, { folder, run, resume: false }, options));
  });
};
