import { resolve } from 'node:path';
import { inputError } from '../../contract/errors.ts';
import { execute } from '../execute.ts';
import type { CommonOptions } from '../options.ts';
import { withCommonOptions } from '../options.ts';
import { readRunFile } from '../../jobs/run-folder.ts';
import type { Verb } from '../verb.ts';

export const resume: Verb = (program, context, finish) => {
  const command = program
    .command('resume <folder>')
    .description('go on with a run that was cancelled or died, from its last checkpoint');
  withCommonOptions(command).action(async (shown: string, options: CommonOptions) => {
    const folder = resolve(context.cwd, shown);
    const { recipe, baseFolder, device } = await readRunFile(folder, shown);
    if (options.seed !== undefined && options.seed !== recipe.seed) {
      throw inputError('run/other-seed', `This run was started with seed ${recipe.seed}.`, {
        field: '--seed',
        remedy: 'Leave --seed out, or start a new run with it.',
      });
    }
    const run = { recipe, baseFolder, device: options.device ?? device };
    finish(await execute(context, { folder, run, resume: true }, options));
  });
};
