import { isCancel, path, select, text } from '@clack/prompts';
import { dataSourceSchema } from '../contract/data.ts';
import { EspalierError } from '../contract/errors.ts';
import { catalog } from '../engine/recipe/catalog.ts';
import { budgetFrom, goalIds, type GoalId } from '../engine/recipe/first-recipe.ts';
import { goals } from '../words/goals.ts';
import type { CliContext } from './context.ts';
import type { InitAnswers } from './init-answers.ts';

/** The person ended the questions. */
export class Unasked extends Error {
  override readonly name = 'Unasked';
}

const OWN = '';

/** How to answer for each goal. */
function amountHint(goal: GoalId): { message: string; placeholder: string } {
  if (goal === 'sparsity') return { message: 'How much of the weights goes?', placeholder: '90 %' };
  if (goal === 'accuracyDrop')
    return { message: 'How many points of accuracy may be lost?', placeholder: '1' };
  if (goal === 'latency')
    return {
      message: 'How much of the time stays, or how long may a call take?',
      placeholder: '50 % or 2 ms',
    };
  return { message: 'How much of it stays?', placeholder: '50 %, or a number' };
}

/**
 * Asks for what was not said already.
 * @throws Unasked when the person ends it
 */
export async function ask(
  given: Partial<InitAnswers>,
  { input, output }: NonNullable<CliContext['terminal']>,
  cwd: string,
): Promise<InitAnswers> {
  const at = { input, output };
  const file = async (message: string) => answer(await path({ ...at, message, root: cwd }));
  const network = given.network ?? (await askNetwork());
  const data = given.data ?? (await askData());
  const goal = given.goal ?? (await askGoal());
  const amount = given.amount ?? (await askAmount(goal));
  const out =
    given.out ??
    answer(await text({ ...at, message: 'Where should the recipe go?', initialValue: 'recipe.yaml' }));
  return { network, data, goal, amount, out };

  async function askNetwork(): Promise<string> {
    const options = catalog().networks.map(({ id, label, summary }) => ({ value: id, label, hint: summary }));
    const own = { value: OWN, label: 'A model file of mine', hint: 'ONNX, TensorFlow.js, Keras, .espalier' };
    const chosen = answer(await select({ ...at, message: 'Which network?', options: [...options, own] }));
    return chosen === OWN ? file('Which file?') : chosen;
  }

  async function askData(): Promise<string> {
    const options = catalog().data.map(({ id, label, summary }) => ({ value: id, label, hint: summary }));
    const kind = answer(await select({ ...at, message: 'Which data?', options }));
    const shape = dataSourceSchema.options.find((option) => option.shape.kind.value === kind)?.shape;
    if (shape === undefined || !('path' in shape)) return kind;
    return `${kind}:${await file('Where are they?')}`;
  }

  async function askGoal(): Promise<GoalId> {
    const words = new Map(
      goals(false).map(({ id, label, summary }) => [id as GoalId, { label, hint: summary }]),
    );
    const options = goalIds.map((value) => ({
      value,
      ...(words.get(value) ?? {
        label: 'As small as it gets',
        hint: 'As much is pruned as a loss of accuracy allows that you name.',
      }),
    }));
    return answer(await select({ ...at, message: 'What should get better?', options }));
  }

  async function askAmount(goal: GoalId): Promise<string> {
    const validate = (value: string | undefined) => {
      try {
        budgetFrom(goal, value ?? '', '');
        return undefined;
      } catch (error) {
        if (error instanceof EspalierError) return error.problem.remedy;
        throw error;
      }
    };
    return answer(await text({ ...at, ...amountHint(goal), validate }));
  }
}

function answer<T>(value: T): Exclude<T, symbol> {
  if (isCancel(value)) throw new Unasked();
  return value as Exclude<T, symbol>;
}
