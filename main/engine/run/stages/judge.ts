import { termsOf } from '../../../contract/amount.ts';
import { inputError } from '../../../contract/errors.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import { thingsOf } from '../../../words/amounts.ts';
import { formatPercent, pointsInWords } from '../../../words/format.ts';
import { copyWeights } from '../../compress/masks.ts';
import type { Stage } from '../../compress/framework.ts';
import { nextShare, type Outcome } from '../../compress/plan/attempts.ts';
import { reductionOf } from '../../compress/budgets/reduction.ts';
import { leadingTerm } from '../../compress/budgets/terms.ts';
import { planOf } from '../../compress/plan/plan.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { RunContext } from '../context.ts';

/**
 * Measures on the validation part what an attempt lost, keeps it where it holds and is the smallest so far, and plans the next. The
 * test part decides nothing.
 */
export async function runJudgeStage(
  context: RunContext,
  stage: Extract<Stage, { kind: 'judge' }>,
): Promise<void> {
  const { data, recipe, base } = context;
  const { search, model } = data;
  if (search === null) throw new Error('a search begins with the dense network');
  const share = nextShare(search.outcomes, stage.asked) ?? 0;
  const outcome: Outcome = { share, ...(await judged(context, search.reference)) };
  const better = search.outcomes.every((one) => !one.holds || one.share < share);
  search.outcomes.push(outcome);
  if (outcome.holds && better) {
    const { masks, ...rest } = model;
    data.snapshots.set('best', { ...rest, weights: copyWeights(model.weights) });
    search.best = {
      attempt: search.outcomes.length - 1,
      removals: [...data.removals],
      masks: new Map(masks),
      fused: 0,
    };
  }
  search.over = nextShare(search.outcomes, stage.asked) === undefined || !timeForMore(context);
  context.stages = planOf(recipe, base, search.outcomes);
  context.emit({
    type: 'log',
    level: 'info',
    text: `${stage.label}: ${outcomeWords(outcome, recipe)} ${judgementWords(outcome, recipe)}.`,
  });
}

/**
 * What the network as it stands has lost on the validation part, and whether the floor under accuracy holds.
 * @param reference accuracy of the dense network there
 */
export async function judged(
  { data, dataset, evaluator, recipe, control }: RunContext,
  reference: number,
): Promise<Pick<Outcome, 'lost' | 'holds'>> {
  const { accuracy } = await evaluator.evaluate(data.model, dataset, dataset.validation, () =>
    control.gate(),
  );
  const lost = reference - accuracy;
  // As many samples of a hundred are no hundredth in binary.
  return { lost, holds: lost <= allowedIn(recipe) + 1e-9 };
}

const allowedIn = ({ budget }: Recipe): number => (budget.accuracyDrop ?? 0) / 100;

/** 'on validation, at most 1 point may: it holds'. */
export const judgementWords = ({ holds }: Pick<Outcome, 'holds'>, recipe: Recipe): string =>
  `on validation, at most ${pointsInWords(allowedIn(recipe))} may: ${holds ? 'it holds' : 'it does not hold'}`;

/** '0.4 points are lost'. */
export function lostWords({ lost }: Pick<Outcome, 'lost'>): string {
  if (lost === 0) return 'nothing is lost';
  const points = pointsInWords(lost);
  return `${points} ${points === '1 point' ? 'is' : 'are'} ${lost > 0 ? 'lost' : 'gained'}`;
}

/** Whether an attempt that takes as long as the one that ends fits into the time that the budget gives. */
function timeForMore({ recipe, data, stages }: RunContext): boolean {
  const { time } = recipe.budget;
  if (time === undefined) return true;
  const sum = (seconds: readonly number[]) => seconds.reduce((total, each) => total + each, 0);
  const attempt = stages[data.stage]?.attempt;
  const last = data.seconds.filter((_, i) => stages[i]?.attempt === attempt);
  return sum(data.seconds) + sum(last) <= time;
}

/** 'with 75 % of the weights pruned 0.4 points are lost'. */
export function outcomeWords({ share, lost }: Outcome, { budget }: Recipe): string {
  const leading = leadingTerm(budget)?.kind;
  // Where only measuring tells how much is enough, an attempt goes part of the way from nothing to what is asked.
  const onTheWay = leading === undefined && termsOf(budget).length > 0;
  const part = onTheWay ? share / reductionOf(budget) : share;
  const what = onTheWay
    ? 'of the way to what is asked gone'
    : leading === 'sparsity'
      ? 'of the weights pruned'
      : `of the ${leading === undefined ? 'network' : thingsOf(leading)} gone`;
  return `with ${formatPercent(part, 1)} ${what} ${lostWords({ lost })}`;
}

/** @throws EspalierError where nothing could be judged by */
export function refuseUnjudged({ budget }: Recipe, { validation }: Dataset): void {
  if (budget.accuracyDrop === undefined || validation.size > 0) return;
  throw inputError('recipe/budget', 'What is lost is measured on the validation part, and there is none.', {
    field: 'budget.accuracyDrop',
    remedy: 'Set `data.validation`, the share or number of samples that are held back from training.',
  });
}
