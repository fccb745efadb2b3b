import { Option } from 'commander';
import { inputError } from '../../contract/errors.ts';
import { budgetFrom, firstRecipe, goalIds } from '../../engine/recipe/first-recipe.ts';
import { ExitCode, type CliContext } from '../context.ts';
import type { InitAnswers } from '../init-answers.ts';
import { withCommonOptions, type CommonOptions } from '../options.ts';
import type { Verb } from '../verb.ts';
import { newRecipe } from '../recipe-place.ts';

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
    const { network, data, write } = await newRecipe(answers, context.cwd);
    const budget = budgetFrom(answers.goal, answers.amount, '--amount');
    const recipe = await write(firstRecipe({ network, data, budget }));
    context.stdout.write(
      options.json ? `${JSON.stringify({ file: answers.out, recipe }, null, 2)}\n` : `${answers.out}\n`,
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
