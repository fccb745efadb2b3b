import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { readForeign } from '../../engine/recipe/foreign/index.ts';
import { lostWords, recipeOfForeign } from '../../engine/recipe/foreign/to-recipe.ts';
import { withCommonOptions, type CommonOptions } from '../options.ts';
import { readText } from '../recipe-file.ts';
import { newRecipe } from '../recipe-place.ts';
import type { Verb } from '../verb.ts';

interface Options extends CommonOptions {
  readonly network: string;
  readonly data: string;
  readonly out: string;
  readonly sparsity?: number;
}

export const importRecipe: Verb = (program, context) => {
  const command = program
    .command('import-recipe <file>')
    .description(
      'make a recipe of one for SparseML, NNI (a config list) or Intel Neural Compressor, and tell what has no counterpart',
    )
    .requiredOption('--network <name>', 'a name of `espalier list networks`, or a model file')
    .requiredOption('--data <data>', 'digits, KIND:PATH, or a recipe whose data is meant')
    .requiredOption('--out <file>', "the recipe's file; one that is there is never replaced")
    .option('--sparsity <share>', "share of the weights that go, in place of the file's", share);
  withCommonOptions(command).action(async (file: string, options: Options) => {
    const read = readForeign(await readText(resolve(context.cwd, file), file), file);
    const { network, data, write } = await newRecipe(options, context.cwd);
    const recipe = await write(recipeOfForeign(read, file, { network, data, sparsity: options.sparsity }));
    const { label: format, lost } = read;
    if (options.json) {
      context.stdout.write(`${JSON.stringify({ file: options.out, format, lost, recipe }, null, 2)}\n`);
      return;
    }
    context.stdout.write(`${options.out}\n`);
    // Never dropped in silence, whoever asked for quiet.
    for (const one of lost) context.stderr.write(`Not in the recipe: ${file}, ${lostWords(one)}\n`);
  });
};

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value < 1) return value;
  throw new InvalidArgumentError('This is a share between 0 and 1.');
}
