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
  const { data, dataset, evaluator, recipe, base } = context;
  const { search, model } = data;
  if (search === null) throw new Error('a search begins with the dense network');
  const { accuracy } = await evaluator.evaluate(model, dataset, dataset.validation, () =>
    context.control.gate(),
  );
  const lost = search.reference - accuracy;
  const allowed = (recipe.budget.accuracyDrop ?? 0) / 100;
  const share = nextShare(search.outcomes, stage.asked) ?? 0;
  // As many samples of a hundred are no hundredth in binary.
  const outcome: Outcome = { share, lost, holds: lost <= allowed + 1e-9 };
  const better = search.outcomes.every((one) => !one.holds || one.share < share);
  search.outcomes.push(outcome);
  if (outcome.holds && better) {
    const { masks, ...rest } = model;
    data.snapshots.set('best', { ...rest, weights: copyWeights(model.weights) });
    search.best = {
      attempt: search.outcomes.length - 1,
      removals: [...data.removals],
      masks: new Map(masks),
    };
  }
  search.over = nextShare(search.outcomes, stage.asked) === undefined || !timeForMore(context);
  context.stages = planOf(recipe, base, search.outcomes);
  context.emit({
    type: 'log',
    level: 'info',
    text: `${stage.label}: ${outcomeWords(outcome, recipe)} on validation, at most ${pointsInWords(allowed)} may: ${outcome.holds ? 'it holds' : 'it does not hold'}.`,
  });
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
  const points = pointsInWords(lost);
  const verb = points === '1 point' ? 'is' : 'are';
  const much = lost === 0 ? 'nothing is lost' : `${points} ${verb} ${lost > 0 ? 'lost' : 'gained'}`;
  return `with ${formatPercent(part, 1)} ${what} ${much}`;
}

/** @throws EspalierError where nothing could be judged by */
export function refuseUnjudged({ budget }: Recipe, { validation }: Dataset): void {
  if (budget.accuracyDrop === undefined || validation.size > 0) return;
  throw inputError('recipe/budget', 'What is lost is measured on the validation part, and there is none.', {
    field: 'budget.accuracyDrop',
    remedy: 'Set `data.validation`, the share or number of samples that are held back from training.',
  });
}
