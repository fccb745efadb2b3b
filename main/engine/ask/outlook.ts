import type { Outlook } from '../../contract/outlook.ts';
import type { Stage } from '../compress/framework.ts';
import { planOf } from '../compress/plan/plan.ts';
import { checkRecipe } from '../recipe/check.ts';

/** What a recipe would come to, without reading what it names. */
export function outlookOf(input: unknown): Outlook {
  const { recipe, problems } = checkRecipe(input);
  if (recipe === null) return { problems: [...problems], work: null };
  const stages = planOf(recipe).filter(({ attempt = 0 }) => attempt === 0);
  const trainings = stages.map(epochsOf).filter((epochs) => epochs > 0);
  const evaluations = stages.map((stage) => (stage.kind === 'search' ? triesOf(stage) : 0));
  return {
    problems: [],
    work: { trainings: trainings.length, epochs: sum(trainings), evaluations: sum(evaluations) },
  };
}

/** A training that goes back to a moment of an earlier one begins there. */
function epochsOf(stage: Stage): number {
  return stage.kind === 'train' ? Math.max(0, stage.spec.epochs - (stage.startEpoch ?? 0)) : 0;
}

const triesOf = ({ evaluations, methods }: Extract<Stage, { kind: 'search' }>) =>
  evaluations * methods.length;

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
