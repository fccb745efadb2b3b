import type { GoalId } from '../engine/recipe/first-recipe.ts';

/** What `espalier init` has to know, as it is given on the command line or asked for. */
export interface InitAnswers {
  readonly network: string;
  readonly data: string;
  readonly goal: GoalId;
  readonly amount: string;
  /** The recipe's file. */
  readonly out: string;
}
