import { mkdir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { Option } from 'commander';
import { dataSourceSchema } from '../../contract/data.ts';
import { withoutDefaults } from '../../contract/without-defaults.ts';
import { inputError } from '../../contract/errors.ts';
import { isModelPath, pathsIn } from '../../contract/paths.ts';
import type { RecipeInput } from '../../contract/recipe.ts';
import { checkRecipe } from '../../engine/recipe/check.ts';
import { fileProblems } from '../../engine/recipe/files.ts';
import { budgetFrom, firstRecipe, goalIds } from '../../engine/recipe/first-recipe.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { fileError } from '../../files/problems.ts';
import { ExitCode, type CliContext } from '../context.ts';
import type { InitAnswers } from '../init-answers.ts';
import { withCommonOptions, type CommonOptions } from '../options.ts';
import { ProblemsError, readDataOption } from '../recipe-file.ts';
import type { Verb } from '../verb.ts';

type Options = CommonOptions & Partial<InitAnswers>;

const QUESTIONS = ['network', 'data', 'goal', 'amount', 'out'] as const satisfies (keyof InitAnswers)[];

export const init: Verb = (program, context, finish) => {
  const command = program
    .command('init')
    .description(
      'ask five questions and write a recipe to begin with; what is given as an option is not asked',
    )
    .option('--network <name>', 'a name of `espalier list networks`, or a model file')
    .option('--data <data>', 'digits, KIND:PATH, or a recipe whose data is meant')
    .addOption(new Option('--goal <goal>', 'what should get better').choices(goalIds))
    .option(
      '--amount <amount>',
      'how much: of sparsity what goes (90 %), of accuracyDrop the points that may be lost (1), else what stays (50 %, 100000, 2 ms)',
    )
    .option('--out <file>', "the recipe's file; one that is there is never replaced");
  withCommonOptions(command).action(async (options: Options) => {
    const answers = await allOf(options, context);
    if (answers === null) return finish(ExitCode.cancelled);
    const path = resolve(context.cwd, answers.out);
    if (await stat(path).catch(() => null)) {
      throw inputError('init/exists', 'There is a file of this name already.', {
        file: answers.out,
        remedy: 'Choose another name, or remove it first.',
      });
    }
    const recipe = firstRecipe({
      network: isModelPath(answers.network)
        ? fromFolder(answers.network, context.cwd, path)
        : answers.network,
      data: await dataFor(answers.data, context.cwd, path),
      budget: budgetFrom(answers.goal, answers.amount, '--amount'),
    });
    const checked = checkRecipe(recipe, answers.out);
    if (checked.recipe === null) throw new ProblemsError(checked.problems);
    const missing = await fileProblems(checked.recipe, dirname(path));
    if (missing.length > 0) throw new ProblemsError(missing);
    await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
      throw fileError(error, dirname(answers.out), 'make this folder');
    });
    await writeFileAtomic(path, recipe);
    context.stdout.write(
      options.json
        ? `${JSON.stringify({ file: answers.out, recipe: checked.recipe }, null, 2)}\n`
        : `${answers.out}\n`,
    );
    if (!options.quiet && !options.json)
      context.stderr.write(`Look at what it would do: espalier compress ${answers.out} --dry-run\n`);
  });
};

/** What was given and what is asked for; null where the person ended the questions. */
async function allOf(options: Options, { terminal, cwd }: CliContext): Promise<InitAnswers | null> {
  const { network, data, goal, amount, out } = options;
  if (
    network !== undefined &&
    data !== undefined &&
    goal !== undefined &&
    amount !== undefined &&
    out !== undefined
  )
    return { network, data, goal, amount, out };
  if (terminal === null || options.json) {
    const missing = QUESTIONS.filter((name) => options[name] === undefined).map((name) => `--${name}`);
    throw inputError(
      'init/unsaid',
      `Nobody can be asked here, and ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not given.`,
      {
        field: missing[0],
        remedy: 'Give them all, or run it at a terminal without --json.',
      },
    );
  }
  const { ask, Unasked } = await import('../ask.ts');
  try {
    return await ask(options, terminal, cwd);
  } catch (error) {
    if (error instanceof Unasked) return null;
    throw error;
  }
}

/** A path that was given from one folder, as the recipe has to say it. */
function fromFolder(path: string, from: string, recipe: string): string {
  if (isAbsolute(path)) return path;
  const shown = relative(dirname(recipe), resolve(from, path));
  // A file without a folder or an ending would be a name of the zoo.
  return isModelPath(shown) ? shown : `./${shown}`;
}

/** Data as they were given, with their paths from the recipe's folder. */
async function dataFor(given: string, cwd: string, recipe: string): Promise<RecipeInput['data']> {
  const { data, baseFolder } = await readDataOption(given, cwd);
  if (data === 'digits') return data;
  const outer = new Set(
    pathsIn(dataSourceSchema, data).flatMap(({ field, parts }) => (parts.length === 1 ? [field] : [])),
  );
  const moved = Object.entries(data).map(([key, value]) => [
    key,
    outer.has(key) && typeof value === 'string' ? fromFolder(value, baseFolder, recipe) : (value as unknown),
  ]);
  // What a person did not say is left to its default.
  return withoutDefaults(dataSourceSchema, Object.fromEntries(moved)) as RecipeInput['data'];
}
